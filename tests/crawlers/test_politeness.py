"""One connection at a time to a site and never under its gap, as the sites saw it; who goes first; what a site's
complaints and its robots.txt change."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest

from crawlers.fetching.fetcher import FetchFailed
from crawlers.fetching.politeness import MAX_GAP_SECONDS, Politeness, Rank, site_of
from tests.crawlers.fetch_once import fetched
from tests.crawlers.sites import Answer, Site, serving

TEXT = {"Content-Type": "text/plain"}
PLAY = 0.03
"""Seconds by which a site's clock, which starts when it took the connection, may lag behind the crawler's."""


def assert_polite(site: Site, gap: float) -> None:
    """From the site's own log: connections neither overlap nor follow each other faster than the gap."""
    connections = sorted(site.connections, key=lambda one: one.opened)
    assert len(connections) == len(site.asked), "one request a connection"
    for earlier, later in pairwise(connections):
        assert earlier.closed is not None
        assert later.opened - earlier.closed >= gap - PLAY, [(one.opened, one.closed) for one in connections]


def slowly(answer: Answer, seconds: float) -> Callable[[Mapping[str, str]], Answer]:
    def answered(_: Mapping[str, str]) -> Answer:
        time.sleep(seconds)
        return answer

    return answered


def test_sites_see_one_connection_and_the_gap_also_across_redirects() -> None:
    gap = 0.15
    with serving("127.0.5.1", "127.0.5.2", "127.0.5.3") as sites:
        for number, site in enumerate(sites):
            other = sites[(number + 1) % 3]
            for n in range(6):
                site.pages[f"/{n}"] = slowly(Answer(b"page"), 0.2) if n % 3 == 0 else Answer(b"page")
                site.pages[f"/away/{n}"] = Answer(status=302, headers={"Location": f"{other.base}/{n}"})
                site.pages[f"/round/{n}"] = Answer(status=302, headers={"Location": f"/away/{n}"})
        paths = ["/{n}", "/away/{n}", "/round/{n}", "/missing/{n}"]
        chains = [[site.base + path.format(n=n)] for site in sites for n in range(6) for path in paths]
        told = fetched(*chains, min_gap_seconds=gap)
        counts = [len(site.asked) for site in sites]
        for site in sites:
            assert_polite(site, gap)
    assert sum("body" in one for one in told.values()) == 3 * 6 * 3
    # robots.txt, then for each n: itself, three redirects from here, two pages led here, one that is missing
    assert counts == [1 + 6 * 7] * 3


def test_many_sites_are_asked_at_the_same_time() -> None:
    with serving(*(f"127.0.5.{n}" for n in range(10, 18))) as sites:
        for site in sites:
            site.pages["/"] = slowly(Answer(b"page"), 0.5)
        fetched(*([f"{site.base}/"] for site in sites))
        spans = [(asked.began, asked.ended) for site in sites for asked in site.asked if asked.path == "/"]
    assert max(began for began, _ in spans) < min(ended for _, ended in spans)


def test_no_more_connections_than_allowed() -> None:
    with serving(*(f"127.0.5.{n}" for n in range(20, 26))) as sites:
        for site in sites:
            site.pages["/"] = slowly(Answer(b"page"), 0.2)
        fetched(*([f"{site.base}/"] for site in sites), max_concurrent=2)
        edges = sorted(
            edge
            for site in sites
            for one in site.connections
            for edge in ((one.opened, 1), (one.closed or float("inf"), -1))
        )
    open_now = most = 0
    for _, change in edges:
        open_now += change
        most = max(most, open_now)
    assert most == 2


def test_crawl_delay_is_the_gap_and_is_known_before_the_first_page() -> None:
    with serving("127.0.5.30") as [site]:
        site.pages["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 0.5\n", headers=TEXT)
        for n in range(3):
            site.pages[f"/{n}"] = Answer(b"page")
        fetched(*([f"{site.base}/{n}"] for n in range(3)), min_gap_seconds=0.05)
        assert len(site.asked) == 4
        assert_polite(site, 0.5)


def test_a_throttling_site_is_left_alone_as_long_as_it_asks() -> None:
    busy = iter([Answer(status=429, headers={"Retry-After": "1"}), Answer(status=503, headers={"Retry-After": "1"})])
    with serving("127.0.5.31") as [site]:
        site.pages["/"] = lambda _: next(busy, Answer(b"page"))
        for n in range(3):
            site.pages[f"/{n}"] = Answer(b"page")
        told = fetched([f"{site.base}/"], *([f"{site.base}/{n}"] for n in range(3)), min_gap_seconds=0.1)
        again = [one.opened for one in sorted(site.connections, key=lambda one: one.opened)]
    assert told[f"{site.base}/"]["kind"] == "throttled"
    gaps = [later - earlier for earlier, later in pairwise(again)]
    assert gaps[1] >= 1.0 - PLAY, "after the 429 nothing is asked for the second that the site wants"
    assert all("body" in told[f"{site.base}/{n}"] for n in range(3))


def test_a_site_that_asks_for_hours_is_not_asked_again() -> None:
    with serving("127.0.5.32") as [site]:
        site.pages["/"] = Answer(status=429, headers={"Retry-After": "7200"})
        told = fetched([f"{site.base}/", f"{site.base}/other"])
        assert site.paths() == ["/"]
    other = told[f"{site.base}/other"]
    assert (other["kind"], other["asked"]) == ("throttled", False)
    assert other["reason"].startswith("the site asked for a pause until 2")


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        (Answer(status=500), "server", "robots.txt answers HTTP 500, so nothing is fetched from the site for now"),
        (Answer(status=429), "throttled", "robots.txt answers HTTP 429, so nothing is fetched from the site for now"),
        (Answer(b"User-agent: *\nDisallow: /\n"), "refused", "robots.txt disallows the whole site"),
        (Answer(b"User-agent: AVMP-crawler\nDisallow: /\n"), "refused", "robots.txt disallows the whole site"),
        (Answer(b"User-agent: *\nDisallow: /p\n"), "refused", "robots.txt disallows it"),
        (Answer(b"\xff\xfe\x00nonsense" * 100), None, ""),
        (Answer(b"<html><body>Welcome</body></html>"), None, ""),
        (Answer(status=404), None, ""),
        (Answer(status=403), None, ""),
        (Answer(status=204), None, ""),
        (Answer(status=302, headers={"Location": "/robots.txt"}), None, ""),
        (Answer(status=301, headers={"Location": "/elsewhere.txt"}), "refused", "robots.txt disallows it"),
    ],
)
def test_robots_txt(answer: Answer, kind: str | None, reason: str) -> None:
    with serving("127.0.5.33") as [site]:
        site.pages |= {"/robots.txt": answer, "/page": Answer(b"page"), "/page/2": Answer(b"page")}
        site.pages["/elsewhere.txt"] = Answer(b"User-agent: *\nDisallow: /page\n")
        told = fetched([f"{site.base}/page", f"{site.base}/page/2"], user_agent="AVMP-crawler/0.1")
        asked = [one.path for one in site.asked]
        agents = {one.headers["user-agent"] for one in site.asked}
    assert asked.count("/robots.txt") == 1, "asked once, also where it failed"
    assert agents == {"AVMP-crawler/0.1 (+desk@example.org)"}
    for path in ("/page", "/page/2"):
        one = told[site.base + path]
        assert (one.get("kind"), one.get("reason", "")) == (kind, reason)
        assert (path in asked) == (kind is None)


def test_an_expired_robots_txt_is_asked_for_again_and_holds_on_while_it_fails() -> None:
    answers = iter([Answer(b"User-agent: *\nDisallow: /secret\n")])
    with serving("127.0.5.34") as [site]:
        site.pages["/robots.txt"] = lambda _: next(answers, Answer(status=500))
        site.pages |= {"/a": Answer(b"page"), "/b": slowly(Answer(b"page"), 0.3)}
        told = fetched([f"{site.base}{path}" for path in ("/a", "/b", "/secret", "/a?2")], robots_ttl_seconds=0.2)
        asked = [one.path for one in site.asked]
    assert asked.count("/robots.txt") == 2
    assert told[f"{site.base}/secret"]["reason"] == "robots.txt disallows it"
    assert told[f"{site.base}/a?2"]["reason"] == "HTTP 404"


# -- the turns themselves


def asked_in(politeness: Politeness, asks: Sequence[tuple[str, Rank]], seconds: float = 0.0) -> list[Any]:
    """Asks at the same time, in this order; the order in which the turns came, or failures."""
    order: list[Any] = []

    async def one(url: str, rank: Rank) -> None:
        try:
            async with politeness.turn(url, rank):
                order.append(url)
                await asyncio.sleep(seconds)
        except FetchFailed as failure:
            order.append(failure)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(url, rank) for url, rank in asks))

    asyncio.run(all_of_them())
    return order


def test_polls_go_before_articles_before_back_fill() -> None:
    names = {"https://a.rs/0": Rank.BACKFILL, "https://a.rs/1": Rank.BACKFILL, "https://www.a.rs/2": Rank.ARTICLE}
    names |= {"https://m.a.rs/3": Rank.POLL, "https://a.rs/4": Rank.ARTICLE, "http://a.rs/robots.txt": Rank.ROBOTS}
    order = asked_in(Politeness(0.01), list(names.items()))
    # the first has the turn before the others ask
    numbers = [url.rsplit("/", 1)[1] for url in order]
    assert numbers == ["0", "robots.txt", "3", "2", "4", "1"]


def test_polls_without_end_leave_turns_for_articles() -> None:
    async def work() -> list[str]:
        politeness, order = Politeness(0.01), []

        async def ask(name: str, rank: Rank) -> None:
            async with politeness.turn("https://a.rs/", rank):
                order.append(name)

        async def polls() -> None:
            while True:
                await asyncio.gather(*(ask("poll", Rank.POLL) for _ in range(2)))

        polling = asyncio.ensure_future(polls())
        await asyncio.sleep(0.05)
        await asyncio.wait_for(asyncio.gather(ask("article", Rank.ARTICLE), ask("old", Rank.BACKFILL)), 5)
        polling.cancel()
        return order

    order = asyncio.run(work())
    assert order.index("article") < order.index("old")
    assert "poll" in order[order.index("article") : order.index("old")]


def test_whoever_is_cancelled_while_waiting_leaves_the_turn_to_the_next() -> None:
    async def work() -> list[str]:
        politeness, order = Politeness(0.02), []

        async def one(name: str) -> None:
            async with politeness.turn("https://a.rs/", Rank.POLL):
                order.append(name)
                await asyncio.sleep(0.02)

        tasks = [asyncio.ensure_future(one(name)) for name in "abcd"]
        await asyncio.sleep(0.03)
        tasks[1].cancel()
        await asyncio.sleep(0)
        tasks[2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return order

    assert asyncio.run(work()) == ["a", "d"]


def test_the_gap_grows_with_complaints_and_decays_with_answers() -> None:
    async def work() -> tuple[list[float], list[float]]:
        politeness, url = Politeness(2.0), "https://a.rs/"
        grown, decayed = [], []
        for _ in range(8):
            politeness.throttled(url, dt.timedelta())
            grown.append(politeness.gap(url))
        for _ in range(8):
            politeness.answered(url)
            decayed.append(politeness.gap(url))
        return grown, decayed

    grown, decayed = asyncio.run(work())
    assert grown == [4, 8, 16, 32, MAX_GAP_SECONDS, MAX_GAP_SECONDS, MAX_GAP_SECONDS, MAX_GAP_SECONDS]
    assert decayed == [MAX_GAP_SECONDS, 32, 16, 8, 4, 2, 2, 2]


def test_those_that_wait_are_told_when_a_long_pause_begins() -> None:
    async def work() -> tuple[BaseException | None, set[str], set[str]]:
        politeness = Politeness(0.0)

        async def ask() -> None:
            async with politeness.turn("https://www.a.rs/2", Rank.ARTICLE):
                pass

        async with politeness.turn("https://a.rs/1", Rank.ARTICLE):
            waiting = asyncio.ensure_future(ask())
            await asyncio.sleep(0)
            before = politeness.pausing()
            politeness.throttled("https://a.rs/1", dt.timedelta(hours=2))
        return (await asyncio.gather(waiting, return_exceptions=True))[0], before, politeness.pausing()

    failure, before, pausing = asyncio.run(work())
    assert isinstance(failure, FetchFailed)
    assert (failure.kind, failure.asked) == ("throttled", False)
    assert failure.retry_after == dt.timedelta(hours=2)
    assert (before, pausing) == (set(), {"a.rs"})


def test_a_crawl_delay_is_honoured_up_to_a_bound_and_is_that_of_the_slowest_twin() -> None:
    async def work() -> list[float]:
        politeness, gaps = Politeness(5.0), []
        for origin, delay in [("https://a.rs", 10.0), ("https://m.a.rs", 3600.0), ("https://m.a.rs", 20.0)]:
            politeness.set_delay(origin, origin, delay)
            gaps.append(politeness.gap("https://a.rs/x"))
        politeness.set_delay("https://m.a.rs", "https://m.a.rs", None)
        politeness.set_delay("https://a.rs", "https://a.rs", 1.0)
        return [*gaps, politeness.gap("https://a.rs/x")]

    assert asyncio.run(work()) == [10.0, MAX_GAP_SECONDS, 20.0, 5.0]


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.example.rs", "example.rs"),
        ("m.example.rs", "example.rs"),
        ("lat.example.co.rs", "example.co.rs"),
        ("police.example.gov.rs", "example.gov.rs"),
        ("border.gov.md", "border.gov.md"),
        ("WWW.EXAMPLE.RS.", "example.rs"),
        ("xn--e1aybc.xn--90a3ac", "xn--e1aybc.xn--90a3ac"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "localhost"),
        ("rs", "rs"),
        ("", ""),
    ],
)
def test_which_hosts_are_one_site(host: str, site: str) -> None:
    assert site_of(host) == site

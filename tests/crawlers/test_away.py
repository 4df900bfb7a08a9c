"""A site of which nothing can be had: one item asks it, the others wait, and none is lost."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from crawlers import away
from crawlers.away import LONGEST_PAUSE, SHORTEST_PAUSE, Away
from crawlers.settings import CrawlSettings
from store.conservation import conservation
from store.schema import FetchOutcome, ItemEvent, PendingItem, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.raw_sites import Authority
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words

ITEMS = 8
PAUSES: dict[str, Any] = {"min_interval_seconds": 1.0, "interval_seconds": 1.0, "max_backoff_seconds": 3.0}
NOTHING = dt.timedelta()


# -- the pauses


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is, in seconds."""
    now = [0.0]
    monkeypatch.setattr(away, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def settings(**values: Any) -> CrawlSettings:
    return CrawlSettings(archive_dir=Path("unused"), contact="desk@example.org", **values)


def pauses(sites: Away, clock: list[float], number: int) -> list[float]:
    told = []
    for _ in range(number):
        told.append(sites.pause("example.rs", NOTHING).total_seconds())
        clock[0] += told[-1]
    return told


def test_the_pauses_grow_to_an_hour(clock: list[float]) -> None:
    assert pauses(Away(settings()), clock, 7) == [300, 600, 1200, 2400, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_the_settings_bound_them(clock: list[float]) -> None:
    assert pauses(Away(settings(**PAUSES)), clock, 4) == [1, 2, 3, 3]
    assert pauses(Away(settings(min_interval_seconds=0.0)), clock, 2) == [SHORTEST_PAUSE, 2 * SHORTEST_PAUSE]
    assert Away(settings(max_backoff_seconds=1.0)).pause("example.rs", NOTHING).total_seconds() == 300


def test_who_asks_during_a_pause_does_not_lengthen_it(clock: list[float]) -> None:
    sites = Away(settings())
    sites.pause("example.rs", NOTHING)
    clock[0] = 100.0
    assert sites.pause("example.rs", NOTHING).total_seconds() == 200
    clock[0] = 300.0
    assert sites.pause("example.rs", NOTHING).total_seconds() == 600
    assert sites.pause("other.rs", NOTHING).total_seconds() == 300


def test_a_site_that_answered_begins_anew(clock: list[float]) -> None:
    sites = Away(settings())
    pauses(sites, clock, 3)
    assert (sites.is_back("example.rs"), sites.is_back("example.rs")) == (True, False)
    assert pauses(sites, clock, 1) == [300]


def test_a_pause_is_as_long_as_the_last_answer_is_believed(clock: list[float]) -> None:
    assert Away(settings(**PAUSES)).pause("example.rs", dt.timedelta(seconds=300)).total_seconds() == 300
    assert clock == [0.0]


# -- a crawl


@pytest.fixture
def hidden() -> Iterator[tuple[Site, Site]]:
    """A site that lists articles, and one where they lie, that is down."""
    with serving("127.0.9.31", "127.0.9.32") as (listing, site):
        for number in range(ITEMS):
            site.article(f"/{number}", f"Naslov članka broj {number}", words(number))
        links = {f"{site.base}/{number}": f"Naslov članka broj {number}" for number in range(ITEMS)}
        listing.pages["/feed"] = Answer(rss("", links))
        site.down()
        yield listing, site


def items(crawler: Crawler) -> list[PendingItem]:
    with crawler.database.session() as session:
        return list(session.scalars(select(PendingItem)))


def articles(crawler: Crawler) -> int:
    with crawler.database.session() as session:
        return session.scalars(select(func.count()).select_from(StoredArticle)).one()


def all_wait(crawler: Crawler, reason: str) -> Callable[[], bool]:
    def do_so() -> bool:
        waiting = items(crawler)
        return len(waiting) == ITEMS and all(
            item.reason == reason and item.away_since is not None and item.attempts == 0 for item in waiting
        )

    return do_so


def test_all_wait_for_a_site_that_is_down_and_are_fetched_when_it_is_back(
    crawler: Crawler, hidden: tuple[Site, Site]
) -> None:
    listing, site = hidden
    later = listing.pages["/feed"]
    site.up()
    site.article("/first", "Naslov prvog članka", words(99))
    listing.pages["/feed"] = Answer(rss(site.base, {"/first": "Naslov prvog članka"}))
    crawler.watch(listing, [("/feed", "rss")])
    process = crawler.start(until_idle=False, retry_delays_seconds=[], **PAUSES)
    wait_for(lambda: articles(crawler) == 1)  # its robots.txt is known
    site.down()
    listing.pages["/feed"] = later
    wait_for(all_wait(crawler, "the connection was refused"))
    site.up()
    wait_for(lambda: articles(crawler) == 1 + ITEMS)
    process.terminate()
    assert crawler.summary(process)["failed"] == 0
    with crawler.database.session() as session:
        happened = set(session.scalars(select(ItemEvent.what)))
        assert all(equation.holds for equation in conservation(session))
    assert happened == {"listed", "fetched"}, "it cost none an attempt"


def test_a_crawl_that_is_to_end_leaves_them_to_the_next_one(crawler: Crawler, hidden: tuple[Site, Site]) -> None:
    listing, site = hidden
    crawler.watch(listing, [("/feed", "rss")])
    assert crawler.crawl()["pending"] == ITEMS
    site.up()
    with crawler.database.session() as session:
        session.execute(update(PendingItem).values(due_at=func.now()))
    summary = crawler.crawl()
    assert (summary["new"], summary["pending"]) == (ITEMS, 0)


def test_after_a_week_all_end_at_once_and_a_day_later_they_are_taken_up_again(
    crawler: Crawler, hidden: tuple[Site, Site]
) -> None:
    listing, site = hidden
    crawler.watch(listing, [("/feed", "rss")])
    assert crawler.crawl()["pending"] == ITEMS
    week = {"away_since": func.now() - dt.timedelta(days=7), "due_at": func.now()}
    with crawler.database.session() as session:
        session.execute(update(PendingItem).values(**week))
    summary = crawler.crawl()
    assert (summary["failed"], summary["pending"]) == (ITEMS, 0)
    site.up()
    with crawler.database.session() as session:
        told = set(session.scalars(select(FetchOutcome.reason)))
        session.execute(update(FetchOutcome).values(at=func.now() - dt.timedelta(days=1)))
    assert told == {"the connection was refused; so it has been for 7 days"}
    feed = listing.pages["/feed"]
    assert isinstance(feed, Answer)
    listing.pages["/feed"] = Answer(feed.body + b"<!-- another day -->")
    assert crawler.crawl()["new"] == ITEMS
    with crawler.database.session() as session:
        assert all(equation.holds for equation in conservation(session))


def test_a_bad_certificate_is_the_sites_and_no_items(
    crawler: Crawler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    site = Site("127.0.9.33", authority.context("127.0.9.33"))
    try:
        with serving("127.0.9.34") as [listing]:
            links = {f"{site.base}/{number}": f"Naslov članka broj {number}" for number in range(ITEMS)}
            for number in range(ITEMS):
                site.article(f"/{number}", f"Naslov članka broj {number}", words(number))
            listing.pages["/feed"] = Answer(rss("", links))
            site.context = authority.context("127.0.9.33", expired=True)
            crawler.watch(listing, [("/feed", "rss")])
            assert crawler.crawl()["pending"] == ITEMS
            assert all_wait(crawler, "its certificate has expired")()
            site.context = authority.context("127.0.9.33")
            with crawler.database.session() as session:
                session.execute(update(PendingItem).values(due_at=func.now()))
            assert crawler.crawl()["new"] == ITEMS
    finally:
        site.close()


def test_a_redirect_to_a_site_that_is_down_holds_up_nothing_of_its_own_site(crawler: Crawler) -> None:
    with serving("127.0.9.35") as [site], socket.create_server(("127.0.9.36", 0)) as closed:
        port = closed.getsockname()[1]
        closed.close()
        site.pages["/away"] = Answer(status=302, headers={"Location": f"http://127.0.9.36:{port}/a"})
        site.article("/here", "Naslov članka na mestu", words(1))
        site.feed("/feed", {"/away": "Naslov članka drugde", "/here": "Naslov članka na mestu"})
        crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl()
    assert (summary["new"], summary["failed"], summary["pending"]) == (1, 0, 1)
    [waiting] = items(crawler)
    assert (waiting.attempts, waiting.reason) == (0, "the connection was refused")

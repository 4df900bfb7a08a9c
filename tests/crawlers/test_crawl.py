"""Whole crawls, each in a process of its own, over sites that misbehave as real ones do."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import signal
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise

from sqlalchemy import func, select

from crawlers.identity.normal_form import article_id, normalised
from store.schema import Feed, FetchOutcome, OutboxMessage, PendingItem, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, page_html, rss, serving, wait_for, words

HTML = {"Content-Type": "text/html; charset=utf-8"}


def feeds_of(crawler: Crawler) -> dict[str, Feed]:
    with crawler.database.session() as session:
        return {feed.source_id: feed for feed in session.scalars(select(Feed))}


def outcomes_of(crawler: Crawler) -> dict[str, FetchOutcome]:
    with crawler.database.session() as session:
        return {outcome.url: outcome for outcome in session.scalars(select(FetchOutcome))}


def test_feeds_that_misbehave_are_explained_and_kept(crawler: Crawler) -> None:
    last = "127.0.2."
    addresses = [f"{last}{n}" for n in range(1, 10)]
    with serving(*addresses) as sites:
        good, malformed, html, _, gone, broken, busy, barred, empty = sites
        good.article("/a", "Naslov prvog članka", words(1))
        tagged = Answer(rss(good.base, {"/a": "Naslov prvog članka"}), headers={"ETag": '"1"', "Last-Modified": "x"})
        good.pages["/feed"] = lambda asked: Answer(status=304) if asked.get("if-none-match") == '"1"' else tagged
        malformed.article("/a", "Naslov drugog članka", words(2))
        malformed.pages["/feed"] = Answer(rss(malformed.base, {"/a": "Naslov & <drugog"}).replace(b"&amp;", b"&")[:-20])
        html.pages["/feed"] = Answer(b"<!doctype html><html><body>Welcome</body></html>")
        gone.pages["/feed"] = Answer(status=410)
        broken.pages["/feed"] = Answer(status=500)
        busy.pages["/feed"] = Answer(status=429, headers={"Retry-After": "7200"})
        barred.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /", headers={"Content-Type": "text/plain"})
        barred.feed("/feed", {"/a": "Naslov"})
        empty.pages["/feed"] = Answer(rss(empty.base, {}))
        for site in sites:
            crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl()
        again = crawler.crawl()
        second_poll = [asked.headers for asked in good.asked if asked.path == "/feed"][-1]
        assert barred.paths() == []
    assert (summary["polls"], summary["polls_failed"], summary["new"]) == (9, 6, 2)
    assert again["polls_unchanged"] == 3  # one by 304, two by the hash of the body
    assert again["new"] == again["items_seen"] == 0
    assert second_poll["if-none-match"] == '"1"'
    assert "if-modified-since" not in second_poll
    feeds = feeds_of(crawler)
    errors = {source_id.removeprefix(last): feed.last_error for source_id, feed in feeds.items()}
    assert errors == {
        "1": None,
        "2": None,
        "3": "an HTML page instead of a feed of kind rss",
        "4": "HTTP 404",
        "5": "HTTP 410: the site says the feed is gone; remove it or find its successor",
        "6": "HTTP 500",
        "7": "HTTP 429",
        "8": "robots.txt disallows the whole site",
        "9": None,
    }
    weights = {source_id.removeprefix(last): feed.failures for source_id, feed in feeds.items()}
    assert weights == {"1": 0, "2": 0, "3": 2, "4": 1, "5": 2, "6": 0.5, "7": 0.5, "8": 2, "9": 0}
    next_polls = [feed.next_poll for feed in feeds.values()]
    assert all(moment is not None for moment in next_polls), "no feed is ever dropped"
    busy_feed = feeds[f"{last}7"]
    assert busy_feed.next_poll is not None
    assert busy_feed.next_poll > dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), "Retry-After is heeded"


def misbehaving_pages(site: Site) -> dict[str, str]:
    """Pages of all kinds by path, with the titles their feed gives them."""
    cyrillic = "Полиција је ухапсила осумњиченог, који је имао пушку. " * 10
    page = page_html("Пуцњава у Шапцу", cyrillic, '<meta charset="windows-1251">')
    site.pages["/cp1251"] = Answer(page.encode("windows-1251"), headers={"Content-Type": "text/html"})
    site.article("/good", "Naslov dobrog članka", words(3))
    site.pages["/gz"] = Answer(
        gzip.compress(page_html("Naslov stisnutog", words(4)).encode()), headers=HTML | {"Content-Encoding": "gzip"}
    )
    site.pages["/moved"] = Answer(status=301, headers={"Location": "/good"})
    site.pages["/notext"] = Answer(b"<html><head><title>Galerija</title></head><body><img src='x'></body></html>")
    site.pages["/blank"] = Answer(b"")
    site.pages["/pdf"] = Answer(b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
    site.pages["/gone"] = Answer(status=410)
    site.pages["/loop"] = Answer(status=302, headers={"Location": "/loop"})
    site.pages["/inside"] = Answer(status=302, headers={"Location": "http://10.0.0.1/admin"})
    site.pages["/metadata"] = Answer(status=302, headers={"Location": "http://169.254.169.254/latest"})
    site.pages["/file"] = Answer(status=302, headers={"Location": "file:///etc/passwd"})
    site.pages["/barred/1"] = Answer(b"secret")
    site.pages["/tobarred"] = Answer(status=302, headers={"Location": "/barred/1"})
    site.pages["/big"] = Answer(b"<p>" + b"x" * 300_000)
    site.pages["/bomb"] = Answer(gzip.compress(b"<p>" + b"x" * 3_000_000), headers=HTML | {"Content-Encoding": "gzip"})
    site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /barred", headers={"Content-Type": "text/plain"})
    recovering = iter(
        [Answer(status=503, headers={"Retry-After": "1"}), Answer(page_html("Naslov oporavljenog", words(5)).encode())]
    )
    site.pages["/recovers"] = lambda _: next(recovering)
    paths = [path for path in site.pages if path != "/robots.txt"]
    return {path: f"Naslov {path}" for path in [*paths, "/nosuch"]}


def test_pages_that_misbehave_end_in_a_stated_outcome(crawler: Crawler) -> None:
    with serving("127.0.2.20") as [site]:
        titles = misbehaving_pages(site)
        site.feed("/feed", titles)
        crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl(max_body_bytes=200_000, max_redirects=3)
        paths = site.paths()
        base = site.base
    outcomes = outcomes_of(crawler)
    seen = {path: outcomes[normalised(base + path)] for path in titles}
    assert len(outcomes) == len(titles) == summary["items_seen"]
    assert summary["pending"] == 0
    told = {path: (outcome.outcome, outcome.attempts) for path, outcome in seen.items()}
    assert told == {
        "/cp1251": ("fetched", 1),
        "/good": ("fetched", 1),
        "/gz": ("fetched", 1),
        "/moved": ("fetched", 1),
        "/notext": ("unusable", 3),
        "/blank": ("unusable", 3),
        "/pdf": ("unusable", 1),
        "/gone": ("failed", 1),
        "/loop": ("failed", 1),
        "/inside": ("refused", 1),
        "/metadata": ("refused", 1),
        "/file": ("failed", 1),
        "/tobarred": ("refused", 1),
        "/barred/1": ("refused", 1),
        "/big": ("failed", 1),
        "/bomb": ("failed", 1),
        "/recovers": ("fetched", 2),
        "/nosuch": ("failed", 3),
    }
    reasons = {path: outcome.reason for path, outcome in seen.items()}
    assert reasons["/notext"] == "no article text: 0 characters"
    assert reasons["/pdf"] == "application/pdf is no page"
    assert reasons["/nosuch"] == "HTTP 404"
    assert reasons["/inside"] == "10.0.0.1 leads to 10.0.0.1, which is not public"
    assert reasons["/metadata"] == "169.254.169.254 leads to 169.254.169.254, which is not public"
    assert reasons["/file"] == "HTTP 302 to no web address"
    assert reasons["/barred/1"] == reasons["/tobarred"] == "robots.txt disallows it"
    assert reasons["/good"] is None
    assert "/barred/1" not in paths
    with crawler.database.session() as session:
        articles = {article.id: article for article in session.scalars(select(StoredArticle))}
        events = session.scalars(select(func.count()).select_from(OutboxMessage)).one()
    assert len(articles) == events == 4  # /moved led to the article of /good
    assert seen["/moved"].article_id == seen["/good"].article_id
    assert articles[article_id(f"{base}/cp1251")].title == "Пуцњава у Шапцу"
    assert "имао пушку" in articles[article_id(f"{base}/cp1251")].text


def test_loopback_is_refused_unless_allowed(crawler: Crawler) -> None:
    with serving("127.0.2.30") as [site]:
        site.feed("/feed", {"/a": "Naslov"})
        crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl(allow_loopback=False)
        assert site.asked == []
    assert summary["polls_failed"] == 1
    [feed] = feeds_of(crawler).values()
    assert feed.last_error == "127.0.2.30 leads to 127.0.2.30, which is not public"


def test_one_connection_a_host_and_never_under_the_gap(crawler: Crawler) -> None:
    gap = 0.2
    slow = {"/a/0", "/a/2"}
    with serving("127.0.2.40", "127.0.2.41") as sites:
        for site in sites:
            site.feed("/feed", {f"/a/{n}": f"Naslov broj {n} dana" for n in range(5)})
            site.feed("/other", {f"/b/{n}": f"Drugi naslov broj {n} dana" for n in range(3)})
            for path in [*(f"/a/{n}" for n in range(5)), *(f"/b/{n}" for n in range(3))]:
                page = Answer(page_html(f"Naslov {path}", words(hash(path))).encode())
                site.pages[path] = _slowly(page) if path in slow else page
            crawler.watch(site, [("/feed", "rss"), ("/other", "rss")])
        summary = crawler.crawl(min_gap_seconds=gap)
        asked = [sorted(site.asked, key=lambda one: one.began) for site in sites]
    assert summary["new"] == 16
    for requests in asked:
        assert len(requests) == 11  # robots.txt, two feeds, eight articles
        for earlier, later in pairwise(requests):
            assert later.began >= earlier.ended, "one connection at a time"
            # the server's clock starts when it has read the request: some milliseconds of play
            assert later.began - earlier.began >= gap - 0.05


def _slowly(answer: Answer) -> Callable[[Mapping[str, str]], Answer]:
    def answered(_: Mapping[str, str]) -> Answer:
        time.sleep(0.4)
        return answer

    return answered


def test_killed_and_resumed_gives_the_same_set(crawler: Crawler) -> None:
    expected: dict[str, str] = {}
    with serving("127.0.2.50", "127.0.2.51") as sites:
        for site in sites:
            titles = {f"/a/{n}": f"Naslov broj {n} u nizu" for n in range(12)}
            tagged = Answer(rss(site.base, titles), headers={"ETag": '"1"'})
            site.pages["/feed"] = _once_tagged(tagged)
            for n, (path, title) in enumerate(titles.items()):
                site.article(path, title, words(n))
                expected[article_id(site.base + path)] = title
            crawler.watch(site, [("/feed", "rss")])
        for fetched in (4, 12):
            process = crawler.start(min_gap_seconds=0.1)
            wait_for(partial(_has_asked, sites, fetched))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with crawler.database.session() as session:
            done = session.scalars(select(func.count()).select_from(StoredArticle)).one()
            assert 0 < done < len(expected), "the kills came in the middle"
        crawler.crawl()
        asked = [path for site in sites for path in site.paths() if "/a/" in path]
    with crawler.database.session() as session:
        articles = {article.id: article.title for article in session.scalars(select(StoredArticle))}
        outcomes = list(session.scalars(select(FetchOutcome)))
        events = list(session.scalars(select(OutboxMessage.event_id)))
        pending = list(session.scalars(select(PendingItem)))
    assert articles == expected
    assert sorted(outcome.article_id or "" for outcome in outcomes) == sorted(expected)
    assert len(events) == len(set(events)) == len(expected)
    assert len(asked) <= len(expected) + 4, "only what was under way at the two kills is fetched again, one a host"
    assert pending == []


def _has_asked(sites: list[Site], articles: int) -> bool:
    return sum("/a/" in path for site in sites for path in site.paths()) >= articles


def _once_tagged(answer: Answer) -> Callable[[Mapping[str, str]], Answer]:
    """A server that answers 304 from the second poll on: whoever forgot the items will not be told again."""
    return lambda asked: Answer(status=304) if asked.get("if-none-match") == '"1"' else answer


def test_stops_gracefully_and_lets_no_second_crawler_in(crawler: Crawler) -> None:
    with serving("127.0.2.60") as [site]:
        site.feed("/feed", {"/a": "Naslov članka o pucnjavi"})
        site.article("/a", "Naslov članka o pucnjavi", words(1))
        crawler.watch(site, [("/feed", "rss")])
        process = crawler.start(until_idle=False)
        wait_for(lambda: site.paths().count("/feed") >= 3)  # polled again on its schedule
        second = crawler.start()
        assert second.wait() != 0
        process.send_signal(signal.SIGTERM)
        summary = crawler.summary(process)
    assert summary["new"] == 1
    assert summary["polls_unchanged"] >= 2

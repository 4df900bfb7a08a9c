"""Archives read for a past period, beside the ordinary crawl and behind it."""

from __future__ import annotations

import datetime as dt
import os
import signal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from crawlers.backfill import steps_of
from crawlers.feeds.listing import Child, seen_item
from crawlers.feeds.periods import Period, paged
from crawlers.registration import register
from crawlers.registry import load
from crawlers.settings import CrawlSettings
from store import backfills
from store.schema import BackfillStep, OutboxMessage, PendingItem, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words

SPRING = Period(dt.date(2025, 3, 1), dt.date(2025, 5, 31))
XML = {"Content-Type": "application/xml"}


def order(crawler: Crawler, period: Period = SPRING) -> None:
    known = load(crawler.sources)
    register(crawler.database, known, CrawlSettings(archive_dir=crawler.archive, contact="desk@example.org"))
    with crawler.database.session() as session:
        backfills.order(session, steps_of(known.sources, period))


def steps(crawler: Crawler) -> dict[str, tuple[str, str | None, int]]:
    """State, note and items found by the path of each archive."""
    with crawler.database.session() as session:
        rows = session.scalars(select(BackfillStep))
        return {"/" + row.address.split("/", 3)[3]: (row.state, row.note, row.found) for row in rows}


def articles(crawler: Crawler) -> set[str]:
    with crawler.database.session() as session:
        return {"/" + url.split("/", 3)[3] for url in session.scalars(select(StoredArticle.url))}


def events(crawler: Crawler) -> int:
    with crawler.database.session() as session:
        return session.scalars(select(func.count()).select_from(OutboxMessage)).one()


def publish(site: Site, *paths: str) -> None:
    for path in paths:
        site.article(path, f"Naslov članka {path}", words(hash(path)))


def urlset(site: Site, dates: dict[str, str]) -> Answer:
    entries = (f"<url><loc>{site.base}{path}</loc><lastmod>{date}</lastmod></url>" for path, date in dates.items())
    return Answer(f"<urlset>{''.join(entries)}</urlset>".encode(), headers=XML)


def test_sitemaps_that_may_hold_the_period_are_read_and_no_others(crawler: Crawler) -> None:
    with serving("127.0.3.30") as [site]:
        maps = {
            "/posts-2025-02.xml": "2025-11-01",
            "/posts-2025-03.xml": "2025-11-01",
            "/old.xml": "2024-12-31",
            "/rest.xml": "2025-11-02",
            "/missing.xml": "2025-11-01",
        }
        children = "".join(
            f"<sitemap><loc>{site.base}{path}</loc><lastmod>{date}</lastmod></sitemap>" for path, date in maps.items()
        )
        site.pages["/sitemap.xml"] = Answer(f"<sitemapindex>{children}</sitemapindex>".encode(), headers=XML)
        site.pages["/posts-2025-03.xml"] = urlset(site, {"/a/march": "2025-03-09", "/a/undated": ""})
        site.pages["/rest.xml"] = urlset(
            site,
            {
                "/a/may": "2025-05-31",
                "/2025/04/02/april": "2025-11-01",
                "/2024/04/02/another-april": "2025-04-03",
                "/a/july": "2025-07-01",
                "/a/nothing-tells": "",
            },
        )
        publish(site, "/a/march", "/a/undated", "/a/may", "/2025/04/02/april")
        crawler.watch(site, [("/sitemap.xml", "sitemap")])
        order(crawler)
        crawler.crawl(max_item_age_days=30)
        asked = site.paths()
    wanted = {"/a/march", "/a/undated", "/a/may", "/2025/04/02/april"}
    assert articles(crawler) == wanted
    assert events(crawler) == len(wanted)
    state = steps(crawler)
    assert set(state) == {"/sitemap.xml", "/posts-2025-03.xml", "/rest.xml", "/missing.xml"}
    assert state["/posts-2025-03.xml"] == ("done", "read", 2)
    assert state["/rest.xml"] == ("done", "read; 1 entries without a date were left out", 2)
    assert state["/missing.xml"] == ("failed", "page 1: HTTP 404", 0)
    assert not any("/a/july" in path or "another-april" in path for path in asked)


def wordpress(site: Site, pages: list[dict[str, str]]) -> None:
    """A feed whose pages list articles with their dates, as WordPress has them."""
    for number, dates in enumerate(pages, start=1):
        titles = {path: f"Naslov članka {path}" for path in dates}
        stamped = {path: f"{date} 10:00:00 GMT" for path, date in dates.items()}
        body = rss(site.base, titles, stamped)
        site.pages["/feed/" if number == 1 else f"/feed/?paged={number}"] = Answer(body)
        publish(site, *dates)


def test_a_feed_is_paged_back_to_the_beginning_of_the_period(crawler: Crawler) -> None:
    with serving("127.0.3.31") as [site]:
        wordpress(
            site,
            [
                {"/new": "01 Jul 2025", "/may": "20 May 2025"},
                {"/april": "10 Apr 2025"},
                {"/march": "02 Mar 2025", "/january": "02 Jan 2025"},
                {"/december": "02 Dec 2024"},
                {"/november": "02 Nov 2024"},
            ],
        )
        crawler.watch(site, [("/feed/", "rss")])
        order(crawler)
        crawler.crawl(max_item_age_days=30)
        crawler.crawl(max_item_age_days=30)
        asked = site.paths()
    assert articles(crawler) == {"/may", "/april", "/march"}
    assert events(crawler) == 3
    assert steps(crawler)["/feed/"] == ("done", "page 4 is older than 2025-03-01", 3)
    assert "/feed/?paged=5" not in asked
    assert asked.count("/feed/?paged=2") == 1


@pytest.mark.parametrize("answers_the_same", [True, False])
def test_an_archive_ends_where_the_site_ends_it(crawler: Crawler, answers_the_same: bool) -> None:
    with serving("127.0.3.32") as [site]:
        wordpress(site, [{"/may": "20 May 2025"}])
        if answers_the_same:
            site.pages["/feed/?paged=2"] = site.pages["/feed/"]
        crawler.watch(site, [("/feed/", "rss")])
        order(crawler)
        crawler.crawl(max_item_age_days=30)
    note = (
        "page 2 lists the same again: there are no further pages"
        if answers_the_same
        else "page 2, the end of the archive: HTTP 404"
    )
    assert steps(crawler)["/feed/"] == ("done", note, 1)
    assert articles(crawler) == {"/may"}


def section_of(site: Site, pages: int) -> None:
    """A section whose page n lists two articles of the n-th month before June 2025, without their dates."""
    for number in range(1, pages + 1):
        month = 6 - number
        date = dt.date(2025, month, 15) if month > 0 else dt.date(2024, 12 + month, 15)
        links = ""
        for letter in "ab":
            path = f"/vest/{date:%Y-%m}-{letter}"
            head = f'<meta property="article:published_time" content="{date}T10:00:00Z">'
            site.article(path, f"Naslov članka {path}", words(hash(path)), head)
            links += f"<h3><a href='{path}'>Naslov članka {path}</a></h3>"
        following = f"<a class='next' href='/vesti?strana={number + 1}'>Dalje</a>" if number < pages else ""
        site.pages["/vesti" if number == 1 else f"/vesti?strana={number}"] = Answer(
            f"<html><body>{links}{following}</body></html>".encode()
        )


def test_a_section_is_read_further_back_until_its_articles_are_older(crawler: Crawler) -> None:
    with serving("127.0.3.33") as [site]:
        section_of(site, 9)
        entry = f'{{ url = "{site.base}/vesti", kind = "section", links = "h3 a", pages = 2, next = "a.next" }}'
        crawler.declare(site.base, [entry])
        order(crawler)
        crawler.crawl()
        asked = site.paths()
    assert articles(crawler) >= {f"/vest/2025-0{month}-{letter}" for month in (3, 4, 5) for letter in "ab"}
    state, note, _ = steps(crawler)["/vesti"]
    assert (state, note) == ("done", "page 4 is older than 2025-03-01")
    assert "/vesti?strana=5" not in asked
    assert events(crawler) == len(articles(crawler)) == 8


def test_the_news_goes_first(crawler: Crawler) -> None:
    old = [f"/stari/{n}" for n in range(40)]
    with serving("127.0.3.34") as [site]:
        site.pages["/sitemap-2025-04.xml"] = urlset(site, dict.fromkeys(old, "2025-04-01"))
        publish(site, *old, "/novo/1", "/novo/2")
        site.feed("/feed", {"/novo/1": "Naslov članka /novo/1"})
        crawler.watch(site, [("/feed", "rss"), ("/sitemap-2025-04.xml", "sitemap")])
        order(crawler)
        limits: dict[str, Any] = {"interval_seconds": 0.2, "max_interval_seconds": 0.3, "max_item_age_days": 30}
        process = crawler.start(until_idle=False, min_gap_seconds=0.1, **limits)
        wait_for(lambda: sum("/stari/" in path for path in site.paths()) >= 5)
        site.feed("/feed", {"/novo/2": "Naslov članka /novo/2"})
        wait_for(lambda: "/novo/2" in site.paths())
        fetched = sum("/stari/" in path for path in site.paths())
        assert fetched < len(old), "it did not wait for the past"
        process.send_signal(signal.SIGTERM)
        crawler.summary(process)


def test_an_interrupted_back_fill_goes_on_and_publishes_nothing_twice(crawler: Crawler) -> None:
    pages = [{f"/a/{page}-{n}": "15 Apr 2025" for n in range(4)} for page in range(1, 6)]
    expected = {path for page in pages for path in page}
    with serving("127.0.3.35") as [site]:
        wordpress(site, pages)
        crawler.watch(site, [("/feed/", "rss")])
        order(crawler)
        for fetched in (3, 9):
            process = crawler.start(min_gap_seconds=0.05, max_item_age_days=30)
            wait_for(lambda fetched=fetched: sum("/a/" in path for path in site.paths()) >= fetched)  # type: ignore[misc]
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        order(crawler)
        crawler.crawl(max_item_age_days=30)
        order(crawler)
        crawler.crawl(max_item_age_days=30)
        asked = [path for path in site.paths() if "/a/" in path]
        pages_read = [path for path in site.paths() if "paged" in path]
    assert articles(crawler) == expected
    assert events(crawler) == len(expected)
    assert len(asked) <= len(expected) + 2, "only what was under way at the two kills is fetched again"
    assert len(pages_read) <= 5 + 2
    with crawler.database.session() as session:
        assert session.scalars(select(PendingItem)).all() == []


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_a_sitemap_of_a_month_may_hold_its_days_alone(day: dt.date, one: dt.date, other: dt.date) -> None:
    period = Period(min(one, other), max(one, other))
    monthly = Child(f"https://a.rs/sitemap-pt-post-p{day:%Y-%m}.xml", dt.datetime(2030, 12, 31, tzinfo=dt.UTC))
    item = seen_item(f"https://a.rs/{day:%Y/%m/%d}/vest", "https://a.rs/")
    assert item is not None
    assert period.holds(item) is (period.since <= day <= period.until)
    if period.holds(item):
        assert period.may_hold(monthly)
        assert period.is_stated_by(monthly.url)
    if (day.year, day.month) < (period.since.year, period.since.month):
        assert not period.may_hold(monthly)


def test_pages_of_feeds_keep_the_other_parameters() -> None:
    assert paged("https://a.rs/?feed=rss2&paged=1", 3) == "https://a.rs/?feed=rss2&paged=3"
    assert paged("https://a.rs/feed/", 2) == "https://a.rs/feed/?paged=2"

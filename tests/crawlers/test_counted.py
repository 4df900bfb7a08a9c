"""Every entry of a feed is counted once: through a whole crawl, and after kill -9 in the midst of one."""

from __future__ import annotations

import datetime as dt
import os
import signal
from functools import partial

from sqlalchemy import func, select

from store.conservation import Equation, conservation
from store.database import Database
from store.schema import ItemEvent, PendingItem, SourceAlarm, SourceDay, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words


def assert_conserved(database: Database) -> tuple[Equation, ...]:
    """The equations over all sources and over each; the articles counted apart."""
    with database.session() as session:
        for name in session.scalars(select(SourceDay.source_id).distinct()):
            for equation in conservation(session, name):
                assert equation.holds, f"{name}: {equation}"
        equations = conservation(session)
        for equation in equations:
            assert equation.holds, str(equation)
        stored = session.scalar(select(func.count()).select_from(StoredArticle))
        assert equations[1].outputs["new"] == stored
        events = session.scalar(select(func.count()).select_from(ItemEvent).where(ItemEvent.what == "listed"))
        assert equations[1].inputs["seen"] == events
    return equations


def test_every_entry_has_its_reason(crawler: Crawler) -> None:
    with serving("127.0.2.90") as [site]:
        titles = {f"/a/{n}": f"Naslov broj {n} u nizu" for n in range(6)} | {
            "/gone": "Naslov koji je nestao",
            "/short": "Naslov bez teksta ispod",
            "/private": "Naslov koji robot ne sme",
        }
        old = {"/a/5": "Fri, 03 Jan 2014 10:00:00 GMT"}
        feed = rss(site.base, titles, old)
        broken = b"<item><title>Nigde ne vodi, bez adrese</title></item><item><title>Naslov broj 0 u nizu</title><link>"
        again = broken + f"{site.base}/a/0".encode() + b"</link></item></channel>"
        site.pages["/feed"] = Answer(
            feed.replace(b"</channel>", again), headers={"Content-Type": "application/rss+xml"}
        )
        site.pages["/robots.txt"] = Answer(
            b"User-agent: *\nDisallow: /private\n", headers={"Content-Type": "text/plain"}
        )
        for n in range(6):
            site.article(f"/a/{n}", f"Naslov broj {n} u nizu", words(n))
        site.pages["/gone"] = Answer(b"", 410)
        site.article("/short", "Naslov bez teksta ispod", "Kratko.")
        crawler.watch(site, [("/feed", "rss")])
        crawler.crawl(max_item_age_days=30, max_items_per_feed=8)
    listed, items, bus = assert_conserved(crawler.database)
    assert listed.inputs == {"listed": 11}
    assert listed.outputs == {"known": 1, "too old": 1, "over the limit": 1, "no address": 1, "seen": 7}
    assert items.outputs["pending"] == 0
    assert items.outputs["new"] == bus.outputs["waiting to be sent"] == 5
    assert items.outputs["failed"] == items.outputs["unusable"] == 1


def test_nothing_is_lost_or_counted_twice_by_kill_9(crawler: Crawler) -> None:
    with serving("127.0.2.91", "127.0.2.92") as sites:
        for site in sites:
            titles = {f"/a/{n}": f"Naslov broj {n} u nizu" for n in range(10)}
            site.feed("/feed", titles)
            for n, (path, title) in enumerate(titles.items()):
                site.article(path, title, words(n))
            crawler.watch(site, [("/feed", "rss")])
        for fetched in (3, 8, 13):
            process = crawler.start(min_gap_seconds=0.1)
            wait_for(partial(_has_asked, sites, fetched))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert_conserved(crawler.database)
        crawler.crawl()
    _, items, bus = assert_conserved(crawler.database)
    assert items.inputs == {"seen": 20}
    assert (items.outputs["new"], items.outputs["pending"]) == (20, 0)
    assert sum(bus.outputs.values()) == 20


def _has_asked(sites: list[Site], articles: int) -> bool:
    return sum("/a/" in path for site in sites for path in site.paths()) >= articles


def test_the_crawl_raises_and_clears_alarms(crawler: Crawler) -> None:
    with serving("127.0.2.93") as [site]:
        site.pages["/feed"] = Answer(b"", 410)
        crawler.watch(site, [("/feed", "rss")])
        crawler.crawl()
        with crawler.database.session() as session:
            [raised] = session.scalars(select(SourceAlarm))
            assert (raised.kind, raised.feed_url, raised.cleared_at) == ("gone", f"{site.base}/feed", None)
        site.feed("/feed", {"/a": "Naslov članka o pucnjavi"})
        site.article("/a", "Naslov članka o pucnjavi", words(1))
        crawler.crawl()
    with crawler.database.session() as session:
        [cleared] = session.scalars(select(SourceAlarm))
        assert isinstance(cleared.cleared_at, dt.datetime)
        assert session.scalar(select(func.count()).select_from(PendingItem)) == 0

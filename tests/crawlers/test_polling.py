"""Feeds of several documents, pages that change, and the schedule, as whole crawls over real servers."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import signal
import time
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from codebook.records import Article, Reading
from crawlers.identity.normal_form import article_id, normalised
from crawlers.polling.intervals import NOISY, last_of_day
from pipeline.runner import Outcome
from store.conservation import conservation
from store.database import Database
from store.feeds import register_sources
from store.polling import LOG_KEPT, feed_log, note
from store.schema import (
    ArticleVersion,
    Feed,
    FetchedPage,
    OutboxMessage,
    SitemapChild,
    Source,
    StoredArticle,
    StoredMention,
)
from store.sitemap_children import FORGOTTEN_AFTER, children_of, note_named, note_nested, note_read
from store.traces import trace
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, page_html, rss, serving, wait_for, words
from tests.pipeline.stages.line import SHOOTING, JsonReader, Line

DAY = dt.timedelta(days=1)
XML = {"Content-Type": "application/xml"}
OFTEN: dict[str, Any] = {"interval_seconds": 0.2, "max_interval_seconds": 0.3}


def urls(crawler: Crawler) -> set[str]:
    with crawler.database.session() as session:
        return {"/" + url.split("/", 3)[3] for url in session.scalars(select(StoredArticle.url))}


def feeds(crawler: Crawler) -> dict[str, Feed]:
    with crawler.database.session() as session:
        return {"/" + feed.url.split("/", 3)[3]: feed for feed in session.scalars(select(Feed))}


def log(crawler: Crawler) -> list[tuple[str, str]]:
    """The newest first."""
    with crawler.database.session() as session:
        [url] = session.scalars(select(Feed.url))
        return [(entry.event, entry.detail) for entry in feed_log(session, url)]


# -- several documents


def index_of(site: Site, maps: Mapping[str, str | None]) -> Answer:
    entries = "".join(
        f"<sitemap><loc>{site.base}{path}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for path, date in maps.items()
    )
    return Answer(f"<sitemapindex>{entries}</sitemapindex>".encode(), headers=XML)


def urlset(site: Site, *paths: str) -> Answer:
    entries = "".join(f"<url><loc>{site.base}{path}</loc></url>" for path in paths)
    return Answer(f"<urlset>{entries}</urlset>".encode(), headers=XML)


def test_every_sitemap_of_an_index_has_its_turn(crawler: Crawler) -> None:
    with serving("127.0.3.50") as [site]:
        now = dt.datetime.now(dt.UTC)
        maps = {f"/map{n}.xml": (now - dt.timedelta(days=n)).isoformat() for n in range(8)}
        for n in range(8):
            site.article(f"/a/{n}", f"Naslov članka broj {n}", words(n))
            site.pages[f"/map{n}.xml"] = urlset(site, f"/a/{n}")
        site.pages["/map5.xml"] = index_of(site, {"/inner.xml": None})
        site.pages["/inner.xml"] = urlset(site, "/a/5")
        site.pages["/index.xml"] = index_of(site, maps)
        crawler.watch(site, [("/index.xml", "sitemap")])
        crawler.crawl()
        first = [path for path in site.paths() if path.endswith(".xml")]
        assert first == ["/index.xml", "/map0.xml", "/map1.xml", "/map2.xml", "/map3.xml"]
        for _ in range(2):
            crawler.crawl()
        assert urls(crawler) == {f"/a/{n}" for n in range(8)}
        site.article("/a/late", "Naslov kasnog članka", words(99))
        site.pages["/map6.xml"] = urlset(site, "/a/6", "/a/late")
        site.pages["/index.xml"] = index_of(site, maps | {"/map6.xml": now.isoformat()})
        crawler.crawl()
    assert "/a/late" in urls(crawler), "what says it changed is read at once"
    with crawler.database.session() as session:
        children = {child.url: child for child in session.scalars(select(SitemapChild))}
    assert len(children) == 9
    assert all(child.read_at for child in children.values())
    assert [url for url, child in children.items() if child.nested] == [f"{site.base}/inner.xml"]


def test_indexes_that_name_each_other_for_ever_are_noted_up_to_a_bound(crawler: Crawler) -> None:
    with serving("127.0.3.50") as [site]:
        site.pages["/index.xml"] = index_of(site, {f"/map{n}.xml": None for n in range(4)})
        for n in range(4):
            site.pages[f"/map{n}.xml"] = index_of(site, {f"/map{n}-{inner}.xml": None for inner in range(20_000)})
        crawler.watch(site, [("/index.xml", "sitemap")])
        crawler.crawl()
        crawler.crawl()
        [feed] = feeds(crawler).values()
    with crawler.database.session() as session:
        named = session.scalars(select(func.count()).select_from(SitemapChild)).one()
    assert feed.last_success is not None
    assert 2_000 <= named < 2_100


def test_a_sitemap_that_no_index_names_any_more_is_forgotten(database: Database) -> None:
    index = "https://example.rs/sitemap.xml"
    with database.session() as session:
        example = Source(
            id="example.rs", name="E", url="https://example.rs/", jurisdiction="RS", kind="media", languages=["sr"]
        )
        register_sources(session, [example], [Feed(url=index, source_id="example.rs", kind="sitemap")], 900)
        for name in ("kept", "dropped"):
            note_read(session, index, name, None, brought=False)
        note_nested(session, index, ["nested"])
        session.execute(update(SitemapChild).values(named_at=func.now() - FORGOTTEN_AFTER + DAY))
        note_named(session, index, ["kept"])
        assert set(children_of(session, index)) == {"kept", "dropped", "nested"}, "not yet"
        session.execute(update(SitemapChild).values(named_at=func.now() - FORGOTTEN_AFTER - DAY))
        note_nested(session, index, ["nested"])
        note_named(session, index, ["kept"])
        assert set(children_of(session, index)) == {"kept", "nested"}


def test_an_undated_archive_in_an_old_sitemap_is_no_news(crawler: Crawler) -> None:
    with serving("127.0.3.51") as [site]:
        for path in ("/a/new", "/a/old"):
            site.article(path, f"Naslov članka {path}", words(hash(path)))
        site.pages["/new.xml"], site.pages["/old.xml"] = urlset(site, "/a/new"), urlset(site, "/a/old")
        now = dt.datetime.now(dt.UTC)
        site.pages["/index.xml"] = index_of(site, {"/old.xml": "2019-03-01", "/new.xml": now.isoformat()})
        crawler.watch(site, [("/index.xml", "sitemap")])
        crawler.crawl(max_item_age_days=30)
    assert urls(crawler) == {"/a/new"}


def bulletins(site: Site, *pages: list[str]) -> None:
    """A section with numbered pages, their links under headings among others."""
    for number, paths in enumerate(pages, start=1):
        links = "".join(f"<h3><a href='{path}'>Bilten</a></h3>" for path in paths)
        body = f"<html><body><a href='/o-nama'>Sve o našoj ustanovi i njenom radu</a>{links}</body></html>"
        site.pages["/bilteni" if number == 1 else f"/bilteni/strana/{number}"] = Answer(body.encode())
        for path in paths:
            site.article(path, f"Dnevni bilten {path}", words(hash(path)))


def test_a_section_is_read_as_far_as_it_is_new(crawler: Crawler) -> None:
    with serving("127.0.3.52") as [site]:
        bulletins(site, ["/b/6", "/b/5"], ["/b/4", "/b/3"], ["/b/2", "/b/1"], ["/b/0"])
        address = f"{site.base}/bilteni/strana/{{page}}"
        feed = f'{{ url = "{site.base}/bilteni", kind = "section", links = "h3 a", pages = 3, page_address = "{address}" }}'
        crawler.declare(site.base, [feed])
        crawler.crawl()
        assert urls(crawler) == {f"/b/{n}" for n in range(1, 7)}
        before = len(site.paths())
        bulletins(site, ["/b/8", "/b/7"], ["/b/6", "/b/5"], ["/b/4", "/b/3"])
        crawler.crawl()
        assert urls(crawler) == {f"/b/{n}" for n in range(1, 9)}
        listings = [path for path in site.paths()[before:] if path.startswith("/bilteni")]
    assert listings == ["/bilteni", "/bilteni/strana/2"], "the second page brought nothing: the third is not asked"


def test_a_section_whose_next_page_is_away_still_gives_the_first(crawler: Crawler) -> None:
    with serving("127.0.3.53") as [site]:
        bulletins(site, ["/b/2", "/b/1"])
        address = f"{site.base}/bilteni/strana/{{page}}"
        feed = f'{{ url = "{site.base}/bilteni", kind = "section", links = "h3 a", pages = 3, page_address = "{address}" }}'
        crawler.declare(site.base, [feed])
        assert crawler.crawl()["polls_failed"] == 0
    assert urls(crawler) == {"/b/1", "/b/2"}


def test_a_page_with_other_links_each_time_fills_no_more_than_its_share(crawler: Crawler) -> None:
    numbers = itertools.count()

    def trap(_: object) -> Answer:
        at = next(numbers)
        links = "".join(f"<h3><a href='/hronika/{at}-{n}'>Naslov vesti broj {at} od {n}</a></h3>" for n in range(20))
        return Answer(f"<html><body>{links}</body></html>".encode())

    with serving("127.0.3.53") as [site]:
        site.pages["/hronika"] = trap
        crawler.watch(site, [("/hronika", "section")])
        process = crawler.start(until_idle=False, max_items_per_feed=5, retry_delays_seconds=[600], **OFTEN)
        wait_for(lambda: site.paths().count("/hronika") > 15)
        process.send_signal(signal.SIGTERM)
        summary = crawler.summary(process)
    with crawler.database.session() as session:
        listed, seen = conservation(session)[:2]
    assert summary["pending"] == 50
    assert listed.holds
    assert seen.holds
    assert listed.outputs["over the limit"] > listed.outputs["seen"] == 50


def test_a_bulletin_at_one_address_gives_a_version_at_each_change_of_the_day(crawler: Crawler) -> None:
    with serving("127.0.3.54") as [site]:
        visits = [0]
        text = [words(1)]
        today = dt.datetime.now(dt.UTC).isoformat()

        def bulletin(_: object) -> Answer:
            visits[0] += 1
            noise = f"{dated(today)}<script>var visit = {visits[0]};</script>"
            return Answer(page_html("Dnevni bilten policije", text[0], noise).encode())

        site.pages["/bilten"] = bulletin
        crawler.watch(site, [("/bilten", "page")])
        assert crawler.crawl()["new"] == 1
        assert crawler.crawl()["polls_unchanged"] == 1, "the script changed, the words did not"
        for number in (2, 3):
            text[0] += "\n\n" + words(number)
            assert crawler.crawl()["changed"] == 1
    with crawler.database.session() as session:
        [article] = session.scalars(select(StoredArticle))
        versions = session.scalars(select(func.count()).select_from(ArticleVersion)).one()
        published = session.scalars(select(func.count()).select_from(OutboxMessage)).one()
    assert "broj 3-0" in article.text
    assert (versions, published) == (2, 3)


def test_a_page_is_asked_before_its_day_ends() -> None:
    belgrade = ZoneInfo("Europe/Belgrade")
    evening = dt.datetime(2024, 3, 11, 20, 0, tzinfo=dt.UTC)
    for _ in range(100):
        moment = last_of_day(evening, belgrade)
        assert dt.timedelta(hours=2, minutes=55) <= moment - evening < dt.timedelta(hours=3)
        assert last_of_day(moment + dt.timedelta(minutes=5), belgrade) > evening + DAY, "of the next day"


def test_a_page_that_changes_all_the_time_is_asked_once_an_hour(crawler: Crawler) -> None:
    with serving("127.0.3.54") as [site]:
        visits = [0]

        def restless(_: object) -> Answer:
            visits[0] += 1
            return Answer(page_html("Dnevni bilten policije", words(visits[0])).encode())

        site.pages["/bilten"] = restless
        crawler.watch(site, [("/bilten", "page")])
        process = crawler.start(until_idle=False, max_interval_seconds=0.5)
        wait_for(lambda: (soon := next_poll(crawler)) is not None and soon > now_in(minutes=0.2))
        process.terminate()
        crawler.summary(process)
    with crawler.database.session() as session:
        pages = session.scalars(select(func.count()).select_from(FetchedPage)).one()
        reasons = [entry.detail for entry in feed_log(session, f"{site.base}/bilten")]
        told = session.scalars(select(func.count()).select_from(StoredArticle)).one()
    assert NOISY - 1 <= pages <= NOISY, "no change was read after the last one that was noise"
    assert pages == told, "every state that was read is kept"
    assert "so it is asked once an hour" in reasons[0]


def next_poll(crawler: Crawler) -> dt.datetime | None:
    with crawler.database.session() as session:
        return session.scalars(select(Feed.next_poll)).one_or_none()


def now_in(*, minutes: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)


def dated(moment: str) -> str:
    return f'<meta property="article:published_time" content="{moment}">'


def test_what_drops_off_a_bulletin_the_next_day_stays_told(crawler: Crawler) -> None:
    today = dt.datetime.now(dt.UTC)
    shooting = "Muškarac je ranjen u pucnjavi u Kuli, a policija traga za napadačem."
    with serving("127.0.3.68") as [site]:
        crawler.watch(site, [("/bilten", "page")])
        for day, text in ((today - dt.timedelta(days=1), f"{shooting}\n\n{words(1)}"), (today, words(2))):
            site.pages["/bilten"] = Answer(page_html("Dnevni bilten", text, dated(day.isoformat())).encode())
            assert crawler.crawl()["new"] == 1
        assert crawler.crawl()["polls_unchanged"] == 1
        address = f"{site.base}/bilten"
    read_and_linked(crawler)
    with crawler.database.session() as session:
        monday, tuesday = session.scalars(select(StoredArticle).order_by(StoredArticle.published)).all()
        mentions = session.scalars(select(StoredMention)).all()
        story = trace(session, normalised(address), article_id(address))
        assert [str(equation) for equation in conservation(session) if not equation.holds] == []
    assert (monday.url, tuesday.url) == (address, address)
    assert monday.published is not None
    assert monday.published.date() == (today - dt.timedelta(days=1)).date()
    assert [(mention.article_id, mention.candidate_id is None) for mention in mentions] == [(monday.id, False)]
    assert story is not None
    assert story.articles == tuple(sorted([monday.id, tuesday.id])), "the address tells of all its editions"
    assert [step.what for step in story.steps].count("mention") == 1


class ShootingsAlone:
    """Reads an incident where the text says that someone was wounded in a shooting."""

    version = "shootings-1"

    def read(self, article: Article) -> Reading:
        told = json.dumps([SHOOTING] if "ranjen u pucnjavi" in article.text else [])
        reading = JsonReader(self.version).read(article.model_copy(update={"text": told}))
        mentions = [one.model_copy(update={"content_hash": article.content_hash}) for one in reading.mentions]
        return reading.model_copy(update={"content_hash": article.content_hash, "mentions": tuple(mentions)})


def read_and_linked(crawler: Crawler) -> None:
    """Lets what was crawled go through the real stages to the queue."""
    line = Line(crawler.database.url, ShootingsAlone())
    outcomes = line.flow()
    line.close()
    assert Outcome.DONE in [outcome for name, outcome in outcomes if name == "link"]


# -- state, and its log


def test_a_feed_that_is_gone_is_proposed_for_removal_and_comes_back_by_itself(crawler: Crawler) -> None:
    with serving("127.0.3.55") as [site]:
        site.pages["/feed"] = Answer(status=410)
        crawler.watch(site, [("/feed", "rss")])
        crawler.crawl()
        crawler.crawl()
        gone = feeds(crawler)["/feed"]
        assert gone.gone_since is not None
        assert (gone.failures, gone.last_error_kind) == (2, "gone")
        assert [event for event, _ in log(crawler)] == ["failing", "failing", "gone"]
        site.pages["/feed"] = Answer(rss(site.base, {}))
        crawler.crawl()
    back = feeds(crawler)["/feed"]
    assert (back.gone_since, back.failures, back.last_error_kind, back.last_error) == (None, 0, None, None)
    assert log(crawler)[0] == (
        "recovered",
        "it answers again, after: HTTP 410: the site says the feed is gone; remove it or find its successor",
    )


def test_what_the_site_asks_for_is_waited_and_said(crawler: Crawler) -> None:
    with serving("127.0.3.56") as [site]:
        body = rss(site.base, {}).replace(b"<title>t</title>", b"<title>t</title><ttl>60</ttl>")
        site.pages["/feed"] = Answer(body, headers={"Cache-Control": "max-age=7200", "ETag": '"1"'})
        crawler.watch(site, [("/feed", "rss")])
        times = {"interval_seconds": 900, "min_interval_seconds": 300, "max_interval_seconds": 21_600}
        crawler.crawl(**times)
        asked_for = feeds(crawler)["/feed"]
        assert asked_for.next_poll and asked_for.last_polled
        wait = (asked_for.next_poll - asked_for.last_polled).total_seconds()
        assert 7190 <= wait <= 7200 * 1.1 + 10
        site.pages["/feed"] = Answer(status=304)
        crawler.crawl(**times)
    after = feeds(crawler)["/feed"]
    assert after.next_poll and after.last_polled
    assert 3590 <= (after.next_poll - after.last_polled).total_seconds() <= 3600 * 1.1 + 10, "the TTL is remembered"
    assert after.interval_seconds == 1350
    assert log(crawler) == [
        ("interval", "15 min to 22 min 30 s: nothing changed; the site asks for 1 h, the wait is 1 h"),
    ]


def test_the_log_keeps_the_newest(crawler: Crawler) -> None:
    with serving("127.0.3.57") as [site]:
        site.feed("/feed", {})
        crawler.watch(site, [("/feed", "rss")])
        crawler.crawl()
        with crawler.database.session() as session:
            for number in range(LOG_KEPT + 20):
                note(session, f"{site.base}/feed", "interval", str(number))
    kept = log(crawler)
    assert len(kept) == LOG_KEPT
    assert kept[0][1] == str(LOG_KEPT + 19)


# -- the schedule


def test_polls_missed_while_the_machine_slept_are_counted_and_made(crawler: Crawler) -> None:
    with serving("127.0.3.58") as [site]:
        site.feed("/feed", {})
        site.feed("/other", {})
        crawler.watch(site, [("/feed", "rss"), ("/other", "rss")])
        process = crawler.start(until_idle=False, misfire_grace=1.0, **OFTEN)
        wait_for(lambda: site.paths().count("/feed") >= 2 and site.paths().count("/other") >= 2)
        process.send_signal(signal.SIGSTOP)
        time.sleep(3)
        before = {path: site.paths().count(path) for path in ("/feed", "/other")}
        process.send_signal(signal.SIGCONT)
        wait_for(lambda: all(site.paths().count(path) >= count + 2 for path, count in before.items()))
        process.send_signal(signal.SIGTERM)
        summary = crawler.summary(process)
    assert summary["polls_missed"] >= 1
    assert summary["polls_failed"] == 0

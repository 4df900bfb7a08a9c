"""What is wrong with one document stays with it: the others are read, and it is said what happened."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from codebook.records import TEXT_LIMIT_BYTES, Archived
from crawlers import archive
from crawlers.identity.normal_form import normalised
from crawlers.items import ARCHIVE_PAUSE
from crawlers.registry import load
from crawlers.replaying import read_again
from crawlers.settings import CrawlSettings
from store.fetched_pages import to_read_again
from store.schema import Feed, FetchedPage, FetchOutcome, OutboxMessage, PendingItem, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words

POISON = "poisonous"
KAFKA_LIMIT = 1_000_000


def outcome(crawler: Crawler, url: str) -> FetchOutcome:
    with crawler.database.session() as session:
        return session.scalars(select(FetchOutcome).where(FetchOutcome.url == normalised(url))).one()


def feed(crawler: Crawler, url: str) -> Feed:
    with crawler.database.session() as session:
        return session.scalars(select(Feed).where(Feed.url == url)).one()


def test_a_defect_met_by_one_feed_is_its_last_error_and_stops_nothing_else(crawler: Crawler) -> None:
    with serving("127.0.3.1", "127.0.3.2") as [bad, good]:
        bad.feed("/feed", {"/a": f"Naslov {POISON}"})
        bad.feed("/other", {"/b": "Naslov drugog kanala"})
        bad.article("/b", "Naslov drugog kanala", words(1))
        good.feed("/feed", {"/a": "Naslov dobrog izvora"})
        good.article("/a", "Naslov dobrog izvora", words(2))
        crawler.watch(bad, [("/feed", "rss"), ("/other", "rss")])
        crawler.watch(good, [("/feed", "rss")])
        process = crawler.start(until_idle=False, poison=POISON)
        wait_for(lambda: good.paths().count("/feed") >= 3 and feed(crawler, f"{bad.base}/feed").failures >= 2)
        process.terminate()
        summary = crawler.summary(process)
    assert summary["new"] == 2
    troubled = feed(crawler, f"{bad.base}/feed")
    assert troubled.last_error == "unexpected RecursionError: too deep: report it with the address of the feed"
    assert troubled.failures >= 2
    assert troubled.next_poll is not None
    assert troubled.last_success is None
    assert feed(crawler, f"{bad.base}/other").last_error is None
    assert feed(crawler, f"{good.base}/feed").last_error is None


def test_a_feed_that_takes_for_ever_to_read_is_given_up_and_holds_up_nothing(crawler: Crawler) -> None:
    with serving("127.0.3.1", "127.0.3.2") as [bad, good]:
        bad.feed("/feed", {"/a": f"Naslov {POISON}"})
        good.feed("/feed", {"/a": "Naslov dobrog izvora"})
        good.article("/a", "Naslov dobrog izvora", words(2))
        crawler.watch(bad, [("/feed", "rss")])
        crawler.watch(good, [("/feed", "rss")])
        summary = crawler.crawl(poison=POISON, document_seconds=20.0)
    assert summary["new"] == 1
    hostile = feed(crawler, f"{bad.base}/feed")
    assert hostile.last_error == "it breaks its reader, or takes longer than 20 s to read"
    assert hostile.failures == 1
    assert hostile.next_poll is not None


def test_a_defect_met_by_one_page_is_its_outcome(crawler: Crawler) -> None:
    with serving("127.0.3.5") as [site]:
        site.feed("/feed", {"/a": "Naslov prvog članka", "/b": "Naslov drugog članka"})
        site.article("/a", "Naslov prvog članka", words(1) + POISON)
        site.article("/b", "Naslov drugog članka", words(2))
        crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl(poison=POISON)
    assert (summary["new"], summary["failed"], summary["pending"]) == (1, 1, 0)
    settled = outcome(crawler, f"{site.base}/a")
    assert (settled.outcome, settled.reason) == ("failed", "unexpected RecursionError: too deep")
    with crawler.database.session() as session:
        pages = session.scalars(select(FetchedPage).where(FetchedPage.article_id.is_(None))).all()
        assert {(page.url, page.reason) for page in pages} == {(settled.url, settled.reason)}, "to be read again"
        assert len(pages) == 3, "one at each attempt"
        places = to_read_again(session, dt.datetime.min.replace(tzinfo=dt.UTC), None)
    settings = CrawlSettings(archive_dir=crawler.archive, contact="desk@example.org")
    verdicts = [
        one.verdict for one in read_again(crawler.database, load(crawler.sources), settings, places, dry_run=False)
    ]
    assert sorted(verdicts) == ["now an article", "same"], "once the defect is mended"
    assert outcome(crawler, f"{site.base}/a").outcome == "fetched"


def test_an_archive_that_takes_no_page_costs_no_item_an_attempt(
    crawler: Crawler, capfd: pytest.CaptureFixture[str]
) -> None:
    titles = {f"/{n}": f"Naslov članka broj {n} o pucnjavi" for n in range(4)}
    with serving("127.0.3.6", "127.0.3.7") as sites:
        for site in sites:
            site.feed("/feed", {})
            crawler.watch(site, [("/feed", "rss")])
            for n, (path, title) in enumerate(titles.items()):
                site.article(path, title, words(n))
        process = crawler.start(until_idle=False)
        wait_for(lambda: all("/feed" in site.paths() for site in sites))
        crawler.archive.rmdir()
        crawler.archive.write_text("in the way")
        begun = time.monotonic()
        for site in sites:
            site.feed("/feed", titles)
        wait_for(lambda: len(items(crawler)) == 8)
        before = pages_asked(sites, titles)
        time.sleep(3)  # three attempts take less than one
        assert {(item.attempts, item.reason) for item in items(crawler)} == {(0, None)}
        assert len(items(crawler)) == 8
        assert pages_asked(sites, titles) - before <= 2, "one of each host, then it waits for longer than that"
        crawler.archive.unlink()
        pauses = (time.monotonic() - begun) // ARCHIVE_PAUSE.total_seconds() + 1
        wait_for(lambda: not items(crawler))
        process.terminate()
        summary = crawler.summary(process)
    assert (summary["new"], summary["failed"], summary["postponed"], summary["pending"]) == (8, 0, 0, 0)
    said = [line for line in capfd.readouterr().err.splitlines() if "cannot archive pages" in line]
    assert 1 <= len(said) <= pauses, "once a pause"
    assert f"{crawler.archive}: cannot archive pages: Not a directory: make room on its disk, or " in said[0]


def pages_asked(sites: Sequence[Site], pages: Collection[str]) -> int:
    return sum(path in pages for site in sites for path in site.paths())


def items(crawler: Crawler) -> list[PendingItem]:
    with crawler.database.session() as session:
        return list(session.scalars(select(PendingItem)))


def test_a_robots_txt_that_answers_an_error_costs_no_item_an_attempt(crawler: Crawler) -> None:
    titles = {"/a": "Naslov prvog članka", "/b": "Naslov drugog članka"}
    with serving("127.0.3.8") as [site]:
        site.feed("/feed", titles)
        site.pages |= dict.fromkeys(titles, Answer(status=500))
        crawler.watch(site, [("/feed", "rss")])
        process = crawler.start(until_idle=False, retry_delays_seconds=[600])
        wait_for(lambda: [item.attempts for item in items(crawler)] == [1, 1])
        process.terminate()
        crawler.summary(process)
        asked = len(site.paths())
        site.pages["/robots.txt"] = Answer(status=500)
        with crawler.database.session() as session:
            session.execute(update(PendingItem).values(due_at=func.now()))
            old = PendingItem.url == normalised(f"{site.base}/b")
            session.execute(update(PendingItem).where(old).values(away_since=func.now() - dt.timedelta(days=8)))
        process = crawler.start(until_idle=False, retry_delays_seconds=[600])
        wait_for(lambda: [(item.reason or "")[:18] for item in items(crawler)] == ["robots.txt answers"])
        process.terminate()
        crawler.summary(process)
        assert len(site.paths()) == asked, "nothing was asked for"
        [waiting] = items(crawler)
        assert waiting.attempts == 1
        assert waiting.due_at > dt.datetime.now(dt.UTC)
        del site.pages["/robots.txt"]
        site.article("/a", titles["/a"], words(1))
        with crawler.database.session() as session:
            session.execute(update(PendingItem).values(due_at=func.now()))
        assert crawler.crawl()["new"] == 1
    given_up = outcome(crawler, f"{site.base}/b")
    assert given_up.outcome == "failed"
    assert (given_up.reason or "").endswith("so nothing is fetched from the site for now; so it has been for 7 days")


def test_a_sitemap_index_is_read_again_though_it_stays_the_same(crawler: Crawler) -> None:
    index = (
        "<sitemapindex><sitemap><loc>/posts.xml</loc></sitemap><sitemap><loc>/gone.xml</loc></sitemap></sitemapindex>"
    )
    with serving("127.0.3.10") as [site]:
        site.pages["/sitemap.xml"] = Answer(index.encode(), headers={"Content-Type": "text/xml", "ETag": '"1"'})
        for n in range(2):
            site.article(f"/a/{n}", f"Naslov broj {n} o pucnjavi", words(n))
        crawler.watch(site, [("/sitemap.xml", "sitemap")])
        for n in range(2):
            listed = "".join(f"<url><loc>/a/{m}</loc></url>" for m in range(n + 1))
            site.pages["/posts.xml"] = Answer(f"<urlset>{listed}</urlset>".encode())
            summary = crawler.crawl()
            assert (summary["items_seen"], summary["new"], summary["polls_failed"]) == (1, 1, 0)


def test_an_address_longer_than_an_index_takes_is_passed_over(crawler: Crawler) -> None:
    with serving("127.0.3.15") as [site]:
        links = {"/a": "Naslov članka o pucnjavi", "/" + "".join(f"{n:04}" for n in range(2000)): "Predugačka adresa"}
        site.pages["/feed"] = Answer(rss(site.base, links).replace(b"<guid>/a", b"<guid>" + b"g" * 9000))
        site.article("/a", "Naslov članka o pucnjavi", words(1))
        crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl()
    assert (summary["polls"], summary["items_seen"], summary["new"]) == (1, 1, 1)


def test_a_text_too_long_for_one_message_is_cut_and_whole_in_the_archive(crawler: Crawler) -> None:
    # quotation marks take two bytes in JSON: the worst a text can do to a message
    sentence = '"Policija" je "u selu" zatekla "pušku" i "pištolj", a "istragu" vodi "tužilaštvo" broj {}. '
    text = "\n\n".join("".join(sentence.format(n * 20 + m) for m in range(20)) for n in range(1200))
    with serving("127.0.3.20") as [site]:
        site.feed("/feed", {"/long": "Naslov predugačkog članka"})
        site.article("/long", "Naslov predugačkog članka", text)
        crawler.watch(site, [("/feed", "rss")])
        assert crawler.crawl()["new"] == 1
    with crawler.database.session() as session:
        article = session.scalars(select(StoredArticle)).one()
        message = session.scalars(select(OutboxMessage)).one()
    assert message.value is not None
    assert len(message.value) < KAFKA_LIMIT
    sent = json.loads(message.value)["article"]
    assert sent["text_truncated"] is article.text_truncated is True
    assert sent["text"] == article.text
    assert TEXT_LIMIT_BYTES - 4 < len(article.text.encode()) <= TEXT_LIMIT_BYTES
    assert archived_page(crawler.archive, article).count(b"istragu") == 24_000


def archived_page(folder: Path, article: StoredArticle) -> bytes:
    assert article.archive_path is not None
    where = Archived(
        path=article.archive_path,
        offset=article.archive_offset or 0,
        length=article.archive_length or 0,
        sha256=article.archive_sha256 or "",
    )
    return archive.read(folder, where).body


def test_old_items_are_left_out_where_an_age_is_set(crawler: Crawler) -> None:
    old = "Tue, 12 Mar 2024 12:30:00 +0100"
    new = dt.datetime.now(dt.UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    with serving("127.0.3.25") as [site]:
        links = {"/old": "Naslov starog članka", "/new": "Naslov novog članka", "/undated": "Naslov bez datuma"}
        site.pages["/feed"] = Answer(rss(site.base, links, {"/old": old, "/new": new}))
        for path, title in links.items():
            site.article(path, title, words(len(path)))
        crawler.watch(site, [("/feed", "rss")])
        assert crawler.crawl(max_item_age_days=30)["new"] == 2
        assert "/old" not in site.paths()

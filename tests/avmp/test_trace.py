"""One address's whole story: from the feed that listed it to the incident it told, or that it was never seen."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from avmp.commands.trace import _address, _held_up
from avmp.settings import Settings
from codebook.errors import BadInput
from codebook.records import Archived, Article
from crawlers.identity.normal_form import article_id, normalised
from crawlers.settings import CrawlSettings
from store import collecting
from store.collecting import SeenItem
from store.daily import NOTHING_PASSED, PassedOver
from store.database import Database
from store.decisions import approve
from store.feeds import Validators, feed_at, record_poll, register_sources
from store.fetched_pages import record_page
from store.outcomes import postpone, record_article, record_outcome
from store.polling import put_off_item
from store.schema import (
    ArticleAddress,
    ArticleMark,
    Candidate,
    Feed,
    ItemEvent,
    OutboxMessage,
    PendingItem,
    Source,
    StoredArticle,
    StoredMention,
)
from store.traces import trace
from store.users import add_user
from tests.avmp.conftest import Avmp
from tests.review_ui.seed import DISPUTE

FEED = "https://hronika.example.rs/feed/"
LINK = "https://www.hronika.example.rs/vesti/pucnjava-u-kafani?utm_source=rss"
ENDED = "https://hronika.example.rs/vesti/2025/pucnjava-u-kafani"
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    source = Source(
        id="example.rs", name="E", url="https://example.rs/", jurisdiction="RS", kind="media", languages=["sr"],
        verified=True,
    )  # fmt: skip
    with made.session() as session:
        register_sources(session, [source], [Feed(url=FEED, source_id="example.rs", kind="rss")], 900)
    yield made
    made.close()


def listed(session: Session, *links: str, passed: PassedOver = NOTHING_PASSED) -> list[PendingItem]:
    items = [SeenItem(url=normalised(link), link=link, host="hronika.example.rs") for link in links]
    state = feed_at(session, FEED)
    unseen = collecting.unseen(session, items)
    validators = Validators(None, None, None)
    record_poll(session, state, unseen, validators, dt.timedelta(minutes=15), NOW, passed)
    return list(session.scalars(select(PendingItem).where(PendingItem.url.in_([item.url for item in items]))))


def fetched(session: Session, item: PendingItem, text: str) -> Article:
    archived = Archived(path=f"avmp-{len(text)}.warc.gz", offset=512, length=2048, sha256="5f" * 32)
    article = Article(
        id=article_id(ENDED), source_id="example.rs", url=ENDED, title="Pucnjava u kafani", text=text,
        published=NOW - dt.timedelta(hours=1), published_from="page", fetched=dt.datetime.now(dt.UTC),
        source_jurisdiction="RS", archived=archived,
    )  # fmt: skip
    record_article(session, item, article)
    record_page(session, item, archived, article.fetched, article_id=article.id)
    return article


@pytest.fixture
def told(database: Database) -> str:
    """An article that was tried, fetched, changed, read, linked and approved; its incident's id."""
    with database.session() as session:
        [item] = listed(session, LINK)
    with database.session() as session:
        postpone(session, session.get_one(PendingItem, item.url), "failed: HTTP 503", dt.timedelta())
    with database.session() as session:
        fetched(session, session.get_one(PendingItem, item.url), "Prvi tekst.")
    with database.session() as session:
        state = feed_at(session, FEED)
        again = SeenItem(url=item.url, link=LINK, host=item.host)
        collecting.add_pending(session, state, [again], fresh=True)
        article = fetched(session, session.get_one(PendingItem, item.url), "Drugi tekst, duži.")
        session.execute(update(OutboxMessage).values(published_at=dt.datetime.now(dt.UTC)))
        row = session.get_one(StoredArticle, article.id)
        row.lang, row.script, row.relevant, row.relevance, row.read_by = "sr", "Latn", True, 0.97, "linear"
        row.extraction = "json_ld"
        row.read_at, row.read_hash, row.reader_version = dt.datetime.now(dt.UTC), article.content_hash, "linear-7"
        add_user(session, "ana", "monitor", by="test")
        session.add(Candidate(id="c1", jurisdiction="RS", proposal=DISPUTE.model_dump(mode="json"), priority=1.0))
        session.flush()
        session.add(
            StoredMention(
                id=f"{article.id}-0", article_id=article.id, position=0, content_hash=article.content_hash,
                reader_version="linear-7", jurisdiction="RS", incident_type="public_dispute", date=DISPUTE.date,
                facts=DISPUTE.model_dump(mode="json"), confidence={}, evidence=[], candidate_id="c1",
            )
        )  # fmt: skip
    with database.session() as session:
        return approve(session, "c1", version=1, by="ana", facts=DISPUTE).id


def test_the_whole_story_in_the_order_of_time(told: str, avmp: Avmp) -> None:
    done = avmp("trace", LINK, "--json")
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    assert (story["seen"], story["articles"]) == (True, [article_id(ENDED)])
    assert story["urls"] == ["https://hronika.example.rs/vesti/pucnjava-u-kafani"]
    steps = story["steps"]
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    whats = [step["what"] for step in steps]
    assert whats[:2] == ["listed", "postponed"]
    assert sorted(whats) == sorted(
        [
            *("listed", "postponed", "fetched", "archived", "to be sent", "on the bus", "version"),  # the first wording
            *("listed", "fetched", "archived", "to be sent", "on the bus", "article"),  # the second
            *("read", "mention", "candidate", "decision", "incident"),
        ]
    )
    assert whats[-2:] == ["decision", "incident"]
    lines = {step["what"]: step["line"] for step in steps}
    assert lines["listed"] == f"by {FEED}, as {LINK}"
    assert lines["postponed"] == "attempt 1: failed: HTTP 503"
    assert ENDED in lines["fetched"] and "changed" in lines["fetched"]
    assert "SHA-256 5f5f" in lines["archived"]
    assert "18 characters taken out by json_ld, " in lines["article"]
    assert lines["read"].startswith("in sr: relevant, chance of an incident 97%; by linear, linear-7")
    assert "by ana" in lines["decision"]
    assert told in lines["incident"]


@pytest.mark.parametrize(
    "spelled",
    [
        "<http://m.hronika.example.rs:80/vesti/pucnjava-u-kafani?utm_campaign=x&amp;fbclid=1#top>",
        ENDED,
    ],
)
def test_any_spelling_leads_there(told: str, avmp: Avmp, spelled: str) -> None:
    done = avmp("trace", spelled)
    assert done.returncode == 0, done.stderr
    assert told in done.stdout
    assert "attempt 1: failed: HTTP 503" in done.stdout


def test_what_waits_and_what_failed(database: Database, avmp: Avmp) -> None:
    with database.session() as session:
        one, other = listed(session, "https://hronika.example.rs/1", "https://hronika.example.rs/2")
        postpone(session, one, "failed: HTTP 503", dt.timedelta(hours=1))
        record_outcome(session, other, "unusable", "no article text: 7 characters")
    waits = avmp("trace", "hronika.example.rs/1").stdout
    assert "after attempt 1 (failed: HTTP 503); tried again at this time" in waits
    assert waits.endswith("no crawler is running: `avmp crawl` or `avmp run` fetches what waits\n")
    assert "no article text: 7 characters" in avmp("trace", "hronika.example.rs/2").stdout


def test_what_waits_without_an_attempt_says_why(database: Database, avmp: Avmp) -> None:
    with database.session() as session:
        one, two, barred = listed(session, *(f"https://hronika.example.rs/{number}" for number in (1, 2, 3)))
        why = "robots.txt answers HTTP 503, so nothing is fetched from the site for now"
        put_off_item(session, barred.url, why, dt.timedelta(minutes=5))
    assert "not tried yet; due since this time, the next of hronika.example.rs" in avmp("trace", one.url).stdout
    assert "not tried yet; due since this time, 1 of hronika.example.rs are before it" in avmp("trace", two.url).stdout
    assert f"not tried yet ({why}); tried again at this time" in avmp("trace", barred.url).stdout
    with database.session() as session:
        session.get_one(Source, "example.rs").verified = False
        feed_at(session, FEED).last_error = "HTTP 429"
    told = avmp("trace", one.url).stdout
    assert "example.rs is not verified: a crawl with --all takes it up; its feed answers: HTTP 429" in told


def test_a_full_or_lost_archive_holds_up_what_waits(database: Database, avmp: Avmp, tmp_path: Path) -> None:
    with database.session() as session:
        [item] = listed(session, "https://hronika.example.rs/1")
    (tmp_path / "archive").touch()
    folder = tmp_path / "archive" / "below"
    settings = Settings(crawl=CrawlSettings(contact="desk@example.org", archive_dir=folder))
    with database.session() as session:
        story = trace(session, item.url, article_id(item.url))
    assert story is not None
    told = _held_up(settings, story, crawling=True)
    assert told == f"nothing is fetched while the archive is away: {folder} is no folder"
    elsewhere = settings.model_copy(update={"database": "postgresql+psycopg2://other/avmp"})
    assert _held_up(elsewhere, story, crawling=True) is None
    here = settings.model_copy(update={"crawl": settings.crawl.model_copy(update={"archive_dir": tmp_path})})
    assert _held_up(here, story, crawling=True) is None


def test_a_site_without_https_is_written_as_it_is(database: Database, avmp: Avmp) -> None:
    link = "http://hronika.example.rs:8080/vesti/1"
    with database.session() as session:
        listed(session, link)
    assert avmp("trace", link.removeprefix("http://")).stdout.splitlines()[0] == link
    story = json.loads(avmp("trace", link, "--json").stdout)
    assert (story["url"], story["address"]) == (normalised(link), link)
    with database.session() as session:
        session.get_one(Source, "example.rs").url = "http://example.rs/"
    unseen = avmp("trace", "hronika.example.rs:8080/vesti/2").stdout
    assert unseen.startswith("http://hronika.example.rs:8080/vesti/2: never seen\n")
    assert "https://" not in unseen
    assert avmp("trace", "http://other.example/a").stdout.startswith("http://other.example/a: never seen\n")


def test_what_is_older_than_the_events_is_told_from_its_outcome(database: Database, avmp: Avmp) -> None:
    with database.session() as session:
        one, other = listed(session, "https://hronika.example.rs/1", "https://hronika.example.rs/2")
        record_outcome(session, one, "failed", "HTTP 410")
        session.execute(delete(ItemEvent))
    assert "at attempt 1: HTTP 410" in avmp("trace", one.url).stdout
    assert f"by {FEED}" in avmp("trace", other.url).stdout


def test_what_the_store_calls_one_article_is_one_story(told: str, database: Database, avmp: Avmp) -> None:
    copy = "https://agencija.example/vest"
    with database.session() as session:
        article = session.get_one(StoredArticle, article_id(ENDED))
        session.add(ArticleAddress(address=normalised(copy), article_id=article.id))
        session.add(StoredArticle(id="a-wire", source_id="example.rs", source_kind="media", url=copy, title="t", text="t",
                                  fetched=NOW, content_hash="h"))  # fmt: skip
        session.flush()
        session.add(ArticleMark(article_id=article.id, title_key="t", bands=[1], resembles="a-wire", likeness=0.9))
    done = avmp("trace", copy)
    assert told in done.stdout
    assert "90% of its words stand in article a-wire, too" in done.stdout


def test_never_seen_with_what_is_near(database: Database, avmp: Avmp) -> None:
    with database.session() as session:
        listed(session, "https://hronika.example.rs/vesti/pucnjava-1", passed=PassedOver(too_old=3))
    done = avmp("trace", "https://hronika.example.rs/vesti/pucnjava-2")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "https://hronika.example.rs/vesti/pucnjava-2: never seen"
    assert "`avmp sources check example.rs`" in done.stdout
    assert "3 entries of its feeds became no item: too old" in done.stdout
    assert "https://hronika.example.rs/vesti/pucnjava-1" in done.stdout
    story = json.loads(avmp("trace", "https://other.example/", "--json").stdout)
    assert (story["seen"], story["near"]["source_id"]) == (False, None)
    assert "avmp sources add https://other.example/" in story["check"]
    assert "it is a feed of example.rs" in avmp("trace", FEED).stdout


def test_no_address_is_one_line(avmp: Avmp) -> None:
    done = avmp("trace", "hello")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == "avmp: trace: URL: 'hello': write an http or https address, such as https://example.rs/news/1\n"
    )


@pytest.mark.parametrize(
    "spelled", ["", "hello", "mailto:desk@example.org", "ftp://example.rs/a", "a b.rs", "https://"]
)
def test_what_is_no_address(spelled: str) -> None:
    with pytest.raises(BadInput, match="write an http or https address"):
        _address(spelled)


@pytest.mark.parametrize(
    "spelled",
    [
        "example.rs/a",
        "//EXAMPLE.rs/a/",
        "<http://www.example.rs:80/a?utm_source=x&amp;fbclid=1#top>",
        " 'https://m.example.rs/a' ",
    ],
)
def test_every_spelling_is_the_same_address(spelled: str) -> None:
    assert normalised(_address(spelled)) == "https://example.rs/a"

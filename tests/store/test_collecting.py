"""Articles, versions and outcomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from codebook.records import Article
from store import collecting
from store.collecting import AGAIN_AFTER, MOST_AGAIN, SeenItem
from store.database import Database
from store.feeds import Validators, feed_at, record_poll, register_sources
from store.outcomes import postpone, record_article, record_outcome
from store.schema import ArticleVersion, Feed, FetchOutcome, OutboxMessage, PendingItem, Source, StoredArticle

NOW = dt.datetime(2024, 3, 12, 10, 0, tzinfo=dt.UTC)
FEED = "https://example.rs/feed"


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    database = Database(database_url)
    source = Source(
        id="example.rs", name="Example", url="https://example.rs/", jurisdiction="RS", kind="media", languages=["sr"]
    )
    with database.session() as session:
        register_sources(session, [source], [Feed(url=FEED, source_id="example.rs", kind="rss")], 900)
        yield session
    database.close()


def seen(path: str, updated: dt.datetime | None = None) -> SeenItem:
    url = f"https://example.rs/{path}"
    return SeenItem(url=url, link=url, host="example.rs", title=path, updated=updated)


def polled(session: Session, *items: SeenItem) -> list[PendingItem]:
    unseen = collecting.unseen(session, items)
    record_poll(
        session,
        feed_at(session, FEED),
        unseen,
        Validators('"1"', None, "hash"),
        dt.timedelta(seconds=600),
        NOW,
    )
    return list(session.scalars(select(PendingItem).order_by(PendingItem.url)))


def article(title: str, text: str, published: dt.datetime | None = NOW) -> Article:
    return Article(
        id="a1",
        source_id="example.rs",
        url="https://example.rs/1",
        title=title,
        text=text,
        published=published,
        published_from="page" if published else None,
        fetched=NOW,
        source_jurisdiction="RS",
    )


def test_items_are_seen_once(session: Session) -> None:
    assert [item.url[-1] for item in polled(session, seen("1"), seen("2"), seen("1"))] == ["1", "2"]
    assert collecting.unseen(session, [seen("1"), seen("3")]) == [seen("3")]
    state = feed_at(session, FEED)
    session.refresh(state)
    assert (state.etag, state.body_hash, state.interval_seconds, state.next_poll) == ('"1"', "hash", 600, NOW)


def test_new_changed_unchanged(session: Session) -> None:
    stored = []
    for version in (article("t", "one"), article("t", "one"), article("t", "two", published=None)):
        [item] = polled(session, seen("1"))
        stored.append(record_article(session, item, version))
        assert session.scalars(select(FetchOutcome.article_id)).all() == ["a1"]
        session.execute(delete(FetchOutcome))  # so that the item comes again
    assert stored == ["new", "unchanged", "changed"]
    row = session.scalars(select(StoredArticle)).one()
    assert row.text == "two"
    assert row.published == NOW, "a date once known is not lost"
    assert [version.text for version in session.scalars(select(ArticleVersion))] == ["one"]
    hashes = [article("t", "one").content_hash, article("t", "two").content_hash]
    events = session.scalars(select(OutboxMessage.event_id).order_by(OutboxMessage.id)).all()
    assert events == [f"a1:{value}:{NOW.isoformat()}" for value in hashes]


def test_a_claimed_update_is_fetched_again_after_a_while(session: Session) -> None:
    [item] = polled(session, seen("1"))
    record_article(session, item, article("t", "one"))
    now = dt.datetime.now(dt.UTC)
    assert collecting.unseen(session, [seen("1", updated=now)]) == []
    session.execute(update(FetchOutcome).values(at=now - dt.timedelta(hours=7)))
    assert collecting.unseen(session, [seen("1", updated=now)]) == [seen("1", updated=now)]
    assert collecting.unseen(session, [seen("1", updated=now - dt.timedelta(days=1))]) == []
    assert collecting.unseen(session, [seen("1", updated=now + dt.timedelta(days=1))]) == []


def test_postponed_then_final(session: Session) -> None:
    [item] = polled(session, seen("1"))
    postpone(session, item, "failed: HTTP 503", dt.timedelta(hours=1))
    assert collecting.due_items(session, ["example.rs"], [], 10) == []
    session.refresh(item)
    assert (item.attempts, item.reason) == (1, "failed: HTTP 503")
    record_outcome(session, item, "failed", "HTTP 503")
    outcome = session.scalars(select(FetchOutcome)).one()
    assert (outcome.outcome, outcome.reason, outcome.attempts) == ("failed", "HTTP 503", 2)
    assert collecting.pending_count(session, ["example.rs"]) == 0
    assert collecting.unseen(session, [seen("1")]) == []


def test_what_failed_is_taken_up_again_a_day_later_and_not_for_ever(session: Session) -> None:
    taken_up = 0
    for _ in range(MOST_AGAIN + 3):
        assert all(item.again == (taken_up > 0) for item in collecting.unseen(session, [seen("1")]))
        for item in polled(session, seen("1")):
            taken_up += 1
            assert item.fresh is (taken_up == 0), "the moment of a later fetch says nothing of when it appeared"
            record_outcome(session, item, "failed", "HTTP 500")
        assert collecting.unseen(session, [seen("1")]) == [], "no sooner than a day later"
        session.execute(update(FetchOutcome).values(at=FetchOutcome.at - AGAIN_AFTER))
    assert taken_up == 1 + MOST_AGAIN
    outcome = session.scalars(select(FetchOutcome)).one()
    session.refresh(outcome)
    assert (outcome.outcome, outcome.failed_times) == ("failed", taken_up)


def test_what_was_had_in_between_may_fail_as_often_again(session: Session) -> None:
    for how in ("failed", "failed", "fetched", "failed"):
        changed = replace(seen("1"), changed=True)
        [item] = polled(session, changed)
        if how == "fetched":
            record_article(session, item, article("t", "one"))
        else:
            record_outcome(session, item, "failed", "HTTP 500")
    outcome = session.scalars(select(FetchOutcome)).one()
    assert (outcome.outcome, outcome.failed_times, outcome.article_id) == ("failed", 1, "a1")


@pytest.mark.parametrize("outcome", ["refused", "unusable"])
def test_what_was_refused_or_is_no_article_is_not_taken_up_again(
    session: Session, outcome: Literal["refused", "unusable"]
) -> None:
    [item] = polled(session, seen("1"))
    record_outcome(session, item, outcome, "a reason")
    session.execute(update(FetchOutcome).values(at=FetchOutcome.at - 9 * AGAIN_AFTER))
    assert collecting.unseen(session, [seen("1")]) == []


def test_one_due_item_a_host(session: Session) -> None:
    other = SeenItem(url="https://m.example.rs/3", link="https://m.example.rs/3", host="m.example.rs")
    polled(session, seen("1"), seen("2"), other)
    due = collecting.due_items(session, ["example.rs"], [], 10)
    assert [item.url for item in due] == ["https://example.rs/1", "https://m.example.rs/3"]
    assert [item.host for item in collecting.due_items(session, ["example.rs"], ["example.rs"], 10)] == ["m.example.rs"]
    assert collecting.due_items(session, ["another.rs"], [], 10) == []


def test_registering_again_keeps_what_polling_found_out(session: Session) -> None:
    polled(session, seen("1"))
    renamed = Source(
        id="example.rs", name="New", url="https://example.rs/", jurisdiction="RS", kind="media", languages=["sr"]
    )
    assert session.get_one(Source, "example.rs").verified is False, "a source is unverified unless it says otherwise"
    renamed.verified = True
    register_sources(session, [renamed], [Feed(url=FEED, source_id="example.rs", kind="atom")], 60)
    session.expire_all()
    source, feed = session.get_one(Source, "example.rs"), feed_at(session, FEED)
    assert (source.name, source.verified) == ("New", True)
    assert (feed.kind, feed.etag, feed.body_hash, feed.interval_seconds) == ("atom", '"1"', "hash", 600)


def test_the_feed_of_another_site_does_not_keep_a_sites_own_items_waiting(session: Session) -> None:
    other = Source(id="a.rs", name="A", url="https://a.rs/", jurisdiction="RS", kind="media", languages=["sr"])
    register_sources(session, [other], [Feed(url="https://a.rs/feed", source_id="a.rs", kind="rss")], 900)
    foreign = [seen(f"flood/{number}") for number in range(3)]
    collecting.add_pending(session, feed_at(session, "https://a.rs/feed"), foreign, fresh=False)
    earlier = NOW - dt.timedelta(days=1)
    session.execute(update(PendingItem).values(due_at=earlier))
    polled(session, seen("own"))
    [due] = collecting.due_items(session, ["example.rs", "a.rs"], [], 10)
    assert due.url == "https://example.rs/own"

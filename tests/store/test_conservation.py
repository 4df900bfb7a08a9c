"""Every entry that a feed lists ends on the bus, or in a stated reason why not, whatever comes in whatever order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from codebook.records import Article
from store import collecting, outbox
from store.away import WAITS_MOST, leave_alone
from store.collecting import SeenItem
from store.conservation import Equation, conservation
from store.daily import PassedOver
from store.database import Database
from store.feeds import Validators, feed_at, record_failed_poll, record_poll, register_sources
from store.outcomes import postpone, record_article, record_outcome
from store.schema import (
    ArticleVersion,
    Feed,
    FetchOutcome,
    ItemEvent,
    OutboxForgotten,
    OutboxMessage,
    PendingItem,
    Source,
    SourceDay,
    StoredArticle,
)  # fmt: skip

NOW = dt.datetime(2024, 3, 12, 10, 0, tzinfo=dt.UTC)
FEEDS = ("https://a.rs/feed", "https://a.rs/section", "https://b.ba/feed")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    with made.session() as session:
        sources = [
            Source(id=name, name=name, url=f"https://{name}/", jurisdiction=code, kind="media", languages=["sr"])
            for name, code in (("a.rs", "RS"), ("b.ba", "BA"))
        ]
        feeds = [Feed(url=url, source_id=url.split("/")[2], kind="rss") for url in FEEDS]
        register_sources(session, sources, feeds, 900)
    yield made
    made.close()


def seen(host: str, number: int, updated: dt.datetime | None = None) -> SeenItem:
    url = f"https://{host}/{number}"
    return SeenItem(url=url, link=f"{url}?utm_source=rss", host=host, updated=updated)


def poll(session: Session, url: str, numbers: list[int], passed: PassedOver, updated: dt.datetime | None) -> None:
    """A poll as `crawlers.polling.schedule` records it."""
    state = feed_at(session, url)
    items = [seen(state.source_id, number, updated) for number in numbers]
    unseen = collecting.unseen(session, items)
    known = PassedOver(known=len(items) - len(unseen))
    record_poll(session, state, unseen, Validators(None, None, None), dt.timedelta(seconds=600), NOW, passed + known)


def settle(session: Session, which: int, outcome: str, wording: int) -> None:
    """The next pending item, if there is one, with an outcome of the crawl."""
    pending = session.scalars(select(PendingItem).order_by(PendingItem.url)).all()
    if not pending:
        return
    item = pending[which % len(pending)]
    if outcome == "article":
        name = item.url.rsplit("/", 1)[1]
        # Two addresses of a site may turn out to be one article
        article = Article(
            id=f"a{item.source_id}{int(name) // 2}",
            source_id=item.source_id,
            url=item.link,
            title="t",
            text=f"text {wording}",
            fetched=NOW,
        )
        record_article(session, item, article)
    elif outcome == "postponed":
        postpone(session, item, "failed: HTTP 503", dt.timedelta(hours=1))
    elif outcome == "away":  # every second time those that waited for too long end
        session.execute(update(PendingItem).values(due_at=func.now()))
        if wording % 2:
            session.execute(update(PendingItem).values(away_since=PendingItem.away_since - WAITS_MOST))
        leave_alone(session, item, [item.host], "the connection was refused", dt.timedelta(hours=1))
    else:
        record_outcome(session, item, outcome, "a reason")  # type: ignore[arg-type]


counts = st.integers(0, 3)
polls = st.tuples(
    st.just("poll"),
    st.sampled_from(FEEDS),
    st.lists(st.integers(0, 9), max_size=6),
    st.builds(PassedOver, known=counts, too_old=counts, over_limit=counts, no_address=counts),
    st.booleans(),
)
failures = st.tuples(st.just("failure"), st.sampled_from(FEEDS))
outcomes = st.tuples(
    st.just("settle"),
    st.integers(0, 20),
    st.sampled_from(["article", "article", "postponed", "away", "failed", "refused", "unusable"]),
    st.integers(0, 2),
)
relayed = st.tuples(st.just("relay"), st.booleans())
others = st.tuples(st.sampled_from(["age", "forget"]))


def do(session: Session, step: tuple[Any, ...]) -> None:
    if step[0] == "poll":
        now = session.scalar(select(func.now()))
        poll(session, step[1], step[2], step[3], now if step[4] else None)
    elif step[0] == "failure":
        record_failed_poll(session, step[1], "HTTP 500", 1.0, NOW)
    elif step[0] == "settle":
        settle(session, *step[1:])
    elif step[0] == "age":  # so that a claimed update is fetched again, and what failed is taken up again
        session.execute(update(FetchOutcome).values(at=FetchOutcome.at - dt.timedelta(hours=25)))
    elif step[0] == "forget":
        outbox.forget_published(session, dt.timedelta())
    else:
        oldest = select(func.min(OutboxMessage.id)).where(
            OutboxMessage.published_at.is_(None), OutboxMessage.refused.is_(None)
        )
        change = {"published_at": NOW} if step[1] else {"refused": "too large"}
        session.execute(update(OutboxMessage).where(OutboxMessage.id == oldest.scalar_subquery()).values(**change))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(polls, polls, failures, outcomes, outcomes, outcomes, relayed, others), max_size=40))
def test_the_equation_holds_after_any_series_of_polls_and_outcomes(
    database: Database, steps: list[tuple[Any, ...]]
) -> None:
    with database.session() as session:
        for table in (
            SourceDay,
            ItemEvent,
            PendingItem,
            FetchOutcome,
            OutboxMessage,
            OutboxForgotten,
            ArticleVersion,
            StoredArticle,
        ):
            session.execute(delete(table))
    for step in steps:
        with database.session() as session:
            do(session, step)
    with database.session() as session:
        for equation in (*conservation(session), *conservation(session, "a.rs"), *conservation(session, "b.ba")):
            assert equation.holds, str(equation)
        assert_counted_apart(session)


def assert_counted_apart(session: Session) -> None:
    """The daily figures against what the tables hold, counted in another way."""
    days = SourceDay.__table__

    def figure(name: str) -> int:
        return int(session.scalars(select(func.coalesce(func.sum(days.c[name]), 0))).one())

    def events(what: str, *conditions: Any) -> int:
        found = select(func.count()).select_from(ItemEvent).where(ItemEvent.what == what, *conditions)
        return session.scalar(found) or 0

    assert figure("seen") == events("listed")
    for name in ("failed", "refused", "unusable"):
        assert figure(name) == events(name)
    for name in ("new", "changed", "unchanged"):
        assert figure(name) == events("fetched", ItemEvent.stored == name)
    assert figure("new") == session.scalar(select(func.count()).select_from(StoredArticle))
    every_url = select(PendingItem.url).union(select(FetchOutcome.url)).subquery()
    listed_urls = select(func.count(ItemEvent.url.distinct())).where(ItemEvent.what == "listed")
    assert session.scalar(select(func.count()).select_from(every_url)) == session.scalar(listed_urls)


def test_an_item_lost_or_counted_twice_is_seen(database: Database) -> None:
    with database.session() as session:
        poll(session, FEEDS[0], [1, 2], PassedOver(too_old=1, no_address=2), None)
        settle(session, 0, "article", 0)
    with database.session() as session:
        listed, items, bus = conservation(session)
        assert str(listed) == "listed 5 = known 0 + too old 1 + over the limit 0 + no address 2 + seen 2"
        assert items.outputs["new"] == items.outputs["pending"] == 1
        assert bus.outputs == {"on the bus": 0, "waiting to be sent": 1, "refused by the bus": 0}
        session.execute(delete(PendingItem))
        session.execute(delete(OutboxMessage))
        listed, items, bus = conservation(session)
        assert (listed.holds, items.holds, bus.holds) == (True, False, False)
        assert "≠" in str(items)


def test_of_nothing_nothing_is_lost(database: Database) -> None:
    with database.session() as session:
        assert all(isinstance(equation, Equation) and equation.holds for equation in conservation(session))

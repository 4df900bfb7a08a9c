"""Items that wait for a site of which nothing can be had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from store import collecting
from store.away import FRESH_FOR, WAITS_MOST, LeftAlone, call_back, leave_alone
from store.collecting import SeenItem
from store.crawl_state import crawl_state
from store.database import Database
from store.feeds import feed_at, register_sources
from store.outcomes import postpone
from store.schema import Feed, FetchOutcome, PendingItem, Source

FEED = "https://example.rs/feed"
HOUR = dt.timedelta(hours=1)
REFUSED = "the connection was refused"


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    database = Database(database_url)
    source = Source(
        id="example.rs", name="Example", url="https://example.rs/", jurisdiction="RS", kind="media", languages=["sr"]
    )
    with database.session() as session:
        register_sources(session, [source], [Feed(url=FEED, source_id="example.rs", kind="rss")], 900)
        found = [
            SeenItem(url=f"https://{host}/{name}", link=f"https://{host}/{name}", host=host)
            for host, name in (("example.rs", "1"), ("example.rs", "2"), ("m.example.rs", "3"), ("other.rs", "4"))
        ]
        collecting.add_pending(session, feed_at(session, FEED), found, fresh=True)
        yield session
    database.close()


def named(session: Session, name: str) -> PendingItem:
    session.expire_all()
    return session.scalars(select(PendingItem).where(PendingItem.url.endswith(f"/{name}"))).one()


def due(session: Session) -> set[str]:
    rows = session.scalars(select(PendingItem.url).where(PendingItem.due_at <= func.now()))
    return {url[-1] for url in rows}


def test_all_that_is_due_of_the_site_waits_with_the_one_that_asked(session: Session) -> None:
    postpone(session, named(session, "2"), "failed: HTTP 503", 2 * HOUR)
    left = leave_alone(session, named(session, "1"), ["example.rs", "m.example.rs"], REFUSED, HOUR)
    assert left == LeftAlone(waiting=2, ended=0)
    assert due(session) == {"4"}
    one, own = named(session, "1"), named(session, "2")
    assert (one.attempts, one.reason) == (0, REFUSED)
    assert one.away_since is not None
    assert (own.attempts, own.reason, own.away_since) == (1, "failed: HTTP 503", None), "it waits for another reason"
    assert collecting.pending_count(session, ["example.rs"]) == 4
    assert collecting.pending_count(session, ["example.rs"], reachable=True) == 2


def test_an_operator_is_told_of_the_oldest_entry_that_does_not_wait_for_its_site(session: Session) -> None:
    earlier = func.now() - 5 * HOUR
    session.execute(update(PendingItem).where(PendingItem.url.endswith("/1")).values(seen_at=earlier))
    state = crawl_state(session)
    assert (state.pending, state.oldest_pending) == (4, state.now - 5 * HOUR)
    leave_alone(session, named(session, "1"), [], REFUSED, HOUR)
    state = crawl_state(session)
    assert (state.pending, state.oldest_pending) == (4, state.now)
    leave_alone(session, named(session, "2"), ["example.rs", "m.example.rs", "other.rs"], REFUSED, HOUR)
    assert crawl_state(session).oldest_pending is None


def test_they_are_due_when_the_site_answers_and_others_are_not(session: Session) -> None:
    postpone(session, named(session, "2"), "failed: HTTP 503", 2 * HOUR)
    leave_alone(session, named(session, "1"), ["example.rs", "m.example.rs"], REFUSED, HOUR)
    call_back(session, ["example.rs", "m.example.rs"])
    assert due(session) == {"1", "3", "4"}
    assert named(session, "1").away_since is None


def test_what_waited_a_week_for_its_site_ends_as_failed(session: Session) -> None:
    hosts = ["example.rs", "m.example.rs"]
    session.execute(update(PendingItem).values(seen_at=func.now() - 3 * WAITS_MOST))
    assert leave_alone(session, named(session, "1"), hosts, REFUSED, HOUR) == LeftAlone(3, 0), "it may have been queued"
    early = PendingItem.url.endswith("/1") | PendingItem.url.endswith("/2")
    session.execute(update(PendingItem).where(early).values(away_since=func.now() - WAITS_MOST, due_at=func.now()))
    assert leave_alone(session, named(session, "1"), hosts, REFUSED, HOUR) == LeftAlone(waiting=0, ended=2)
    ended = session.scalars(select(FetchOutcome).order_by(FetchOutcome.url)).all()
    told = f"{REFUSED}; so it has been for 7 days"
    assert [(one.url[-1], one.outcome, one.reason) for one in ended] == [("1", "failed", told), ("2", "failed", told)]
    assert collecting.pending_count(session, ["example.rs"]) == 2


def test_the_week_begins_anew_once_the_site_has_answered(session: Session) -> None:
    leave_alone(session, named(session, "1"), ["example.rs"], REFUSED, HOUR)
    session.execute(update(PendingItem).values(away_since=func.now() - WAITS_MOST))
    postpone(session, named(session, "1"), "failed: HTTP 503", HOUR)
    assert leave_alone(session, named(session, "1"), [], REFUSED, HOUR) == LeftAlone(waiting=1, ended=0)


def test_what_waited_for_days_is_not_fresh_any_more(session: Session) -> None:
    late = PendingItem.url.endswith("/1")
    session.execute(update(PendingItem).where(late).values(seen_at=func.now() - FRESH_FOR))
    leave_alone(session, named(session, "1"), ["example.rs"], REFUSED, HOUR)
    assert (named(session, "1").fresh, named(session, "2").fresh) == (False, True)

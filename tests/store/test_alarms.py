"""Alarms are raised once, stay until they clear, and say what happened and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store.alarms import Watched, check, clear_others, polled
from store.database import Database
from store.feeds import Validators, feed_at, record_failed_poll, record_poll, register_sources
from store.rhythm import DAY
from store.schema import Feed, Source, SourceAlarm, SourceDay, StoredArticle
from store.standing import Standing, standing

FEED = "https://a.rs/feed"
WATCHED = Watched("a.rs", (FEED,))


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    database = Database(database_url)
    source = Source(
        id="a.rs", name="A", url="https://a.rs/", jurisdiction="RS", kind="media", languages=["sr"], verified=True
    )
    with database.session() as session:
        register_sources(session, [source], [Feed(url=FEED, source_id="a.rs", kind="rss")], 900)
        yield session
    database.close()


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def past(session: Session, days: int = 60, quiet: int = 0, **figures: int) -> None:
    """A source that was polled for so many days and brought nothing in the last `quiet` ones."""
    for ago in range(days):
        brought = figures if ago >= quiet else {}
        session.add(SourceDay(source_id="a.rs", day=now().date() - ago * DAY, polls=90, **brought))
    feed(session, last_new_item=now() - quiet * DAY, last_success=now())


def feed(session: Session, **values: object) -> None:
    session.execute(update(Feed).where(Feed.url == FEED).values(**values))
    session.expire_all()


def open_alarms(session: Session) -> list[SourceAlarm]:
    return list(session.scalars(select(SourceAlarm).where(SourceAlarm.cleared_at.is_(None)).order_by(SourceAlarm.id)))


def test_a_silence_is_raised_once_and_clears_with_the_next_item(session: Session) -> None:
    past(session, quiet=4, seen=30)
    [raised] = check(session, [WATCHED])
    assert raised.kind == "silence"
    assert check(session, [WATCHED]) == [], "it is told once"
    session.execute(update(SourceDay).values(seen=0))
    assert check(session, [WATCHED]) == []
    assert [alarm.kind for alarm in open_alarms(session)] == ["silence"], "though nobody remembers the rhythm"
    feed(session, last_new_item=now() + dt.timedelta(seconds=1))
    assert check(session, [WATCHED]) == []
    assert open_alarms(session) == []
    [kept] = session.scalars(select(SourceAlarm))
    assert kept.cleared_at is not None


def test_the_yield_is_measured_by_what_was_normal_when_it_fell(session: Session) -> None:
    past(session, seen=20, new=19, unusable=1)
    today = update(SourceDay).where(SourceDay.day > now().date() - 3 * DAY)
    session.execute(today.values(new=1, unusable=19))
    [raised] = check(session, [WATCHED])
    assert raised.kind == "yield"
    assert raised.normal == pytest.approx(0.95)
    session.execute(update(SourceDay).values(new=1, unusable=19))
    assert check(session, [WATCHED]) == []
    assert len(open_alarms(session)) == 1
    session.execute(today.values(new=18, unusable=2))
    check(session, [WATCHED])
    assert open_alarms(session) == []


def test_the_language_is_what_the_reader_tells(session: Session) -> None:
    past(session, seen=2, new=2)
    for ago in range(35):
        for number in range(2):
            session.add(
                StoredArticle(
                    id=f"a{ago}-{number}", source_id="a.rs", source_kind="media", url="https://a.rs/1", title="t",
                    text="t", fetched=now() - ago * DAY, content_hash="h", lang="en" if ago < 7 else "sr",
                )
            )  # fmt: skip
    session.flush()
    [raised] = check(session, [WATCHED])
    assert raised.kind == "language"
    assert raised.line == "the articles of 7 days are 100% en; before, 100% sr"


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ({"gone_since": dt.datetime(2026, 1, 2, tzinfo=dt.UTC)}, "gone", "take the feed out of the registry"),
        ({"last_error_kind": "refused", "last_error": "robots.txt disallows it"}, "robots", "consent"),
        ({"failing_since": dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "last_error": "HTTP 500"}, "failing", "check a.rs"),
        ({"lies_since": dt.datetime(2026, 1, 2, tzinfo=dt.UTC)}, "unmodified", "conditional = false"),
    ],
)
def test_what_a_feed_answers_needs_no_history(
    session: Session, state: dict[str, object], kind: str, words: str
) -> None:
    assert check(session, [WATCHED]) == []
    feed(session, **state)
    [raised] = check(session, [WATCHED])
    assert (raised.kind, raised.feed_url) == (kind, FEED)
    assert words in raised.remedy and FEED in raised.line
    assert check(session, [WATCHED]) == []
    feed(session, **dict.fromkeys(state))
    check(session, [WATCHED])
    assert open_alarms(session) == []


def test_a_feed_that_fails_for_an_hour_or_never_worked_unverified_raises_nothing(session: Session) -> None:
    feed(session, failing_since=now() - dt.timedelta(hours=1), last_error="HTTP 500")
    assert check(session, [WATCHED]) == []
    session.execute(update(Source).values(verified=False))
    feed(session, failing_since=now() - 3 * DAY)
    assert check(session, [WATCHED]) == []


def test_what_the_registry_has_settled_clears(session: Session) -> None:
    feed(session, lies_since=now(), gone_since=now())
    assert len(check(session, [WATCHED])) == 2
    check(session, [Watched("a.rs", (FEED,), conditional=False)])
    assert [alarm.kind for alarm in open_alarms(session)] == ["gone"]
    check(session, [Watched("a.rs", ("https://a.rs/new-feed",))])
    assert open_alarms(session) == []
    check(session, [WATCHED])
    clear_others(session, ["b.rs"])
    session.expire_all()
    assert open_alarms(session) == []


def test_failed_polls_since_when_and_until(session: Session) -> None:
    record_failed_poll(session, FEED, "HTTP 500", 1.0, now())
    session.expire_all()
    first = feed_at(session, FEED).failing_since
    record_failed_poll(session, FEED, "HTTP 502", 2.0, now())
    session.expire_all()
    assert feed_at(session, FEED).failing_since == first is not None
    record_poll(session, feed_at(session, FEED), [], Validators(None, None, None), DAY, now())
    session.expire_all()
    assert feed_at(session, FEED).failing_since is None
    day = session.scalars(select(SourceDay)).one()
    assert (day.polls, day.polls_failed, day.listed) == (3, 2, 0)


def test_there_is_something_to_say_of_a_source_once_it_was_polled(session: Session) -> None:
    feedless = Watched("b.rs", ())
    assert polled(session, [WATCHED, feedless]) == [feedless], "without a feed no poll is waited for"
    moment = now()
    feed(session, last_polled=moment)
    assert polled(session, [WATCHED]) == [WATCHED]
    assert polled(session, [WATCHED], since=moment + DAY) == []
    assert polled(session, [Watched("a.rs", ("https://a.rs/other",))]) == []


def test_it_is_noted_when_a_source_was_looked_at(session: Session) -> None:
    assert session.get_one(Source, "a.rs").looked_at is None
    assert standing(session) == Standing(sources=1, alarmed=0, failing=0, unlooked=1)
    check(session, [WATCHED])
    session.expire_all()
    assert session.get_one(Source, "a.rs").looked_at is not None
    feed(session, last_error="HTTP 503", last_error_kind="server")
    assert standing(session, "RS") == Standing(sources=1, alarmed=0, failing=1, unlooked=0)
    assert standing(session, "XK") == Standing(sources=0, alarmed=0, failing=0, unlooked=0)
    session.execute(update(Source).values(verified=False))
    assert standing(session).failing == 0, "one that is not verified may never have worked"
    feed(session, gone_since=now())
    check(session, [WATCHED])
    assert standing(session) == Standing(sources=1, alarmed=1, failing=0, unlooked=0)

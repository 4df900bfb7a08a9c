"""The relay: order, what the bus refuses, one at a time, and housekeeping."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text, update
from structlog.testing import capture_logs

from codebook.errors import BusError, StageStopped
from codebook.events import ArticleFetched
from pipeline import relay as relay_module
from pipeline.bus import NewMessage
from pipeline.bus.base import MESSAGE_LIMIT
from pipeline.relay import Relay
from pipeline.topics import DEADLETTER_RETENTION, TOPICS, WORK_RETENTION
from store.outbox import OUTBOX_CHANNEL
from store.schema import OutboxMessage
from store.schema.bus import BusMessage, BusTopic
from tests.pipeline.stages.line import SHOOTING, Line, article

PATIENCE = 30.0


def put(line: Line, *values: bytes, topic: str = ArticleFetched.topic) -> None:
    with line.database.session() as session:
        for n, value in enumerate(values):
            session.add(OutboxMessage(event_id=f"e{n}", topic=topic, key="k", value=value))
            session.flush()


def on_the_bus(line: Line) -> list[bytes]:
    with line.database.session() as session:
        query = select(BusMessage.value).where(BusMessage.topic == ArticleFetched.topic).order_by(BusMessage.offset)
        return [bytes(value or b"") for value in session.scalars(query)]


def rows(line: Line) -> list[OutboxMessage]:
    with line.database.session() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_messages_leave_in_the_order_they_were_written(line: Line) -> None:
    values = [b"%d" % n for n in range(1200)]
    put(line, *values)
    published = []
    while count := line.relay.publish_waiting():
        published.append(count)
    assert published == [500, 500, 200]
    assert on_the_bus(line) == values
    assert all(row.published_at and row.refused is None for row in rows(line))


def test_a_message_the_bus_will_never_take_is_marked_and_the_others_leave(line: Line) -> None:
    put(line, b"1", b"x" * (MESSAGE_LIMIT + 1), b"2")
    assert line.relay.publish_waiting() == 3
    assert on_the_bus(line) == [b"1", b"2"]
    assert [row.refused is not None for row in rows(line)] == [False, True, False]
    assert "shorten its text" in (rows(line)[1].refused or "")
    assert line.relay.publish_waiting() == 0


def test_a_missing_topic_stops_the_relay_and_refuses_nothing(line: Line) -> None:
    put(line, b"1", b"2", topic="avmp.forgotten")
    with pytest.raises(BusError, match=r"topic avmp\.forgotten does not exist: create it with `avmp migrate`"):
        line.relay.run()
    assert [(row.published_at, row.refused) for row in rows(line)] == [(None, None)] * 2


def test_one_relay_works_and_another_takes_over(line: Line) -> None:
    relays = [Relay(line.database, line.bus) for _ in range(2)]
    threads = [threading.Thread(target=relay.run) for relay in relays]
    for thread in threads:
        thread.start()
    try:
        for n in range(30):
            line.crawl(article(f"a{n}", SHOOTING))
            if n == 10:
                relays[0].stop()
                threads[0].join(PATIENCE)
                assert not threads[0].is_alive()
        deadline = time.monotonic() + PATIENCE
        while any(row.published_at is None for row in rows(line)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        for relay, thread in zip(relays, threads, strict=True):
            relay.stop()
            thread.join(PATIENCE)
    assert len(on_the_bus(line)) == 30


def test_a_notification_wakes_the_relay(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "WAIT_SECONDS", PATIENCE)
    thread = threading.Thread(target=line.relay.run)
    thread.start()
    time.sleep(0.5)  # it waits now
    line.crawl(article("a", SHOOTING))
    deadline = time.monotonic() + PATIENCE / 2
    while not on_the_bus(line):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    line.relay.stop()
    line.crawl(article("b", SHOOTING))  # wakes it, so that it sees
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_restart_of_the_server_while_the_relay_idles_is_waited_out(line: Line) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            line.relay.run()
        except BaseException as error:  # noqa: BLE001  the test says what it was
            failures.append(error)

    thread = threading.Thread(target=run)
    try:
        with capture_logs() as logs:
            thread.start()
            wait_for(lambda: listeners(line) == 1)
            time.sleep(0.3)  # it waits now
            end_connections(line)
            line.crawl(article("a", SHOOTING))
            wait_for(lambda: failures or on_the_bus(line))
            wait_for(lambda: failures or listeners(line) == 1)
        assert failures == []
    finally:
        line.relay.stop()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(on_the_bus(line)) == 1
    reasons = [entry["reason"] for entry in logs if entry["event"] == "relay waits"]
    assert "the database went away: server closed the connection unexpectedly" in reasons


def end_connections(line: Line) -> None:
    """End all connections to the database but the one that asks for it, as a restart does."""
    with line.database.session() as session:
        others = "pid <> pg_backend_pid() and datname = current_database()"
        session.execute(text(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}"))


def wait_for(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def listeners(line: Line) -> int:
    """Relays that wait for a notification."""
    with line.database.session() as session:
        query = "select count(*) from pg_stat_activity where datname = current_database() and query = :query"
        return session.scalar(text(query), {"query": f"listen {OUTBOX_CHANNEL}"}) or 0


def test_a_damaged_outbox_stops_the_relay_with_its_error(line: Line) -> None:
    with line.database.session() as session:
        session.execute(text("alter table outbox rename column refused to gone"))
    patience = threading.Timer(PATIENCE, line.relay.stop)  # were it to try for ever
    patience.start()
    said = r"^stage publish: the database refuses: column outbox\.refused does not exist: put it right, "
    with pytest.raises(StageStopped, match=said) as stopped:
        line.relay.run()
    patience.cancel()
    assert "\n" not in str(stopped.value)


def test_topics_keep_work_for_a_month_dead_letters_for_a_season_and_incidents_for_ever(line: Line) -> None:
    with line.database.session() as session:
        kept = {topic.name: (topic.retention, topic.compacted) for topic in session.scalars(select(BusTopic))}
    assert kept == {
        "avmp.articles.fetched": (WORK_RETENTION, False),
        "avmp.mentions.read": (WORK_RETENTION, False),
        "avmp.incidents.published": (None, True),
        "avmp.read.deadletter": (DEADLETTER_RETENTION, False),
        "avmp.link.deadletter": (DEADLETTER_RETENTION, False),
    }
    assert {topic.name for topic in TOPICS} == set(kept)


def test_housekeeping_lets_go_of_what_is_past_its_time_and_of_nothing_else(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING))
    put(line, b"x" * (MESSAGE_LIMIT + 1), b"waits")
    incidents = [NewMessage("avmp.incidents.published", "i", value) for value in (b"1", b"2")]
    line.bus.publish(incidents)
    with line.database.session() as session:
        month = dt.timedelta(days=31)
        session.execute(update(BusMessage).values(at=BusMessage.at - month))
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.published_at.is_not(None))
            .values(published_at=OutboxMessage.published_at - month)
        )
    monkeypatch.setattr(relay_module, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(relay_module, "HOUSEKEEPING_SECONDS", 0.0)
    relay = Relay(line.database, line.bus)
    thread = threading.Thread(target=relay.run)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while len(rows(line)) > 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    relay.stop()
    thread.join(PATIENCE)
    with line.database.session() as session:
        left = session.execute(select(BusMessage.topic, func.count()).group_by(BusMessage.topic))
        assert dict(left.tuples().all()) == {
            "avmp.incidents.published": 1,
            ArticleFetched.topic: 1,  # the message that waited
        }
        published = session.scalars(text("select value from bus.messages where topic = 'avmp.incidents.published'"))
        assert [bytes(value) for value in published] == [b"2"]
    assert [row.refused is not None for row in rows(line)] == [True, False]
    assert line.mentions() == ["a-0", "b-0"], "the store keeps what the bus lets go"

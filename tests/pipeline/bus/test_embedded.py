"""The embedded bus keeps the contract, and what only it can show."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, func, insert, select, text, update

from codebook.errors import BusUnavailable
from pipeline.bus import Bus, NewMessage, Partition, Topic
from pipeline.bus.embedded import EmbeddedBus
from store.schema.bus import BusMessage, BusPartition, BusTopic
from tests.pipeline.bus.contract import BusContract, receive, settle


class TestEmbeddedBus(BusContract):
    @pytest.fixture
    def address(self, bus_database_url: str) -> str:
        return bus_database_url

    def retention(self, address: str, topic: str) -> dt.timedelta | None:
        engine = create_engine(address)
        with engine.connect() as connection:
            kept = connection.scalar(select(BusTopic.retention).where(BusTopic.name == topic))
        engine.dispose()
        return kept

    def cut(self, address: str, partition: Partition, first: int) -> None:
        topic, number = partition
        engine = create_engine(address)
        here = (BusMessage.topic == topic, BusMessage.partition == number)
        with engine.begin() as connection:
            old = dt.timedelta(days=31)
            connection.execute(
                update(BusMessage).where(*here, BusMessage.offset < first).values(at=BusMessage.at - old)
            )
            connection.execute(
                text("update bus.topics set retention = interval '30 days' where name = :topic"),
                {"topic": topic},
            )
        engine.dispose()
        with EmbeddedBus(address) as bus:
            assert bus.clean() >= first


@pytest.fixture
def engine(bus_database_url: str) -> Iterator[Engine]:
    engine = create_engine(bus_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def bus(bus_database_url: str) -> Iterator[EmbeddedBus]:
    with EmbeddedBus(bus_database_url) as bus:
        yield bus


@pytest.fixture
def topic(bus: EmbeddedBus) -> str:
    name = f"embedded.{uuid.uuid4().hex}"
    bus.ensure_topics([Topic(name)])
    return name


def test_a_reader_never_skips_a_slower_committing_publisher(bus: Bus, engine: Engine, topic: str) -> None:
    with bus.subscribe("readers", [topic]) as subscription, engine.connect() as slow:
        settle(lambda: bool(subscription.assignment), subscription)
        head = slow.scalar(select(BusPartition.head).where(BusPartition.topic == topic).with_for_update())
        row = {"topic": topic, "partition": 0, "offset": head, "key": b"k", "value": b"slow", "headers": {}}
        slow.execute(insert(BusMessage).values(row))
        slow.execute(update(BusPartition).where(BusPartition.topic == topic).values(head=head + 1))
        fast = threading.Thread(target=bus.publish, args=[[NewMessage(topic, "k", b"fast")]])
        fast.start()
        assert subscription.poll(10, timeout=0.3) == []
        assert fast.is_alive(), "the faster publisher waits for the slower one"
        slow.commit()
        fast.join()
        assert [(m.offset, m.value) for m in receive(subscription, 2)] == [(0, b"slow"), (1, b"fast")]


def test_a_cut_connection_is_unavailable_once_and_its_acknowledgements_are_refused(
    bus: Bus, engine: Engine, topic: str
) -> None:
    bus.publish([NewMessage(topic, "k", b"1")])
    with bus.subscribe("readers", [topic]) as subscription:
        held = receive(subscription, 1)
        with engine.begin() as connection:
            cut = """
                select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = database
                where locktype = 'advisory' and mode = 'ExclusiveLock' and datname = current_database()
                """
            assert connection.execute(text(cut)).all()
        with pytest.raises(BusUnavailable):
            subscription.acknowledge(held)
        assert not subscription.acknowledge(held), "owned by the session that broke"
        assert subscription.acknowledge(receive(subscription, 1))


def test_a_dead_server_is_unavailable() -> None:
    bus = EmbeddedBus("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    with pytest.raises(BusUnavailable, match="does not answer"):
        bus.publish([NewMessage("t", "k", b"")])


def test_shares_differ_by_one_at_most(bus: Bus, topic: str) -> None:
    name = f"{topic}.seven"
    bus.ensure_topics([Topic(name, partitions=7)])
    members = [bus.subscribe("readers", [name]) for _ in range(3)]
    settle(lambda: sorted(len(member.assignment) for member in members) == [2, 2, 3], *members)
    members[0].close()
    settle(lambda: sorted(len(member.assignment) for member in members) == [0, 3, 4], *members[1:])
    assert len(members[1].assignment | members[2].assignment) == 7
    for member in members[1:]:
        member.close()


def test_members_on_different_topics_of_one_group_do_not_take_from_each_other(bus: Bus, topic: str) -> None:
    other = f"{topic}.other"
    bus.ensure_topics([Topic(other)])
    with bus.subscribe("readers", [topic]) as one, bus.subscribe("readers", [other]) as two:
        settle(lambda: bool(one.assignment and two.assignment), one, two)


def test_compaction_keeps_the_newest_of_each_key(bus: EmbeddedBus, engine: Engine, topic: str) -> None:
    name = f"{topic}.compacted"
    bus.ensure_topics([Topic(name, compacted=True)])
    values = [("a", b"1"), ("b", b"1"), ("c", b"1"), ("a", b"2"), ("b", None), ("c", None)]
    bus.publish([NewMessage(name, key, value) for key, value in values])
    with engine.begin() as connection:
        old = dt.timedelta(days=2)
        connection.execute(update(BusMessage).where(BusMessage.topic == name).values(at=func.now() - old))
    assert bus.clean() >= 4
    with bus.subscribe("readers", [name]) as subscription:
        received = receive(subscription, 2)
        assert [(m.offset, m.key, m.value) for m in received] == [(3, "a", b"2"), (5, "c", None)]
        assert subscription.acknowledge(received)
    assert bus.lag("readers", name) == 0


def test_a_notification_wakes_the_reader_at_once(bus: Bus, topic: str) -> None:
    with bus.subscribe("readers", [topic]) as subscription:
        settle(lambda: bool(subscription.assignment), subscription)
        subscription.poll(1, timeout=0)
        started = time.monotonic()
        later = threading.Timer(0.05, bus.publish, [[NewMessage(topic, "k", b"")]])
        later.start()
        assert subscription.poll(1, timeout=30)
        later.join()
        assert time.monotonic() - started < 30

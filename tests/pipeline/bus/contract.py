"""What every bus promises, as tests that run against each implementation.

A test class per implementation inherits `BusContract` and gives it an `address` and ways to see and to use its
retention.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import subprocess
import sys
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codebook.errors import BusError
from pipeline.bus import Bus, Message, NewMessage, Partition, RetentionLoss, Subscription, Topic, connect
from pipeline.bus.base import HEADERS_LIMIT, MESSAGE_LIMIT
from pipeline.bus.partitioning import partition_of

PATIENCE = 60.0
"""Seconds after which a test gives up waiting; none waits this long when the bus works."""

MEMBER = Path(__file__).parent / "member.py"
ROOT = Path(__file__).parents[3]

KEYS = ["Beograd", "Скопје", "Shkodër", "Кишинёв", "Bălți", "nishan 🎯", "", "a\0b"]


def receive(subscription: Subscription, count: int, limit: int = 100) -> list[Message]:
    """Poll until `count` messages came."""
    messages: list[Message] = []
    deadline = time.monotonic() + PATIENCE
    while len(messages) < count:
        assert time.monotonic() < deadline, f"{len(messages)} of {count} messages came"
        messages += subscription.poll(limit, timeout=1)
    return messages


def settle(condition: Callable[[], bool], *subscriptions: Subscription) -> list[Message]:
    """Poll the subscriptions in turn until the condition holds; what they received meanwhile, acknowledged."""
    messages: list[Message] = []
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the members never settled"
        for subscription in subscriptions:
            batch = subscription.poll(100, timeout=0.05)
            if subscription.acknowledge(batch):
                messages += batch
    return messages


def by_key(messages: Sequence[Message | NewMessage]) -> dict[str, list[bytes | None]]:
    values: dict[str, list[bytes | None]] = defaultdict(list)
    for message in messages:
        values[message.key].append(message.value)
    return dict(values)


class BusContract:
    @pytest.fixture
    def address(self) -> str:
        raise NotImplementedError

    def retention(self, address: str, topic: str) -> dt.timedelta | None:
        """How long the bus itself says it keeps the topic's messages."""
        raise NotImplementedError

    def cut(self, address: str, partition: Partition, first: int) -> None:
        """Let retention delete the messages of a partition before the offset `first`."""
        raise NotImplementedError

    @pytest.fixture
    def bus(self, address: str) -> Iterator[Bus]:
        with connect(address) as bus:
            yield bus

    @pytest.fixture
    def topic(self, bus: Bus) -> str:
        return self.new_topic(bus, partitions=4)

    @staticmethod
    def new_topic(bus: Bus, partitions: int, compacted: bool = False) -> str:
        name = f"contract.{uuid.uuid4().hex}"
        bus.ensure_topics([Topic(name, partitions, compacted)])
        return name

    def test_a_key_keeps_its_order_and_its_partition(self, bus: Bus, topic: str) -> None:
        sent = [NewMessage(topic, KEYS[n % len(KEYS)], b"%d" % n) for n in range(400)]
        bus.publish(sent[:150])
        bus.publish(sent[150:])
        with bus.subscribe("readers", [topic]) as subscription:
            received = receive(subscription, len(sent))
        assert by_key(received) == by_key(sent)
        assert all(m.partition == Partition(topic, partition_of(m.key, 4)) for m in received)
        assert len({m.partition for m in received}) > 1

    def test_any_message_comes_as_it_was_sent(self, bus: Bus, topic: str) -> None:
        texts = st.text(max_size=30)
        message = st.builds(
            NewMessage,
            topic=st.just(topic),
            key=texts,
            value=st.none() | st.binary(max_size=300),
            headers=st.dictionaries(texts, texts, max_size=4),
        )
        with bus.subscribe("readers", [topic]) as subscription:

            @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
            @given(st.lists(message, min_size=1, max_size=20))
            def comes_as_it_was_sent(sent: list[NewMessage]) -> None:
                bus.publish(sent)
                received = receive(subscription, len(sent))
                assert by_key(received) == by_key(sent)
                headers = [(m.key, m.value, dict(m.headers)) for m in sent]
                assert sorted(map(repr, headers)) == sorted(repr((m.key, m.value, dict(m.headers))) for m in received)

            comes_as_it_was_sent()

    def test_tombstones_differ_from_empty_values(self, bus: Bus) -> None:
        topic = self.new_topic(bus, partitions=1, compacted=True)
        bus.publish([NewMessage(topic, "k", b"x"), NewMessage(topic, "k", b""), NewMessage(topic, "k", None)])
        with bus.subscribe("readers", [topic]) as subscription:
            assert [m.value for m in receive(subscription, 3)] == [b"x", b"", None]

    def test_a_batch_has_no_more_than_asked_for_and_the_rest_follows(self, bus: Bus, topic: str) -> None:
        bus.publish([NewMessage(topic, f"k{n}", b"%d" % n) for n in range(50)])
        with bus.subscribe("readers", [topic]) as subscription:
            batches = []
            while sum(map(len, batches)) < 50:
                batches.append(subscription.poll(7, timeout=5))
        assert max(map(len, batches)) == 7
        assert len({(m.partition, m.offset) for batch in batches for m in batch}) == 50

    def test_poll_without_messages_returns_empty_after_its_timeout(self, bus: Bus, topic: str) -> None:
        with bus.subscribe("readers", [topic]) as subscription:
            settle(lambda: len(subscription.assignment) == 4, subscription)
            started = time.monotonic()
            assert subscription.poll(10, timeout=0.3) == []
            assert time.monotonic() - started >= 0.25

    def test_a_waiting_poll_wakes_when_a_message_comes(self, bus: Bus, topic: str) -> None:
        with bus.subscribe("readers", [topic]) as subscription:
            settle(lambda: len(subscription.assignment) == 4, subscription)
            later = threading.Timer(0.2, bus.publish, [[NewMessage(topic, "k", b"now")]])
            later.start()
            assert [m.value for m in subscription.poll(10, timeout=PATIENCE)] == [b"now"]
            later.join()

    def test_unacknowledged_messages_come_again_to_the_next_member(self, bus: Bus) -> None:
        topic = self.new_topic(bus, partitions=1)
        bus.publish([NewMessage(topic, "k", b"%d" % n) for n in range(10)])
        with bus.subscribe("readers", [topic]) as first:
            messages = receive(first, 10)
            assert first.acknowledge(messages[:4])
        with bus.subscribe("readers", [topic]) as second:
            assert [m.value for m in receive(second, 6)] == [b"%d" % n for n in range(4, 10)]

    def test_acknowledging_is_idempotent_and_never_goes_back(self, bus: Bus) -> None:
        topic = self.new_topic(bus, partitions=1)
        bus.publish([NewMessage(topic, "k", b"%d" % n) for n in range(5)])
        with bus.subscribe("readers", [topic]) as subscription:
            messages = receive(subscription, 5)
            assert subscription.acknowledge(messages)
            assert subscription.acknowledge(messages[:2])
            assert subscription.acknowledge([])
        assert bus.lag("readers", topic) == 0

    def test_a_new_group_begins_at_the_beginning(self, bus: Bus, topic: str) -> None:
        bus.publish([NewMessage(topic, f"k{n}", b"") for n in range(20)])
        with bus.subscribe("early", [topic]) as early:
            assert early.acknowledge(receive(early, 20))
        with bus.subscribe("late", [topic]) as late:
            assert len(receive(late, 20)) == 20
        assert (bus.lag("early", topic), bus.lag("late", topic), bus.lag("never", topic)) == (0, 20, 20)

    def test_one_subscription_reads_several_topics(self, bus: Bus, topic: str) -> None:
        other = self.new_topic(bus, partitions=2)
        bus.publish([NewMessage(name, f"k{n}", b"") for n in range(10) for name in (topic, other)])
        with bus.subscribe("readers", [topic, other]) as subscription:
            received = receive(subscription, 20)
            assert {m.topic for m in received} == {topic, other}
            assert len(subscription.assignment) == 6

    def test_seek_moves_the_group_and_outlives_the_member(self, bus: Bus) -> None:
        topic = self.new_topic(bus, partitions=1)
        bus.publish([NewMessage(topic, "k", b"%d" % n) for n in range(10)])
        with bus.subscribe("readers", [topic]) as subscription:
            old = receive(subscription, 10)
            assert subscription.acknowledge(old)
            subscription.seek(Partition(topic, 0), 7)
            assert not subscription.acknowledge(old), "received before the seek"
            assert [m.value for m in receive(subscription, 3)] == [b"7", b"8", b"9"]
        assert bus.lag("readers", topic) == 3
        with bus.subscribe("readers", [topic]) as subscription:
            assert receive(subscription, 3)[0].offset == 7
            subscription.seek(Partition(topic, 0), 10)
            bus.publish([NewMessage(topic, "k", b"new")])
            assert [m.value for m in receive(subscription, 1)] == [b"new"]
            with pytest.raises(BusError, match="ends at offset 11"):
                subscription.seek(Partition(topic, 0), 12)
            with pytest.raises(BusError, match="another member's"):
                subscription.seek(Partition(topic, 1), 0)

    def test_a_replay_repeats_everything(self, bus: Bus, topic: str) -> None:
        sent = [NewMessage(topic, f"k{n}", b"%d" % n) for n in range(40)]
        bus.publish(sent)
        with bus.subscribe("readers", [topic]) as subscription:
            first = receive(subscription, 40)
            assert subscription.acknowledge(first)
            subscription.seek_to_beginning()
            assert bus.lag("readers", topic) == 40
            assert by_key(receive(subscription, 40)) == by_key(sent)

    def test_a_replay_since_a_moment(self, bus: Bus, topic: str) -> None:
        with bus.subscribe("readers", [topic]) as subscription:
            bus.publish([NewMessage(topic, f"k{n}", b"old") for n in range(20)])
            old = receive(subscription, 20)
            assert subscription.acknowledge(old)
            last = max(message.at for message in old).timestamp()
            while time.time() <= last + 0.002:  # Kafka's clock counts whole milliseconds
                time.sleep(0.001)
            bus.publish([NewMessage(topic, f"k{n}", b"new") for n in range(20)])
            new = receive(subscription, 20)
            assert subscription.acknowledge(new)
            subscription.seek_to_time(min(message.at for message in new))
            again = receive(subscription, 20)
            assert {m.value for m in again} == {b"new"}
            assert {(m.partition, m.offset) for m in again} == {(m.partition, m.offset) for m in new}
            assert subscription.poll(10, timeout=0.2) == []

    def test_an_offset_that_is_no_longer_retained_is_told_once(self, bus: Bus, address: str) -> None:
        topic = self.new_topic(bus, partitions=1)
        bus.publish([NewMessage(topic, "k", b"%d" % n) for n in range(10)])
        with bus.subscribe("readers", [topic]) as subscription:
            assert subscription.acknowledge(receive(subscription, 2, limit=2))
        self.cut(address, Partition(topic, 0), 6)
        assert bus.lag("readers", topic) == 4
        with bus.subscribe("readers", [topic]) as subscription:
            with pytest.raises(RetentionLoss, match="begins at 6: 4 messages were never acknowledged") as loss:
                receive(subscription, 1)
            assert loss.value.lost == 4
            assert [m.value for m in receive(subscription, 4)] == [b"6", b"7", b"8", b"9"]
        with bus.subscribe("newcomers", [topic]) as subscription:
            assert receive(subscription, 4)[0].value == b"6"

    def test_two_members_share_and_one_takes_over_from_the_one_that_leaves(self, bus: Bus, topic: str) -> None:
        with bus.subscribe("readers", [topic]) as stays:
            settle(lambda: len(stays.assignment) == 4, stays)
            with bus.subscribe("readers", [topic]) as leaves:
                settle(lambda: len(stays.assignment) == len(leaves.assignment) == 2, stays, leaves)
                assert not stays.assignment & leaves.assignment
                bus.publish([NewMessage(topic, f"k{n}", b"%d" % n) for n in range(60)])
                received = settle(lambda: bus.lag("readers", topic) == 0, stays, leaves)
                assert len({(m.partition, m.offset) for m in received}) == len(received) == 60
            settle(lambda: len(stays.assignment) == 4, stays)

    def test_an_acknowledgement_after_ownership_was_lost_is_refused(self, bus: Bus) -> None:
        topic = self.new_topic(bus, partitions=2)
        bus.publish([NewMessage(topic, f"k{n}", b"") for n in range(20)])
        with bus.subscribe("readers", [topic]) as old:
            held = receive(old, 20)
            with bus.subscribe("readers", [topic]) as new:
                deadline = time.monotonic() + PATIENCE
                taken: list[Message] = []
                while not (new.assignment and taken):
                    assert time.monotonic() < deadline
                    old.poll(1, timeout=0.05)
                    taken += new.poll(100, timeout=0.05)
                lost = [m for m in held if m.partition in new.assignment]
                assert not old.acknowledge(lost)
                assert new.acknowledge(taken)
                assert {(m.partition, m.offset) for m in taken} == {(m.partition, m.offset) for m in lost}

    def test_a_killed_members_work_is_taken_over(self, bus: Bus, address: str, topic: str) -> None:
        bus.publish([NewMessage(topic, f"k{n}", b"%d" % n) for n in range(100)])
        command = [sys.executable, str(MEMBER), address, "readers", topic]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as member:
            assert member.stdout is not None
            printed = [member.stdout.readline(), member.stdout.readline()]
            with bus.subscribe("readers", [topic]) as survivor:
                received = {(m.partition, m.offset) for m in settle(lambda: bool(survivor.assignment), survivor)}
                member.kill()
                member.wait()
                printed += member.stdout
                bus.publish([NewMessage(topic, f"k{n}", b"%d" % n) for n in range(100, 200)])
                received |= {(m.partition, m.offset) for m in settle(lambda: bus.lag("readers", topic) == 0, survivor)}
                assert len(survivor.assignment) == 4
        lines = [line.split(maxsplit=1) for line in printed if line.endswith("\n")]
        batches = [
            (what, {(Partition(*place), offset) for place, offset in json.loads(places)}) for what, places in lines
        ]
        done = set().union(*(places for what, places in batches if what == "acknowledged"))
        assert done
        with bus.subscribe("witnesses", [topic]) as witness:
            everything = {(m.partition, m.offset) for m in receive(witness, 200)}
        missing = everything - received - done
        assert not missing or missing == batches[-1][1], "killed between the acknowledgement and telling of it"

    def test_concurrent_publishers_lose_nothing_and_a_reader_skips_nothing(self, bus: Bus) -> None:
        topic = self.new_topic(bus, partitions=3)
        publishers, batches, size = 4, 15, 9

        def publish(publisher: int) -> None:
            for batch in range(batches):
                numbers = range(batch * size, (batch + 1) * size)
                bus.publish([NewMessage(topic, f"{publisher}/{n % 5}", b"%d" % n) for n in numbers])

        threads = [threading.Thread(target=publish, args=[publisher]) for publisher in range(publishers)]
        with bus.subscribe("readers", [topic]) as subscription:
            for thread in threads:
                thread.start()
            received = receive(subscription, publishers * batches * size, limit=17)
            for thread in threads:
                thread.join()
            assert subscription.poll(10, timeout=0.2) == []
        for values in by_key(received).values():
            assert [int(value or b"") for value in values] == sorted(int(value or b"") for value in values)
        for _, group in itertools.groupby(
            sorted(received, key=lambda m: (m.partition, m.offset)), lambda m: m.partition
        ):
            offsets = [m.offset for m in group]
            assert offsets == list(range(len(offsets)))

    def test_large_messages_pass_and_larger_ones_are_refused_whole(self, bus: Bus, topic: str) -> None:
        large = [NewMessage(topic, f"k{n}", bytes([n]) * 900_000) for n in range(5)]
        bus.publish(large)
        bus.publish([NewMessage(topic, "limit", b"x" * (MESSAGE_LIMIT - 5), {"h": "x" * (HEADERS_LIMIT - 1)})])
        too_large = NewMessage(topic, "limit", b"x" * (MESSAGE_LIMIT - 4))
        with pytest.raises(BusError, match="1,000,001 bytes"):
            bus.publish([NewMessage(topic, "k", b"in the same batch"), too_large])
        with pytest.raises(BusError, match="headers"):
            bus.publish([NewMessage(topic, "k", b"", {"h": "x" * HEADERS_LIMIT})])
        with bus.subscribe("readers", [topic]) as subscription:
            received = receive(subscription, 6)
            assert subscription.poll(10, timeout=0.2) == []
        assert by_key(received).items() >= by_key(large).items()

    def test_retention_follows_what_is_declared_and_partitions_do_not(self, bus: Bus, address: str) -> None:
        name = f"contract.{uuid.uuid4().hex}"
        bus.ensure_topics([Topic(name, partitions=2)])
        assert self.retention(address, name) is None
        bus.publish([NewMessage(name, "k", b"kept")])
        bus.ensure_topics([Topic(name, partitions=3, retention=dt.timedelta(days=30))])
        assert self.retention(address, name) == dt.timedelta(days=30)
        assert bus.clean() >= 0
        with bus.subscribe("readers", [name]) as subscription:
            assert [m.value for m in receive(subscription, 1)] == [b"kept"], "younger than the retention"
            settle(lambda: len(subscription.assignment) == 2, subscription)

    def test_topics_are_created_once_and_a_missing_one_is_named(self, bus: Bus, topic: str) -> None:
        bus.ensure_topics([Topic(topic, partitions=9)])
        with bus.subscribe("readers", [topic]) as subscription:
            settle(lambda: len(subscription.assignment) == 4, subscription)
        missing = f"contract.{uuid.uuid4().hex}"
        for use in (
            lambda: bus.publish([NewMessage(missing, "k", b"")]),
            lambda: bus.subscribe("readers", [missing]),
            lambda: bus.lag("readers", missing),
        ):
            with pytest.raises(BusError, match=f"topic {missing} does not exist"):
                use()
        bus.ensure_topics([Topic(missing)])
        bus.publish([NewMessage(missing, "k", b"")])
        assert bus.lag("readers", missing) == 1

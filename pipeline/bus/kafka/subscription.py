"""A member of a group on Kafka. kafka-python's consumer keeps its heartbeat in a thread of its own."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from pipeline.bus.base import (
    Message,
    Partition,
    RetentionLoss,
    Subscription,
    key_text,
    next_offsets,
    not_owned,
    not_within,
)
from pipeline.bus.kafka.failures import bus_errors

SESSION_TIMEOUT = 10.0
"""Seconds after which the partitions of a killed member pass on."""

HEARTBEAT_INTERVAL = 1.0
"""Seconds between heartbeats, which is also how soon a member learns that another came or went."""

POLL_INTERVAL_LIMIT = 600.0
"""Seconds a member may work on one batch before it counts as stuck and its partitions pass on."""

ANSWER_TIMEOUT = 5.0
"""Seconds a silent broker has to answer before it counts as unavailable."""

RECONNECT_LIMIT = 2.0
"""Longest pause in seconds between two tries to reach a broker that is away, so that it is found soon when back."""

_COMMIT_REFUSALS = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class _OwnershipLost(Exception):
    """A commit came after the group had shared its partitions anew."""


@dataclass
class _Position:
    """Where the member stands in a partition: all before `acknowledged` is done, all before `next` received."""

    acknowledged: int
    next: int


class _Revocations(ConsumerRebalanceListener):  # type: ignore[misc]
    """Remembers what was taken away, for the member's own thread to act on."""

    def __init__(self) -> None:
        self.partitions: set[Any] = set()

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.partitions.update(revoked)

    def on_partitions_lost(self, lost: Any) -> None:
        self.partitions.update(lost)

    def on_partitions_assigned(self, assigned: Any) -> None:
        pass


class KafkaSubscription(Subscription):
    """Reads from the first message in a new group, cooperative-sticky, with manual commits."""

    def __init__(self, servers: Sequence[str], group: str, topics: Sequence[str]) -> None:
        self._servers, self._group, self._topics = list(servers), group, list(topics)
        self._consumer: Any = None
        self._revocations = _Revocations()
        self._positions: dict[Partition, _Position] = {}
        self._to_repeat: set[Partition] = set()
        self._answered_at = time.monotonic()

    def poll(self, limit: int, timeout: float) -> list[Message]:
        deadline = time.monotonic() + timeout
        with bus_errors():
            consumer = self._joined()
            while True:
                self._repeat()
                _resume_rejoin(consumer)
                waiting = max(deadline - time.monotonic(), 0)
                try:
                    batches = consumer.poll(timeout_ms=int(waiting * 1000), max_records=limit)
                except NoOffsetForPartitionError as error:
                    consumer.seek_to_beginning(*error.args[0])
                    continue
                except OffsetOutOfRangeError as error:
                    [(partition, wanted)] = error.args[0].items()
                    self._lose(Partition(*partition), wanted)
                self._forget_revoked()
                if batches:
                    self._answered_at = time.monotonic()
                    return self._received(batches)
                if time.monotonic() >= deadline:
                    self._check_broker()
                    return []

    def acknowledge(self, messages: Sequence[Message]) -> bool:
        self._forget_revoked()
        done = next_offsets(messages)
        owned = {
            partition: offset
            for partition, offset in done.items()
            if (position := self._positions.get(partition)) and offset <= position.next
        }
        news = {
            partition: offset for partition, offset in owned.items() if offset > self._positions[partition].acknowledged
        }
        if news:
            try:
                self._commit(news)
            except _OwnershipLost:
                # Whatever the rebalance leaves here comes again, like whatever it takes away.
                self._to_repeat.update(news)
                return False
        return len(owned) == len(done)

    @property
    def assignment(self) -> frozenset[Partition]:
        if self._consumer is None:
            return frozenset()
        return frozenset(Partition(*partition) for partition in self._consumer.assignment() or ())

    def seek(self, partition: Partition, offset: int) -> None:
        self._forget_revoked()
        where = TopicPartition(*partition)
        if partition not in self.assignment:
            raise not_owned(partition)
        with bus_errors():
            head = self._consumer.end_offsets([where])[where]
            if not 0 <= offset <= head:
                raise not_within(partition, head, offset)
            self._consumer.seek(where, offset)
            self._positions[partition] = _Position(acknowledged=offset, next=offset)
            try:
                self._commit({partition: offset})
            except _OwnershipLost:
                raise not_owned(partition) from None

    def seek_to_beginning(self) -> None:
        with bus_errors():
            partitions = [TopicPartition(*partition) for partition in self.assignment]
            firsts = self._consumer.beginning_offsets(partitions) if partitions else {}
        for partition, offset in firsts.items():
            self.seek(Partition(*partition), offset)

    def seek_to_time(self, moment: dt.datetime) -> None:
        milliseconds = int(moment.timestamp() * 1000)
        with bus_errors():
            partitions = [TopicPartition(*partition) for partition in self.assignment]
            found = self._consumer.offsets_for_times(dict.fromkeys(partitions, milliseconds)) if partitions else {}
            ends = self._consumer.end_offsets(partitions) if partitions else {}
        for partition in partitions:
            first = found.get(partition)
            self.seek(Partition(*partition), ends[partition] if first is None else first.offset)

    def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        self._positions.clear()
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=int(ANSWER_TIMEOUT * 1000))

    def _joined(self) -> Any:
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                bootstrap_servers=self._servers,
                bootstrap_timeout_ms=int(ANSWER_TIMEOUT * 1000),
                reconnect_backoff_max_ms=int(RECONNECT_LIMIT * 1000),
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="none",  # a new group and a lost offset are told apart here
                isolation_level="read_committed",
                allow_auto_create_topics=False,
                partition_assignment_strategy=[CooperativeStickyAssignor],
                session_timeout_ms=int(SESSION_TIMEOUT * 1000),
                heartbeat_interval_ms=int(HEARTBEAT_INTERVAL * 1000),
                max_poll_interval_ms=int(POLL_INTERVAL_LIMIT * 1000),
            )
            self._consumer.subscribe(self._topics, listener=self._revocations)
        return self._consumer

    def _received(self, batches: dict[Any, list[Any]]) -> list[Message]:
        messages = []
        for where, records in batches.items():
            partition = Partition(*where)
            first, after = records[0].offset, records[-1].offset + 1
            position = self._positions.setdefault(partition, _Position(acknowledged=first, next=after))
            position.next = after
            for record in records:
                headers = {name: key_text(value or b"") for name, value in record.headers}
                at = dt.datetime.fromtimestamp(record.timestamp / 1000, dt.UTC)
                key = key_text(record.key or b"")
                messages.append(Message(partition, record.offset, key, record.value, headers, at))
        return messages

    def _commit(self, offsets: dict[Partition, int]) -> None:
        with bus_errors():
            try:
                self._consumer.commit(
                    {TopicPartition(*partition): OffsetAndMetadata(offset) for partition, offset in offsets.items()},
                    timeout_ms=int(ANSWER_TIMEOUT * 1000),
                )
            except _COMMIT_REFUSALS as error:
                raise _OwnershipLost from error
        for partition, offset in offsets.items():
            self._positions[partition].acknowledged = offset

    def _forget_revoked(self) -> None:
        while self._revocations.partitions:
            partition = Partition(*self._revocations.partitions.pop())
            self._positions.pop(partition, None)
            self._to_repeat.discard(partition)

    def _repeat(self) -> None:
        """Go back to what is acknowledged where an acknowledgement failed and the partition stayed."""
        self._forget_revoked()
        for partition in self._to_repeat & self.assignment:
            position = self._positions[partition]
            position.next = position.acknowledged
            self._consumer.seek(TopicPartition(*partition), position.acknowledged)
        self._to_repeat.clear()

    def _lose(self, partition: Partition, wanted: int) -> NoReturn:
        where = TopicPartition(*partition)
        first = self._consumer.beginning_offsets([where])[where]
        self._consumer.seek(where, first)
        self._positions[partition] = _Position(acknowledged=first, next=first)
        with suppress(_OwnershipLost):  # its next owner meets the same loss, and tells it
            self._commit({partition: first})
        raise RetentionLoss(self._group, partition, wanted, first)

    def _check_broker(self) -> None:
        """The consumer waits for a lost broker without a word: ask it something, now and then, when all is quiet."""
        if time.monotonic() - self._answered_at < ANSWER_TIMEOUT:
            return
        self._consumer.end_offsets([TopicPartition(self._topics[0], 0)], timeout_ms=int(ANSWER_TIMEOUT * 1000))
        self._answered_at = time.monotonic()


def _resume_rejoin(consumer: Any) -> None:
    """Make the consumer finish a rejoin that the last poll's timeout interrupted.

    kafka-python 3.0 rejoins on its own when the topics' metadata change. If the poll times out meanwhile, the next one
    no longer sees that a rejoin is needed, never takes the assignment it was given, and sends no heartbeats: the
    member stays deaf for ever.
    """
    coordinator = consumer._coordinator
    if coordinator.rejoining and not coordinator.rejoin_needed:
        coordinator.request_rejoin()

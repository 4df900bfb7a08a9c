"""A member of a group on the embedded bus: owns partitions, reads them, acknowledges."""

from __future__ import annotations

import datetime as dt
import selectors
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg2.extensions
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from codebook.errors import BusUnavailable
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
from pipeline.bus.embedded import sharing
from pipeline.bus.embedded.failures import bus_errors
from store.schema.bus import BusGroupOffset, BusMessage, BusPartition

SHARING_INTERVAL = 1.0
"""Seconds between looks at who else is in the group; only a killed member goes without a notification."""


@dataclass
class _Position:
    """Where the member stands in a partition: all before `acknowledged` is done, `next` is read next."""

    acknowledged: int
    next: int


class EmbeddedSubscription(Subscription):
    """Reads through a connection of its own, whose advisory locks are the ownership of its partitions."""

    def __init__(self, engine: Engine, group: str, partitions: Sequence[Partition]) -> None:
        self._engine = engine
        self._group = group
        self._partitions = partitions
        self._topics = sorted({partition.topic for partition in partitions})
        self._positions: dict[Partition, _Position] = {}
        self._connection: Connection | None = None
        self._share_at = 0.0
        self._turn = 0

    def poll(self, limit: int, timeout: float) -> list[Message]:
        deadline = time.monotonic() + timeout
        while True:
            with self._connected() as connection:
                if _heard(connection, sharing.MEMBERS) or time.monotonic() >= self._share_at:
                    self._share(connection)
                messages = self._fetch(connection, limit)
                now = time.monotonic()
                if messages or now >= deadline:
                    return messages
                _wait(connection, min(deadline, self._share_at) - now)

    def acknowledge(self, messages: Sequence[Message]) -> bool:
        done = next_offsets(messages)
        owned = {
            partition: offset
            for partition, offset in done.items()
            if (position := self._positions.get(partition)) and offset <= position.next
        }
        news = {
            partition: offset for partition, offset in owned.items() if offset > self._positions[partition].acknowledged
        }
        if news:  # there are positions, so the connection is the one that owns them
            with self._connected() as connection:
                self._record(connection, news)
        return len(owned) == len(done)

    @property
    def assignment(self) -> frozenset[Partition]:
        return frozenset(self._positions)

    def seek(self, partition: Partition, offset: int) -> None:
        if partition not in self._positions:
            raise not_owned(partition)
        with self._connected() as connection:
            _tail, head = _bounds(connection, self._topics)[partition]
            if not 0 <= offset <= head:
                raise not_within(partition, head, offset)
            self._positions[partition].next = offset
            self._record(connection, {partition: offset})

    def seek_to_beginning(self) -> None:
        with self._connected() as connection:
            bounds = _bounds(connection, self._topics)
        for partition in self.assignment:
            self.seek(partition, bounds[partition][0])

    def seek_to_time(self, moment: dt.datetime) -> None:
        first = select(BusMessage.topic, BusMessage.partition, func.min(BusMessage.offset))
        query = first.where(BusMessage.topic.in_(self._topics), BusMessage.at >= moment).group_by(
            BusMessage.topic, BusMessage.partition
        )
        with self._connected() as connection:
            bounds = _bounds(connection, self._topics)
            offsets = {Partition(topic, number): offset for topic, number, offset in connection.execute(query)}
        for partition in self.assignment:
            self.seek(partition, offsets.get(partition, bounds[partition][1]))

    def close(self) -> None:
        connection, self._connection = self._connection, None
        self._positions.clear()
        if connection is None:
            return
        with suppress(BusUnavailable), bus_errors():  # gone already, and its locks with it
            sharing.leave(connection)
            sharing.tell(connection, self._topics)
        connection.close()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """The member's connection; a new one, that owns nothing yet, where the last one broke."""
        try:
            with bus_errors():
                if self._connection is None:
                    self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                    self._connection.detach()  # closing it must end its session, not put it back into the pool
                    for topic in self._topics:
                        sharing.join(self._connection, self._group, topic)
                    sharing.tell(self._connection, self._topics)
                    self._share_at = 0.0
                yield self._connection
        except BusUnavailable:
            self._drop()
            raise

    def _drop(self) -> None:
        self._positions.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _share(self, connection: Connection) -> None:
        self._share_at = time.monotonic() + SHARING_INTERVAL
        for topic in self._topics:
            partitions = [partition for partition in self._partitions if partition.topic == topic]
            owned = [partition for partition in partitions if partition in self._positions]
            due = sharing.share(connection, self._group, topic, len(partitions))
            for partition in owned[due:]:
                del self._positions[partition]
                sharing.release(connection, self._group, partition)
            if len(owned) > due:
                sharing.tell(connection, [topic])
            for partition in partitions:
                if len(owned) >= due:
                    break
                if partition not in self._positions and sharing.acquire(connection, self._group, partition):
                    owned.append(partition)
                    offset = self._recorded(connection, partition)
                    self._positions[partition] = _Position(acknowledged=offset, next=offset)

    def _recorded(self, connection: Connection, partition: Partition) -> int:
        acknowledged = connection.scalar(
            select(BusGroupOffset.offset).where(
                BusGroupOffset.consumer_group == self._group,
                BusGroupOffset.topic == partition.topic,
                BusGroupOffset.partition == partition.number,
            )
        )
        if acknowledged is not None:
            return int(acknowledged)
        return _bounds(connection, [partition.topic])[partition][0]

    def _record(self, connection: Connection, offsets: dict[Partition, int]) -> None:
        rows = [
            {"consumer_group": self._group, "topic": topic, "partition": number, "offset": offset}
            for (topic, number), offset in offsets.items()
        ]
        statement = upsert(BusGroupOffset).values(rows)
        moved = {"offset": statement.excluded.offset, "at": func.clock_timestamp()}
        key = [BusGroupOffset.consumer_group, BusGroupOffset.topic, BusGroupOffset.partition]
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=moved))
        for partition, offset in offsets.items():
            self._positions[partition].acknowledged = offset

    def _fetch(self, connection: Connection, limit: int) -> list[Message]:
        bounds = _bounds(connection, self._topics)
        for partition, position in self._positions.items():
            tail, head = bounds[partition]
            if not tail <= position.next <= head:
                self._lose(connection, partition, tail)
        waiting = [partition for partition in self._positions if self._positions[partition].next < bounds[partition][1]]
        self._turn += 1  # each partition is read first in its turn, so that a full one does not starve the others
        messages: list[Message] = []
        for index in range(len(waiting)):
            if len(messages) < limit:
                partition = waiting[(self._turn + index) % len(waiting)]
                messages += self._read(connection, partition, limit - len(messages))
        return messages

    def _read(self, connection: Connection, partition: Partition, limit: int) -> list[Message]:
        # The tail comes in the same statement, for retention may have cut since it was last read: then this reads
        # nothing, and the next poll tells.
        position = self._positions[partition]
        tail = (
            select(BusPartition.tail)
            .where(BusPartition.topic == partition.topic, BusPartition.number == partition.number)
            .scalar_subquery()
        )
        query = (
            select(BusMessage.offset, BusMessage.key, BusMessage.value, BusMessage.headers, BusMessage.at, tail)
            .where(
                BusMessage.topic == partition.topic,
                BusMessage.partition == partition.number,
                BusMessage.offset >= position.next,
            )
            .order_by(BusMessage.offset)
            .limit(limit)
        )
        rows = connection.execute(query).all()
        if rows and rows[0][-1] > position.next:
            return []
        messages = [
            Message(partition, offset, key_text(bytes(key)), None if value is None else bytes(value), headers, at)
            for offset, key, value, headers, at, _tail in rows
        ]
        if messages:
            position.next = messages[-1].offset + 1
        return messages

    def _lose(self, connection: Connection, partition: Partition, tail: int) -> None:
        wanted = self._positions[partition].next
        self._positions[partition].next = tail
        self._record(connection, {partition: tail})
        raise RetentionLoss(self._group, partition, wanted, tail)


def _bounds(connection: Connection, topics: Sequence[str]) -> dict[Partition, tuple[int, int]]:
    """Tail and head of every partition of the topics."""
    query = select(BusPartition.topic, BusPartition.number, BusPartition.tail, BusPartition.head)
    rows = connection.execute(query.where(BusPartition.topic.in_(topics)))
    return {Partition(topic, number): (tail, head) for topic, number, tail, head in rows}


def _driver(connection: Connection) -> psycopg2.extensions.connection:
    driver = connection.connection.dbapi_connection  # a detached connection has no `driver_connection`
    assert isinstance(driver, psycopg2.extensions.connection)
    return driver


def _heard(connection: Connection, what: str) -> bool:
    """Whether another connection has told `what` since the last look, which forgets all it heard."""
    driver = _driver(connection)
    own = driver.info.backend_pid
    heard = any(notice.payload == what and notice.pid != own for notice in driver.notifies)
    driver.notifies.clear()
    return heard


def _wait(connection: Connection, seconds: float) -> None:
    """Wait for a notification that has not come in with a query's answer already."""
    driver = _driver(connection)
    if driver.notifies or seconds <= 0:
        return
    with selectors.DefaultSelector() as selector:
        selector.register(driver, selectors.EVENT_READ)
        selector.select(seconds)
    driver.poll()

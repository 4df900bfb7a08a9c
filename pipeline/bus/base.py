"""The bus: named, partitioned, durable logs of messages, read by groups of members.

What every implementation promises, and the contract tests of `tests/pipeline/bus/contract.py` hold it to:

- Messages of one key stay in order: the key decides the partition (`pipeline.bus.partitioning`).
- What `publish` returned from is durable. What it raised from may be published wholly, in part or not at all.
- At least once: a group receives every message until it has acknowledged it, also after a member died.
- One partition has one owner in a group; members share the partitions and take over from one another.
- A group that reads a topic for the first time begins at the first message that is there.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self

from codebook.errors import BusError

MESSAGE_LIMIT = 1_000_000
"""Bytes of key and value together; leaves room under Kafka's default limit of a record batch (1,048,588)."""

HEADERS_LIMIT = 16_384
"""Bytes of all header names and values together."""


class RetentionLoss(BusError):
    """The group's offset is no longer retained: messages it never acknowledged are gone. Raised once; the next
    `poll` goes on at the first message that is left.

    Attributes:
        lost: number of offsets between the group's and the first that is left.
    """

    def __init__(self, group: str, partition: Partition, wanted: int, first: int) -> None:
        self.lost = max(first - wanted, 0)
        where = f"{partition.topic}[{partition.number}]"
        super().__init__(
            f"group {group}: offset {wanted} of {where} is not in the log, which begins at {first}: {self.lost} "
            f"messages were never acknowledged; going on at {first}: lengthen the topic's retention, replay the rest"
        )


class MessageTooLarge(BusError):
    """A message the bus will never take, however often it is published."""


class Partition(NamedTuple):
    """One ordered part of a topic."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic to be: `retention` None keeps messages for ever; of a compacted topic only the newest message of
    each key is kept, and none of a key whose newest message is a tombstone."""

    name: str
    partitions: int = 1
    compacted: bool = False
    retention: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to publish. A value of None is a tombstone: the record of this key is withdrawn."""

    topic: str
    key: str
    value: bytes | None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as received. `at` is when it was published, by the clock of the publisher or of the bus."""

    partition: Partition
    offset: int
    key: str
    value: bytes | None
    headers: Mapping[str, str]
    at: dt.datetime

    @property
    def topic(self) -> str:
        return self.partition.topic

    @property
    def where(self) -> str:
        """The message's place for people, such as `avmp.articles.fetched[2]@17`."""
        return f"{self.partition.topic}[{self.partition.number}]@{self.offset}"


class Subscription(ABC):
    """One member of a group. Belongs to one thread; leaving its `with` block leaves the group."""

    @abstractmethod
    def poll(self, limit: int, timeout: float) -> list[Message]:
        """Up to `limit` next messages, in order within each partition; waits up to `timeout` seconds for the
        first. Joining, sharing and taking over happen inside `poll`, so call it steadily.

        Raises:
            RetentionLoss: messages the group never acknowledged are gone.
            BusUnavailable: the bus does not answer; poll again later.
        """

    @abstractmethod
    def acknowledge(self, messages: Sequence[Message]) -> bool:
        """Record that the group is done with these messages and all before them in their partitions.

        False when a partition has passed to another member (or its position was moved) since: nothing is recorded
        for it, and the messages come again to its new owner.

        Raises:
            BusUnavailable: the bus does not answer; the messages may come again.
        """

    @property
    @abstractmethod
    def assignment(self) -> frozenset[Partition]:
        """The partitions this member owns as of the last `poll`."""

    @abstractmethod
    def seek(self, partition: Partition, offset: int) -> None:
        """Go on at `offset` in a partition this member owns. The group's acknowledged offset moves with it, so
        that a replay outlives the process that asked for it.

        Raises:
            BusError: the partition is another member's.
            BusUnavailable: the bus does not answer.
        """

    @abstractmethod
    def seek_to_beginning(self) -> None:
        """`seek` to the first retained message of every partition this member owns."""

    @abstractmethod
    def seek_to_time(self, moment: dt.datetime) -> None:
        """`seek` to the first message published at or after `moment` in every partition this member owns; to the
        end where there is none."""

    @abstractmethod
    def close(self) -> None:
        """Leave the group; unacknowledged messages go to the other members at once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Bus(ABC):
    """A bus. Safe to share between threads; `pipeline.bus.connect` makes one from an address."""

    def publish(self, messages: Iterable[NewMessage]) -> None:
        """Append messages, in order for each key, and wait until they are durable.

        Raises:
            MessageTooLarge: a message is over `MESSAGE_LIMIT` or `HEADERS_LIMIT`; nothing is published then.
            BusError: a topic does not exist, or the broker refuses.
            BusUnavailable: the bus does not answer; publish again, at the risk of a repetition.
        """
        batch = list(messages)
        for message in batch:
            _check_size(message)
        if batch:
            self._append(batch)

    @abstractmethod
    def _append(self, messages: Sequence[NewMessage]) -> None:
        """Append messages of allowed size; at least one."""

    @abstractmethod
    def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """Join a group on topics, which all members of the group name alike.

        Raises:
            BusError: a topic does not exist.
            BusUnavailable: the bus does not answer.
        """

    @abstractmethod
    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Create the topics that do not exist. One that does takes on the retention and compaction given here and
        keeps its number of partitions, because another would break the order of its keys."""

    @abstractmethod
    def lag(self, group: str, topic: str) -> int:
        """Messages of a topic that the group has not acknowledged. On a compacted topic, an upper bound.

        Raises:
            BusError: the topic does not exist.
            BusUnavailable: the bus does not answer.
        """

    @abstractmethod
    def clean(self) -> int:
        """Let go of what retention and compaction allow, where nobody else does it; returns the number of messages.
        To be called now and then. A Kafka broker cleans by itself.

        Raises:
            BusUnavailable: the bus does not answer.
        """

    @abstractmethod
    def close(self) -> None:
        """Release the connections."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def key_bytes(key: str) -> bytes:
    """A key on the wire; bytes of a foreign key that are no UTF-8 survive the way in and out."""
    return key.encode("utf-8", "surrogateescape")


def key_text(key: bytes) -> str:
    """The inverse of `key_bytes`."""
    return key.decode("utf-8", "surrogateescape")


def next_offsets(messages: Iterable[Message]) -> dict[Partition, int]:
    """The offset after the last of the messages in each of their partitions: what acknowledging them records."""
    offsets: dict[Partition, int] = {}
    for message in messages:
        offsets[message.partition] = max(offsets.get(message.partition, 0), message.offset + 1)
    return offsets


def unknown_topic(topic: str) -> BusError:
    """The error for a topic that does not exist."""
    return BusError(f"topic {topic} does not exist: create it with `avmp migrate`")


def not_owned(partition: Partition) -> BusError:
    """The error for seeking in a partition that another member reads."""
    return BusError(f"{partition.topic}[{partition.number}] is another member's: stop the others, then seek")


def not_within(partition: Partition, head: int, offset: int) -> BusError:
    """The error for seeking to an offset beyond the end."""
    return BusError(f"{partition.topic}[{partition.number}] ends at offset {head}: {offset} is not in it")


def _check_size(message: NewMessage) -> None:
    size = len(key_bytes(message.key)) + len(message.value or b"")
    if size > MESSAGE_LIMIT:
        raise MessageTooLarge(
            f"message {message.key[:80]!r} for {message.topic} has {size:,} bytes, the bus takes {MESSAGE_LIMIT:,}: "
            "shorten its text"
        )
    headers = sum(len(name.encode()) + len(key_bytes(value)) for name, value in message.headers.items())
    if headers > HEADERS_LIMIT:
        raise MessageTooLarge(
            f"message {message.key[:80]!r} for {message.topic} has {headers:,} bytes of headers, the bus takes "
            f"{HEADERS_LIMIT:,}: shorten them"
        )

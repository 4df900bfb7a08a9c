"""The tables of the embedded bus, in the database schema `bus`.

A partition's row is its lock: whoever appends holds it until commit, so that offsets are dense and become visible
in their order, and a reader that stands at `head` has missed nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt

BUS_SCHEMA = "bus"


class BusTopic(Base):
    """A named log. `retention` is how long a message is kept, null for ever; of a compacted topic only the newest
    message of each key is kept."""

    __tablename__ = "topics"
    __table_args__ = {"schema": BUS_SCHEMA}

    name: Mapped[str] = mapped_column(primary_key=True)
    compacted: Mapped[bool] = mapped_column(default=False)
    retention: Mapped[dt.timedelta | None]
    created_at: Mapped[CreatedAt]


class BusPartition(Base):
    """One ordered part of a topic. `head` is the offset the next message gets, `tail` the first that retention has
    left."""

    __tablename__ = "partitions"
    __table_args__ = (
        CheckConstraint("0 <= tail and tail <= head", name="offsets"),
        {"schema": BUS_SCHEMA},
    )

    topic: Mapped[str] = mapped_column(ForeignKey(f"{BUS_SCHEMA}.topics.name"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    tail: Mapped[int] = mapped_column(BigInteger, default=0)
    head: Mapped[int] = mapped_column(BigInteger, default=0)


class BusMessage(Base):
    """One message, written under the lock of its partition's row, so that a foreign key would only cost time. Key
    and headers are kept as bytes and as JSON text because PostgreSQL's text has no NUL and no
    lone surrogate, which a Kafka message may have. A null `value` is a tombstone."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_topic_partition_at", "topic", "partition", "at"),
        {"schema": BUS_SCHEMA},
    )

    topic: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[bytes | None] = mapped_column(LargeBinary)
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[dt.datetime] = mapped_column(server_default=func.clock_timestamp())


class BusGroupOffset(Base):
    """How far a consumer group has acknowledged a partition: the offset it wants next."""

    __tablename__ = "group_offsets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["topic", "partition"], [f"{BUS_SCHEMA}.partitions.topic", f"{BUS_SCHEMA}.partitions.number"]
        ),
        {"schema": BUS_SCHEMA},
    )

    consumer_group: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[CreatedAt]

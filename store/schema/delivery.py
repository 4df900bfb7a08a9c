"""What makes delivery once in effect: the outbox and the record of processed events."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial


class OutboxMessage(Base):
    """A message written in the transaction of the effect it tells of, waiting for the relay to publish it.
    A null `value` is a tombstone. `refused` is set when the bus will never take the message, such as one too large:
    it stays here for a person to see."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "id", postgresql_where=text("published_at is null and refused is null")),
    )

    id: Mapped[Serial]
    event_id: Mapped[str]
    topic: Mapped[str]
    key: Mapped[str]
    value: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]
    published_at: Mapped[dt.datetime | None]
    refused: Mapped[str | None]


class OutboxForgotten(Base):
    """How many published messages of a topic the outbox has let go of: they are on the bus and count on."""

    __tablename__ = "outbox_forgotten"

    topic: Mapped[str] = mapped_column(primary_key=True)
    messages: Mapped[int] = mapped_column(BigInteger)


class ProcessedEvent(Base):
    """An event whose effect a stage has written, in the transaction of that effect."""

    __tablename__ = "processed_events"
    __table_args__ = (CheckConstraint("outcome in ('done', 'filtered')", name="outcome"),)

    stage: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    at: Mapped[CreatedAt]

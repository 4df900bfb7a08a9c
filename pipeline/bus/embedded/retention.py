"""What a topic lets go: messages older than its retention; of a compacted topic, all but the newest of each key."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from store.schema.bus import BusMessage, BusPartition, BusTopic

TOMBSTONE_RETENTION = dt.timedelta(days=1)
"""A tombstone stays this long, so that a reader of the compacted topic learns of it (Kafka's default, too)."""


def clean(session: Session) -> int:
    """Delete what the topics let go, one transaction for each partition; returns the number of messages."""
    deleted = 0
    partitions = session.execute(
        select(BusPartition.topic, BusPartition.number, BusTopic.compacted, BusTopic.retention)
        .join(BusTopic, BusTopic.name == BusPartition.topic)
        .order_by(BusPartition.topic, BusPartition.number)
    ).all()
    session.commit()
    for topic, number, compacted, retention in partitions:
        if retention is not None:
            deleted += _expire(session, topic, number, retention)
        if compacted:
            deleted += _compact(session, topic, number)
        session.commit()
    return deleted


def _expire(session: Session, topic: str, number: int, retention: dt.timedelta) -> int:
    # The tail moves in the same transaction as the messages go: a reader sees both or neither.
    partition = (BusPartition.topic == topic, BusPartition.number == number)
    head = session.scalars(select(BusPartition.head).where(*partition).with_for_update()).one()
    kept = select(func.min(BusMessage.offset)).where(
        BusMessage.topic == topic, BusMessage.partition == number, BusMessage.at >= func.now() - retention
    )
    first_kept = session.scalar(kept)
    tail = head if first_kept is None else first_kept
    session.execute(update(BusPartition).where(*partition).values(tail=func.greatest(BusPartition.tail, tail)))
    gone = delete(BusMessage).where(BusMessage.topic == topic, BusMessage.partition == number, BusMessage.offset < tail)
    return len(session.scalars(gone.returning(BusMessage.offset)).all())


def _compact(session: Session, topic: str, number: int) -> int:
    newer = aliased(BusMessage)
    superseded = (
        select(newer.offset)
        .where(
            newer.topic == BusMessage.topic,
            newer.partition == BusMessage.partition,
            newer.key == BusMessage.key,
            newer.offset > BusMessage.offset,
        )
        .exists()
    )
    # The last message stays even then: a group that has read to the end shall not seem to lag behind it.
    last = select(BusPartition.head - 1).where(BusPartition.topic == topic, BusPartition.number == number)
    old_tombstone = (
        BusMessage.value.is_(None)
        & (BusMessage.at < func.now() - TOMBSTONE_RETENTION)
        & (BusMessage.offset < last.scalar_subquery())
    )
    gone = delete(BusMessage).where(
        BusMessage.topic == topic, BusMessage.partition == number, superseded | old_tombstone
    )
    return len(session.scalars(gone.returning(BusMessage.offset)).all())

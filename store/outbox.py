"""The transactional outbox: what a transaction decides leaves for the bus if and only if it commits."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codebook.events import Event
from store.gathered import Row, write
from store.schema import OutboxForgotten, OutboxMessage

OUTBOX_CHANNEL = "avmp_outbox"
"""The NOTIFY channel that wakes the relay when a transaction with outgoing messages commits."""

WAITING = OutboxMessage.published_at.is_(None) & OutboxMessage.refused.is_(None)
"""Which messages the relay has still to carry: one that the bus refused stays for a person to see."""


def is_empty(session: Session) -> bool:
    """Whether no message waits for the relay."""
    return not session.scalar(select(exists().where(WAITING)))


def forget_published(session: Session, older_than: dt.timedelta) -> int:
    """Deletes the messages published so long ago, and how many they were; by topic their number stays known."""
    old = delete(OutboxMessage).where(OutboxMessage.published_at < func.now() - older_than)
    gone = Counter(session.scalars(old.returning(OutboxMessage.topic)))
    for topic, messages in gone.items():
        row = insert(OutboxForgotten).values(topic=topic, messages=messages)
        total = OutboxForgotten.messages + row.excluded.messages
        session.execute(row.on_conflict_do_update(index_elements=[OutboxForgotten.topic], set_={"messages": total}))
    return gone.total()


def send(session: Session, event: Event) -> None:
    """Put an event into the outbox of this transaction."""
    _put(session, event.event_id, event.topic, event.key, event.encode())


def send_tombstone(session: Session, event_id: str, topic: str, key: str) -> None:
    """Put a message without a value into the outbox: the record with this key is withdrawn."""
    _put(session, event_id, topic, key, None)


def _put(session: Session, event_id: str, topic: str, key: str, value: bytes | None) -> None:
    write(session, _insert, {"event_id": event_id, "topic": topic, "key": key, "value": value})


def _insert(session: Session, rows: list[Row]) -> None:
    session.execute(insert(OutboxMessage), rows)
    session.execute(text("select pg_notify(:channel, '')"), {"channel": OUTBOX_CHANNEL})

"""What makes an effect happen once: the record that a stage has processed an event, in the effect's transaction."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from pipeline.runner import Outcome
from store.schema import ProcessedEvent


def already_processed(session: Session, stage: str, event_id: str) -> Outcome | None:
    """The outcome when the stage has processed the event before, else null."""
    row = session.get(ProcessedEvent, (stage, event_id))
    return Outcome(row.outcome) if row else None


def record_processed(session: Session, stage: str, event_id: str, outcome: Outcome) -> bool:
    """Record the event in this transaction. False when another worker recorded it first: then have no effect."""
    row = insert(ProcessedEvent).values(stage=stage, event_id=event_id, outcome=outcome.value)
    return session.execute(row.on_conflict_do_nothing().returning(ProcessedEvent.event_id)).first() is not None

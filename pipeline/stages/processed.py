"""What makes an effect happen once: the record that a stage has processed an event, in the effect's transaction."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from pipeline.runner import Outcome
from store.schema import ProcessedEvent

_RECORDING = (
    insert(ProcessedEvent)
    .on_conflict_do_nothing()
    .returning(ProcessedEvent.event_id)
    .execution_options(dml_strategy="raw")
)


def already_processed(session: Session, stage: str, event_id: str) -> Outcome | None:
    """The outcome when the stage has processed the event before, else null."""
    row = session.get(ProcessedEvent, (stage, event_id))
    return Outcome(row.outcome) if row else None


def record_processed(session: Session, stage: str, event_id: str, outcome: Outcome) -> Outcome | None:
    """Record the event in this transaction. When it was recorded before, the outcome of that: then have no effect."""
    row = {"stage": stage, "event_id": event_id, "outcome": outcome.value}
    if session.scalars(_RECORDING, row).one_or_none() is not None:
        return None
    return already_processed(session, stage, event_id)

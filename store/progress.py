"""How far the day's work has come, of everybody together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from languages.dates import local
from store.queue_filter import waits_for
from store.schema import AuditItem, Candidate, StoredReading


@dataclass(frozen=True, slots=True)
class Progress:
    """Today, by Belgrade's clock: items decided, first readings that wait for a second reader, articles of the audit
    answered for; and since when the oldest item waits."""

    decided: int
    read_once: int
    audited: int
    oldest: dt.datetime | None


def progress(session: Session, now: dt.datetime) -> Progress:
    """The day's progress."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Progress(
        decided=_number(session, Candidate.decided_at >= midnight),
        read_once=_number(
            session,
            StoredReading.part == "first",
            StoredReading.at >= midnight,
            StoredReading.settled_at.is_(None),
        ),
        audited=_number(session, AuditItem.answered_at >= midnight),
        oldest=session.scalar(select(func.min(Candidate.created_at)).where(*waits_for(None))),
    )


def _number(session: Session, *conditions: object) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]

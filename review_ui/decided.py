"""What was made of an item that its reader cannot decide any more: its page shows that, not what was proposed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from codebook.records import Facts
from store.incidents import facts_at
from store.schema import Candidate
from store.second_reading import reading_of


def decided(session: Session, candidate: Candidate, user: str) -> tuple[Facts, str] | None:
    """The facts and the comment of the approval, or of the person's own reading while it waits for somebody else; null
    where there are none: a rejection is of what was proposed, and nobody sees the reading of another."""
    if candidate.state == "approved" and candidate.incident_id and candidate.revision:
        facts = facts_at(session, candidate.incident_id, candidate.revision)
        return None if facts is None else (facts, candidate.comment or "")
    if candidate.state == "open" and candidate.stage != "first":
        made = reading_of(session, candidate.id, user)
        return None if made is None or made.facts is None else (made.facts, made.comment or "")
    return None

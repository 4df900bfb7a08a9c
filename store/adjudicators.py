"""Who may decide between two readers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.schema import Candidate, StoredReading, User

ADJUDICATING_ROLES = frozenset({"validator", "administrator"})


def may_adjudicate(session: Session, candidate: Candidate, user: str) -> bool:
    """Whether a person may decide on an item that waits for a validator: one who is neither of its readers."""
    account = session.get(User, user)
    if account is None or account.role not in ADJUDICATING_ROLES:
        return False
    readers = select(StoredReading.by).where(
        StoredReading.candidate_id == candidate.id, StoredReading.settled_at.is_(None)
    )
    return user not in session.scalars(readers).all()

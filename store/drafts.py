"""What people typed into an item's form and have not sent: kept until the item is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from codebook.errors import Conflict
from store.curation import database_time
from store.schema import Candidate, StoredDraft


@dataclass(frozen=True, slots=True)
class Draft:
    """A person's draft of an item. `version` is the candidate's version it was typed on."""

    version: int
    turn: int
    content: Mapping[str, Any]
    saved_at: dt.datetime


def save(
    session: Session, candidate_id: str, user: str, *, version: int, turn: int, content: Mapping[str, Any]
) -> Draft | None:
    """Keep what a person typed; null for an item that is no longer open, whose draft would never be forgotten.

    `turn` is that of the draft which the person's page has in view, 0 for none.

    Raises:
        Conflict: another window of the same person has saved since.
    """
    candidate = session.get(Candidate, candidate_id, with_for_update={"read": True}, populate_existing=True)
    if candidate is None or candidate.state != "open":
        return None
    row = session.get(StoredDraft, (candidate_id, user), with_for_update=True)
    if row is None:
        row = StoredDraft(candidate_id=candidate_id, user_name=user, turn=turn)
        session.add(row)
    elif row.turn != turn:
        raise Conflict(
            "you typed on this item in another window too: reload to see that draft, or go on there; "
            "what stands here is not kept"
        )
    row.version, row.turn, row.content, row.saved_at = version, turn + 1, dict(content), database_time(session)
    session.flush()
    return _draft(row)


def draft_of(session: Session, candidate_id: str, user: str) -> Draft | None:
    """The draft a person has of an item; null for none."""
    row = session.get(StoredDraft, (candidate_id, user))
    return None if row is None else _draft(row)


def discard(session: Session, candidate_id: str, user: str) -> None:
    """Throw a person's draft of an item away."""
    session.execute(delete(StoredDraft).where(StoredDraft.candidate_id == candidate_id, StoredDraft.user_name == user))


def forget(session: Session, candidate_ids: Collection[str]) -> None:
    """Throw everybody's drafts of these items away: they are decided."""
    session.execute(delete(StoredDraft).where(StoredDraft.candidate_id.in_(candidate_ids)))


def _draft(row: StoredDraft) -> Draft:
    return Draft(row.version, row.turn, row.content, row.saved_at)

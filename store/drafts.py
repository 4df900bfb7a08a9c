"""What people typed into an item's form and have not sent: kept until the item is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codebook.errors import Conflict
from store.curation import database_time
from store.schema import Candidate, StoredDraft

KEY = ("candidate_id", "user_name")


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
    kept: dict[str, Any] = {
        "version": version,
        "turn": turn + 1,
        "content": dict(content),
        "saved_at": database_time(session),
    }
    write = insert(StoredDraft).values(candidate_id=candidate_id, user_name=user, **kept)
    write = write.on_conflict_do_update(index_elements=KEY, set_=kept, where=StoredDraft.turn == turn)
    if session.scalar(write.returning(StoredDraft.turn)) is None:
        raise Conflict(
            "you typed on this item in another window too: reload to see that draft, or go on there; "
            "what stands here is not kept"
        )
    return Draft(**kept)


def draft_of(session: Session, candidate_id: str, user: str) -> Draft | None:
    """The draft a person has of an item; null for none."""
    row = session.get(StoredDraft, (candidate_id, user))
    return None if row is None else Draft(row.version, row.turn, row.content, row.saved_at)


def discard(session: Session, candidate_id: str, user: str) -> None:
    """Throw a person's draft of an item away."""
    session.execute(delete(StoredDraft).where(StoredDraft.candidate_id == candidate_id, StoredDraft.user_name == user))


def forget(session: Session, candidate_ids: Collection[str], *, by: str | None = None) -> None:
    """Throw everybody's drafts of these items away, or one person's: they are decided, or this one has read them."""
    theirs = StoredDraft.user_name == by if by else true()
    session.execute(delete(StoredDraft).where(StoredDraft.candidate_id.in_(candidate_ids), theirs))

"""What people typed into an item's form and have not sent: kept until the item is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store.curation import database_time
from store.moved import came_here
from store.review_queue import refuse_closed
from store.schema import Candidate, StoredDraft

KEY = ("candidate_id", "user_name")


@dataclass(frozen=True, slots=True)
class Draft:
    """A person's draft of an item. It was typed on this version of the candidate, which is another than the one they
    open where the reports have moved since."""

    candidate: str
    version: int
    turn: int
    content: Mapping[str, Any]
    saved_at: dt.datetime


def save(
    session: Session, candidate_id: str, user: str, *, version: int, turn: int, content: Mapping[str, Any]
) -> Draft:
    """Keep what a person typed. `turn` is that of the draft which the person's page has in view, 0 for none.

    Raises:
        StoreError: there is no such candidate.
        Conflict: it is no longer open, and a draft of it would never be forgotten; or another window of the same person
            has saved since.
    """
    candidate = session.get(Candidate, candidate_id, with_for_update={"read": True}, populate_existing=True)
    if candidate is None:
        raise StoreError("there is no candidate %(id)s: go back to the queue", id=candidate_id)
    refuse_closed(candidate)
    kept: dict[str, Any] = {
        "version": version,
        "turn": turn + 1,
        "content": dict(content),
        "saved_at": database_time(session),
    }
    write = insert(StoredDraft).values(candidate_id=candidate_id, user_name=user, **kept)
    write = write.on_conflict_do_update(index_elements=KEY, set_=kept, where=StoredDraft.turn == turn)
    if session.scalar(write.returning(StoredDraft.turn)) is None:
        raise _typed_elsewhere()
    return Draft(candidate_id, **kept)


def draft_of(session: Session, candidate_id: str, user: str) -> Draft | None:
    """The draft a person has of an item, else the newest that came with its reports; null for none."""
    row = session.scalars(_drafts(came_here(session, candidate_id), user)).first()
    return None if row is None else Draft(row.candidate_id, row.version, row.turn, row.content, row.saved_at)


def discard(session: Session, candidate_id: str, user: str, *, turn: int) -> None:
    """Throw a person's draft of an item away, with those that came with its reports. `turn` is as for `save`.

    Raises:
        Conflict: another window of the same person has saved since.
    """
    here = came_here(session, candidate_id)
    newest = _drafts(here, user).with_for_update().execution_options(populate_existing=True)
    row = session.scalars(newest).first()
    if row is not None and row.turn != turn:
        raise _typed_elsewhere()
    forget(session, here, by=user)


def forget(session: Session, candidate_ids: Collection[str], *, by: str | None = None) -> None:
    """Throw everybody's drafts of these items away, or one person's: they are decided, or this one has read them."""
    theirs = StoredDraft.user_name == by if by else true()
    session.execute(delete(StoredDraft).where(StoredDraft.candidate_id.in_(candidate_ids), theirs))


def _drafts(here: Sequence[str], user: str) -> Select[StoredDraft]:
    """A person's drafts of these items: that of the first comes first, then the newest."""
    query = select(StoredDraft).where(StoredDraft.candidate_id.in_(here), StoredDraft.user_name == user)
    return query.order_by(StoredDraft.candidate_id != here[0], StoredDraft.saved_at.desc())


def _typed_elsewhere() -> Conflict:
    return Conflict(
        "you typed on this item in another window too: reload to see that draft, or go on there; "
        "what stands here is not kept"
    )

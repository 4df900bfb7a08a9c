"""What monitors write beside an item for each other: notes, and questions for a second opinion."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from codebook.errors import BadInput, Conflict, StoreError
from store import audit
from store.curation import database_time
from store.moved import came_here
from store.questions import waits_for_answer
from store.review_queue import open_candidate, refuse_other_lease, release
from store.schema import Candidate, Note

LONGEST = 4000
"""Characters of a note."""


def write(session: Session, candidate_id: str, by: str, text: str) -> bool:
    """Keep a note with a candidate. It answers the open questions of others there, also those that came with its
    reports; whether there were any. Who answered gives the item back: it is for the asker now.

    Raises:
        BadInput: it is empty or too long.
        StoreError: there is no such candidate.
    """
    if session.get(Candidate, candidate_id) is None:
        raise StoreError("there is no candidate %(id)s: go back to the queue", id=candidate_id)
    _add(session, candidate_id, by, text, "note")
    here = came_here(session, candidate_id)
    answered = session.scalars(
        update(Note)
        .where(Note.candidate_id.in_(here), Note.kind == "question", Note.by != by, Note.answered_at.is_(None))
        .values(answered_at=database_time(session))
        .returning(Note.id)
    ).all()
    if answered:
        release(session, candidate_id, by)
    return bool(answered)


def ask(session: Session, candidate_id: str, by: str, text: str) -> Note:
    """Ask colleagues for a second opinion: the item leaves the asker's queue until somebody else has written there.

    Raises:
        BadInput: the question is empty or too long.
        Conflict: the item is decided, somebody else holds it, or the asker waits for an answer there already.
    """
    candidate = open_candidate(session, candidate_id)
    refuse_other_lease(session, candidate, by)
    if session.scalar(select(waits_for_answer(by)).where(Candidate.id == candidate_id)):
        raise Conflict("you have asked about this item already: wait for the answer, or decide")
    note = _add(session, candidate_id, by, text, "question")
    audit.record(session, by, "ask", ("candidate", candidate_id), after={"question": note.id})
    release(session, candidate_id, by)
    return note


def notes_of(session: Session, candidate_ids: Sequence[str]) -> Sequence[Note]:
    """The notes beside these candidates, the oldest first."""
    return session.scalars(select(Note).where(Note.candidate_id.in_(candidate_ids)).order_by(Note.id)).all()


def answers_to(notes: Sequence[Note], user: str) -> Sequence[Note]:
    """Of the notes beside an item, the person's first answered question and what was written there since; empty where
    nobody has answered them."""
    asked = (place for place, note in enumerate(notes) if note.by == user and note.answered_at is not None)
    first = next(asked, None)
    return () if first is None else notes[first:]


def _add(session: Session, candidate_id: str, by: str, text: str, kind: str) -> Note:
    if not text:
        if kind == "note":
            raise BadInput("form", kind, "", "write the note before you send it")
        raise BadInput("form", kind, "", "write the question before you send it")
    if len(text) > LONGEST:
        raise BadInput("form", kind, f"{len(text):,} characters", "shorten it to %(most)s", most=f"{LONGEST:,}")
    note = Note(candidate_id=candidate_id, by=by, kind=kind, text=text)
    session.add(note)
    session.flush()
    return note

"""Which candidates somebody asked about: they leave the queue of who asked, and are marked for everybody else."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from store.schema import Candidate, Note


def waits_for_answer(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: this person asked something there, and nobody has answered."""
    return exists().where(*_open_question(), Note.by == user)


def asked_by_others(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: somebody else asks for this person's opinion there."""
    return exists().where(*_open_question(), Note.by != user)


def _open_question() -> tuple[ColumnElement[bool], ...]:
    return (Note.candidate_id == Candidate.id, Note.kind == "question", Note.answered_at.is_(None))

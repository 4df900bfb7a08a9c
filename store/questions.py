"""Which candidates somebody asked about: they leave the queue of who asked, and are marked for everybody else."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Subquery, exists, func, select

from store.schema import Candidate, Note


def waits_for_answer(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: this person asked something there, and nobody has answered."""
    return exists().where(*_open_question(), Note.by == user)


def askers() -> Subquery:
    """By `candidate_id`, the `names` of those who wait for an answer there."""
    names = func.array_agg(Note.by.distinct()).label("names")
    waiting = select(Note.candidate_id, names).where(Note.kind == "question", Note.answered_at.is_(None))
    return waiting.group_by(Note.candidate_id).subquery()


def asked_by_others(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: somebody else asks for this person's opinion there."""
    return exists().where(*_open_question(), Note.by != user)


def answered(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: this person asked something there, and somebody has answered all of it."""
    asked = exists().where(*_question(), Note.by == user, Note.answered_at.is_not(None))
    return asked & ~waits_for_answer(user)


def _open_question() -> tuple[ColumnElement[bool], ...]:
    return (*_question(), Note.answered_at.is_(None))


def _question() -> tuple[ColumnElement[bool], ...]:
    return (Note.candidate_id == Candidate.id, Note.kind == "question")

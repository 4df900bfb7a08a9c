"""Which candidates somebody asked about: they leave the queue of who asked, and are marked for everybody else.

A question goes with the reports it was asked about, also when another candidate has them now.
"""

from __future__ import annotations

from sqlalchemy import CTE, ColumnElement, Subquery, func, select

from store.moved import followed
from store.schema import Candidate, Note

OPEN = Note.answered_at.is_(None)


def waits_for_answer(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: this person asked something there, and nobody has answered."""
    return _is_among(_questions(OPEN, Note.by == user))


def askers() -> Subquery:
    """By `candidate_id`, the `names` of those who wait for an answer there."""
    asked = _questions(OPEN)
    names = func.array_agg(asked.c.by.distinct()).label("names")
    return select(asked.c.candidate_id, names).group_by(asked.c.candidate_id).subquery()


def asked_by_others(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: somebody else asks for this person's opinion there."""
    return _is_among(_questions(OPEN, Note.by != user))


def answered(user: str) -> ColumnElement[bool]:
    """A condition on `Candidate`: this person asked something there, and somebody has answered all of it."""
    return _is_among(_questions(~OPEN, Note.by == user)) & ~waits_for_answer(user)


def _questions(*which: ColumnElement[bool]) -> CTE:
    return followed(select(Note.candidate_id, Note.by).where(Note.kind == "question", *which))


def _is_among(asked: CTE) -> ColumnElement[bool]:
    return Candidate.id.in_(select(asked.c.candidate_id))

"""What the linker does not dare to join it suggests, with reasons, and never what people parted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from linking.weights import weights
from store.alike import possible_same
from store.schema import CandidateLink
from tests.pipeline.stages import people
from tests.pipeline.stages.line import SHOOTING, Line, article

VAGUE: list[dict[str, Any]] = [
    {"incident_type": "public_dispute", "jurisdiction": "RS"},
    {"incident_type": "suicide", "jurisdiction": "RS"},
    {"incident_type": "suicide", "jurisdiction": "RS", "weapons": ["automatic"]},
    SHOOTING | {"date": "2025-03-05", "victims": [{"sex": "female", "age": 51, "outcome": "killed"}]},
]
"""Reports of which one says too little to be joined with `SHOOTING`, and enough to ask: which, the weights tell."""


@pytest.fixture
def asked(line: Line) -> tuple[str, str]:
    """Two items of one report each that the linker asks about."""
    line.tell(article("a", SHOOTING))
    a = people.place(line, "a-0")
    for minutes, told in enumerate(VAGUE):
        line.tell(article("b", told, minutes=minutes))
        if suggestions(line, a):
            return a, people.place(line, "b-0")
    pytest.fail("the linker joins all of these, or asks about none")


def suggestions(line: Line, candidate: str) -> dict[str, tuple[str, ...]]:
    with line.database.session() as session:
        scores = session.scalars(select(CandidateLink.score)).all()
        assert all(weights().suggest <= score for score in scores)
        return {one.candidate.id: one.reasons for one in possible_same(session, candidate)}


def test_two_items_that_may_be_one_are_suggested_to_each_other_with_reasons(line: Line, asked: tuple[str, str]) -> None:
    a, b = asked
    assert suggestions(line, a).keys() == {b}
    assert suggestions(line, b).keys() == {a}
    assert suggestions(line, a)[b]
    line.approve(next(c for c in line.candidates() if c.id == a))
    assert suggestions(line, b).keys() == {a}, "an approved incident may be the same as well"
    people.undo_decision(line, a)
    line.reject(next(c for c in line.candidates() if c.id == a), "duplicate")
    assert suggestions(line, b) == {}, "what was rejected is no event"


def test_what_was_parted_or_merged_is_not_suggested_until_that_is_undone(line: Line, asked: tuple[str, str]) -> None:
    a, b = asked
    for act in (people.not_same, people.merge):
        done = act(line, a, b)
        assert suggestions(line, a) == {}
        line.tell(article("a", SHOOTING, title=act.__name__, minutes=done.decision))
        assert suggestions(line, a) == {}, "nor when a report is told anew"
        people.undo(line, done.decision)
        assert suggestions(line, a).keys() == {b}


def test_a_report_that_no_longer_tells_it_takes_its_suggestions_along(line: Line, asked: tuple[str, str]) -> None:
    _, b = asked
    line.tell(article("a", minutes=5))
    assert suggestions(line, b) == {}

"""What people wrote beside an item is there where its reports have moved, and back again when they move back."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.errors import Conflict
from store import drafts, notes
from store.questions import answered, asked_by_others, waits_for_answer
from store.queue_facets import cube, facets
from store.queue_filter import QueueFilter
from store.review_queue import lease, release
from store.schema import Candidate
from store.users import add_user
from tests.pipeline.stages import people
from tests.pipeline.stages.line import ELSEWHERE, SHOOTING, Line, article

TYPED = {"comment": "typed"}


@pytest.fixture
def line(line: Line) -> Line:
    with line.database.session() as session:
        for name in ("boro", "vera"):
            add_user(session, name, "monitor", by="test")
    return line


@pytest.fixture
def item(line: Line) -> str:
    """An item of one report; a report `a` of the same gives the item another id."""
    line.tell(article("b", SHOOTING))
    return line.candidate("open").id


@pytest.fixture
def two(line: Line) -> tuple[str, str]:
    """Two items of one report each."""
    line.tell(article("a", SHOOTING), article("c", SHOOTING | ELSEWHERE | {"incident_type": "suicide"}))
    return people.place(line, "a-0"), people.place(line, "c-0")


def moved(line: Line, item: str) -> str:
    """The item that has the reports of this one when another report has come."""
    line.tell(article("a", SHOOTING))
    heir = line.candidate("open").id
    assert heir != item
    return heir


def type_on(line: Line, candidate: str, who: str = "ana", turn: int = 0) -> None:
    with line.database.session() as session:
        seen = session.get_one(Candidate, candidate).version
        drafts.save(session, candidate, who, version=seen, turn=turn, content=TYPED)


def draft(line: Line, candidate: str, who: str = "ana") -> drafts.Draft | None:
    with line.database.session() as session:
        return drafts.draft_of(session, candidate, who)


def waiting_for_an_answer(line: Line, who: str) -> list[str]:
    with line.database.session() as session:
        query = select(Candidate.id).where(waits_for_answer(who), Candidate.state == "open")
        return list(session.scalars(query.order_by(Candidate.id)))


def ask(session: Session, candidate: str) -> None:
    notes.ask(session, candidate, "ana", "Dispute or robbery?")


def test_a_report_that_renames_the_item_leaves_the_draft_to_its_writer(line: Line, item: str) -> None:
    type_on(line, item)
    heir = moved(line, item)
    found = draft(line, heir)
    assert found is not None
    assert (found.content, found.candidate) == (TYPED, item)
    type_on(line, heir, turn=found.turn)
    again = draft(line, heir)
    assert again is not None
    assert (again.candidate, again.turn) == (heir, found.turn + 1)
    with line.database.session() as session:
        drafts.discard(session, heir, "ana", turn=again.turn)
    assert draft(line, heir) is None, "what came along does not come up again"


def test_a_draft_that_came_along_is_ended_by_the_decision(line: Line, item: str) -> None:
    type_on(line, item)
    heir = moved(line, item)
    line.approve(line.candidate("open"))
    assert draft(line, heir) is None
    assert draft(line, item) is None


def test_undoing_a_merge_gives_each_item_its_draft_back(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    type_on(line, other)
    done = people.merge(line, into, other)
    assert draft(line, into) is not None
    people.undo(line, done.decision)
    assert draft(line, into) is None
    found = draft(line, other)
    assert found is not None
    assert found.candidate == other


def test_a_question_goes_with_the_reports_and_is_answered_there(line: Line, item: str) -> None:
    with line.database.session() as session:
        ask(session, item)
    heir = moved(line, item)
    assert waiting_for_an_answer(line, "ana") == [heir]
    with line.database.session() as session:
        counted = cube(session)
        assert [facets(counted, None, QueueFilter(), who).waiting for who in ("ana", "boro")] == [0, 1]
        assert session.scalars(select(Candidate.id).where(asked_by_others("boro"), Candidate.state == "open")).all()
        with pytest.raises(Conflict, match="you have asked about this item already"):
            ask(session, heir)
    with line.database.session() as session:
        assert notes.write(session, heir, "boro", "Robbery.")
    assert waiting_for_an_answer(line, "ana") == []
    with line.database.session() as session:
        told = session.scalars(select(Candidate.id).where(answered("ana"), Candidate.state == "open")).all()
    assert told == [heir]


def test_undoing_a_merge_leaves_the_question_where_it_was_asked(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    with line.database.session() as session:
        ask(session, other)
    before = people.state(line)
    done = people.merge(line, into, other)
    assert waiting_for_an_answer(line, "ana") == [into]
    people.undo(line, done.decision)
    assert waiting_for_an_answer(line, "ana") == [other]
    assert people.state(line) == before


def test_who_holds_an_item_holds_the_one_its_reports_move_to(line: Line, item: str) -> None:
    with line.database.session() as session:
        lease(session, item, "ana")
    heir = moved(line, item)
    with line.database.session() as session:
        assert session.get_one(Candidate, heir).lease_owner == "ana"
        assert session.get_one(Candidate, item).lease_owner is None


def run_out(session: Session, candidate: str) -> None:
    row = session.get_one(Candidate, candidate)
    assert row.lease_until is not None
    row.lease_until -= dt.timedelta(hours=1)


def test_a_lease_that_ran_out_does_not_keep_the_other_from_being_handed_over(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    with line.database.session() as session:
        lease(session, into, "vera")
        run_out(session, into)
        lease(session, other, "ana")
    people.merge(line, into, other)
    with line.database.session() as session:
        row = session.get_one(Candidate, into)
        assert (row.lease_owner, row.lease_from) == ("ana", None)
        lease(session, into, "ana")


def test_a_lease_that_ran_out_is_not_handed_over(line: Line, item: str) -> None:
    with line.database.session() as session:
        lease(session, item, "ana")
        run_out(session, item)
    heir = moved(line, item)
    with line.database.session() as session:
        assert session.get_one(Candidate, heir).lease_owner is None
        lease(session, heir, "boro")
        release(session, heir, "boro")

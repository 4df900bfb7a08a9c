"""Decisions taken back: what was rejected reopens, what was published is withdrawn or put back, the chain unbroken."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from codebook.errors import Conflict, StoreError
from codebook.events import IncidentPublished
from store.grouping import redirect
from store.imports import import_incidents
from store.incidents import IncidentQuery, count, incident
from store.schema import AuditEntry, Candidate, OutboxMessage
from tests.pipeline.stages import people
from tests.pipeline.stages.line import ELSEWHERE, FETCHED, IN_BOSNIA, KILLED, SHOOTING, Line, article


def published(line: Line) -> list[tuple[str, bool]]:
    """What left for the bus of incidents: keys, and whether each is a tombstone."""
    with line.database.session() as session:
        query = select(OutboxMessage).where(OutboxMessage.topic == IncidentPublished.topic).order_by(OutboxMessage.id)
        messages = session.scalars(query).all()
    assert len({message.event_id for message in messages}) == len(messages)
    return [(message.key, message.value is None) for message in messages]


def an_update(line: Line, id_: str = "b") -> str:
    line.tell(article(id_, SHOOTING | KILLED, published=FETCHED + dt.timedelta(hours=2)))
    update = line.candidate("open")
    assert update.kind == "update"
    return update.id


def test_a_rejection_undone_restores_every_row(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING))
    before = people.state(line, leases=False)
    candidate = line.candidate("open")
    for _ in range(2):
        line.reject(line.candidate("open"), "duplicate")
        assert people.undo_decision(line, candidate.id) == candidate.id
        assert people.state(line, leases=False) == before
    reopened = line.candidate("open")
    assert reopened.lease_owner == "ana"
    assert reopened.version > candidate.version, "a page from before is out of date"
    with line.database.session() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["reject", "undo reject"] * 2


def test_an_approval_undone_withdraws_the_incident_and_restores_every_row(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING))
    before = people.state(line, leases=False)
    candidate = line.candidate("open")
    made = line.approve(candidate)
    assert people.undo_decision(line, candidate.id) == candidate.id
    assert people.state(line, leases=False) == before
    assert people.curated(line) == []
    with line.database.session() as session:
        assert count(session, IncidentQuery()) == 0
        assert incident(session, made.id) is not None, "it stays for the record"
    again = line.approve(line.candidate("open"), weapons=["automatic"])
    assert (again.id, again.revision, again.weapons) == (made.id, 3, ("automatic",))
    assert published(line) == [(made.id, False), (made.id, True), (made.id, False)]
    people.chains_are_whole(line.database)
    people.undo_decision(line, candidate.id)
    people.chains_are_whole(line.database)
    assert published(line)[-1] == (made.id, True)


def test_an_update_undone_is_a_revision_with_the_facts_and_articles_of_before(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    first = line.candidate("open")
    line.approve(first, weapons=["automatic"])
    update = an_update(line)
    before, curated = people.state(line, leases=False), people.curated(line)
    revised = line.approve(line.candidate("open"))
    assert (revised.revision, revised.articles) == (2, ("a", "b"))
    with pytest.raises(Conflict, match=r"was changed since, by ana on .* \(update approved as proposed\)"):
        people.undo_decision(line, first.id)
    assert people.undo_decision(line, update) == update
    assert people.curated(line) == curated
    after = people.state(line, leases=False)
    [stands] = [c for c in after["candidates"] if c["id"] == first.id]
    assert stands.pop("revision") == 3, "the first approval answers for the incident again"
    [stood] = [c for c in before["candidates"] if c["id"] == first.id]
    assert stood.pop("revision") == 1
    assert after == before
    people.chains_are_whole(line.database)
    again = line.approve(line.candidate("open"))
    assert (again.revision, again.articles) == (4, ("a", "b"))
    people.undo_decision(line, update)
    assert people.undo_decision(line, first.id) == first.id
    assert people.whereabouts(line.database) == {first.id: ["a-0", "b-0"]}, "the update is a report like any other"
    people.chains_are_whole(line.database)
    assert [tombstone for _, tombstone in published(line)] == [False] * 5 + [True]


def test_reports_that_came_since_stay_where_they_belong(line: Line) -> None:
    line.tell(article("b", SHOOTING), article("x", SHOOTING | ELSEWHERE))
    candidate = people.place(line, "b-0")
    line.approve(next(c for c in line.candidates() if c.id == candidate))
    line.tell(article("a", SHOOTING), article("c", SHOOTING | ELSEWHERE))
    assert people.place(line, "a-0") == candidate, "it told nothing new"
    now = people.undo_decision(line, candidate)
    assert people.whereabouts(line.database) == {now: ["a-0", "b-0"], people.place(line, "x-0"): ["c-0", "x-0"]}
    with line.database.session() as session:
        assert redirect(session, candidate) == now
        assert session.get_one(Candidate, now).lease_owner == "ana", "who reopened it holds it"


def test_a_rejected_event_that_came_again_is_one_item_when_it_reopens(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    rejected = line.candidate("open")
    line.reject(rejected, "duplicate")
    line.tell(article("b", SHOOTING))
    fresh = line.candidate("open")
    assert people.undo_decision(line, rejected.id) == rejected.id
    assert people.whereabouts(line.database) == {rejected.id: ["a-0", "b-0"]}
    assert line.candidate("superseded").id == fresh.id


def test_a_rejected_report_of_what_was_approved_since_goes_to_the_incident(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    rejected = line.candidate("open")
    line.reject(rejected, "duplicate")
    line.tell(article("b", SHOOTING))
    approved = line.candidate("open")
    line.approve(approved)
    assert people.undo_decision(line, rejected.id) == approved.id
    assert people.whereabouts(line.database) == {approved.id: ["a-0", "b-0"]}


def test_a_rejected_update_reopens_as_the_update_it_was(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"))
    update = an_update(line)
    before = people.state(line, leases=False)
    line.reject(line.candidate("open"), "duplicate")
    line.tell(article("c", SHOOTING | {"weapons": ["automatic"]}))
    assert people.undo_decision(line, update) == update
    assert people.whereabouts(line.database)[update] == ["b-0", "c-0"]
    line.tell(article("c", minutes=5))
    assert people.state(line, leases=False) == before


def test_what_was_imported_since_is_not_undone(line: Line, tmp_path: Path) -> None:
    line.tell(article("a", SHOOTING))
    candidate = line.candidate("open")
    made = line.approve(candidate)
    file = tmp_path / "incidents.jsonl"
    file.write_text(made.model_copy(update={"place_type": "home"}).model_dump_json() + "\n", encoding="utf-8")
    with line.database.session() as session:
        assert import_incidents(session, file, "ana") == (1, 0)
    state = people.state(line), people.curated(line)
    with pytest.raises(Conflict, match=r"changed since, by ana on .*imported from incidents.jsonl") as raised:
        people.undo_decision(line, candidate.id)
    assert "\n" not in str(raised.value)
    assert (people.state(line), people.curated(line)) == state
    people.chains_are_whole(line.database)


def test_an_import_that_puts_an_incident_elsewhere_takes_its_reports_along(line: Line, tmp_path: Path) -> None:
    line.tell(article("a", SHOOTING))
    made = line.approve(line.candidate("open"))
    update = an_update(line)
    file = tmp_path / "incidents.jsonl"
    file.write_text(made.model_copy(update=IN_BOSNIA).model_dump_json() + "\n", encoding="utf-8")
    with line.database.session() as session:
        assert import_incidents(session, file, "ana") == (1, 0)
    assert {candidate.jurisdiction for candidate in line.candidates()} == {"BA"}
    line.tell(article("c", SHOOTING | IN_BOSNIA | KILLED))
    assert people.whereabouts(line.database)[update] == ["b-0", "c-0"]


def test_an_import_brings_back_what_was_withdrawn(line: Line, tmp_path: Path) -> None:
    line.tell(article("a", SHOOTING))
    made = line.approve(line.candidate("open"))
    people.undo_decision(line, line.candidate("approved").id)
    file = tmp_path / "incidents.jsonl"
    file.write_text(made.model_dump_json() + "\n", encoding="utf-8")
    with line.database.session() as session:
        assert import_incidents(session, file, "ana") == (1, 0)
        assert count(session, IncidentQuery()) == 1
    people.chains_are_whole(line.database)


def test_where_there_is_nothing_to_undo_one_line_says_so(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING))
    candidate = line.candidate("open")
    with pytest.raises(Conflict, match="this item is open"):
        people.undo_decision(line, candidate.id)
    with pytest.raises(StoreError, match="no candidate"):
        people.undo_decision(line, "nowhere")


def test_an_approval_whose_report_tells_another_event_by_now_leaves_no_empty_item(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    candidate = line.candidate("open")
    line.approve(candidate)
    other = SHOOTING | ELSEWHERE | {"incident_type": "suicide", "date": "2025-03-09", "weapons": ["automatic"]}
    line.tell(article("a", other, minutes=5))
    line.reject(line.candidate("open"), "duplicate")
    people.undo_decision(line, candidate.id)
    assert line.candidates("open") == []
    assert people.curated(line) == []
    people.whereabouts(line.database)

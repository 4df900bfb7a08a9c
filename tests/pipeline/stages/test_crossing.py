"""Reports of one event that the reader put into two jurisdictions: people bring them together, and take that back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from codebook.errors import Conflict
from codebook.records import Article, Facts
from pipeline.stages.requeue import relink
from store import grouping, second_reading
from store.queue_lock import lock_queues
from store.review_rules import Rules, set_rules
from store.schema import Candidate, StoredMention
from store.users import add_user
from tests.pipeline.stages import people
from tests.pipeline.stages.line import ELSEWHERE, FETCHED, IN_BOSNIA, KILLED, SHOOTING, JsonReader, Line, article
from tests.pipeline.stages.test_deciding import during_the_link

THERE = SHOOTING | IN_BOSNIA
ANOTHER = THERE | ELSEWHERE | {"jurisdiction": "BA", "incident_type": "suicide", "date": "2025-03-06"}
NOWHERE: dict[str, Any] = {"incident_type": "public_dispute", "date": "2025-03-03", "date_precision": "day"}


@pytest.fixture
def two(line: Line) -> tuple[str, str]:
    """Two items in two jurisdictions, of two reports each, and in both another."""
    line.tell(article("a", SHOOTING), article("b", SHOOTING), article("c", THERE), article("d", THERE))
    line.tell(article("x", SHOOTING | ELSEWHERE | {"incident_type": "suicide"}), article("y", ANOTHER))
    return people.place(line, "a-0"), people.place(line, "c-0")


def lies_in(line: Line, candidate: str) -> tuple[str | None, str | None, str | None]:
    """Where a candidate lies, and the jurisdiction and place that it proposes."""
    with line.database.session() as session:
        row = session.get_one(Candidate, candidate)
        return row.jurisdiction, row.proposal["jurisdiction"], row.proposal["place"]


def reports(line: Line, candidate: str) -> list[str]:
    return people.whereabouts(line.database).get(candidate, [])


def read_anew(line: Line, **told: Any) -> None:
    """Let a newer reader read all articles and tell something besides of each mention."""

    class Surer(JsonReader):
        def read(self, article: Article) -> Any:
            reading = super().read(article)
            surer = [m.model_copy(update=told) for m in reading.mentions]
            return reading.model_copy(update={"mentions": tuple(surer)})

    line.read_with(Surer("json-2"))
    line.replay("read")
    line.flow()


def test_the_item_merged_into_decides_where_the_event_lies(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    done = people.merge(line, into, other)
    assert done.candidate == into
    assert reports(line, into) == ["a-0", "b-0", "c-0", "d-0"]
    assert lies_in(line, into) == ("RS", "RS", "Novi Pazar")
    with line.database.session() as session:
        assert grouping.redirect(session, other) == into
        assert session.get_one(StoredMention, "c-0").facts["place"] == "Zenica", "what it tells stays as it was read"


def merge(line: Line, two: tuple[str, str]) -> int:
    return people.merge(line, *two).decision


def merge_back(line: Line, two: tuple[str, str]) -> int:
    return people.merge(line, two[1], two[0]).decision


def move(line: Line, two: tuple[str, str]) -> int:
    return people.move(line, "a-0", two[1]).decision


def not_same(line: Line, two: tuple[str, str]) -> int:
    return people.not_same(line, *two).decision


ACTIONS = [merge, merge_back, move, not_same]


@pytest.mark.parametrize("act", ACTIONS)
def test_undoing_restores_every_row(line: Line, two: tuple[str, str], act: Callable[..., int]) -> None:
    before = people.state(line)
    for _ in range(2):
        decision = act(line, two)
        people.whereabouts(line.database)
        people.undo(line, decision)
        assert people.state(line) == before


@pytest.mark.parametrize("act", ACTIONS)
def test_what_people_said_holds_when_all_is_read_anew(
    line: Line, two: tuple[str, str], act: Callable[..., int]
) -> None:
    act(line, two)
    said = people.whereabouts(line.database)
    read_anew(line, time_of_day="night")
    assert people.whereabouts(line.database) == said
    read_anew(line, time_of_day="night")
    assert people.whereabouts(line.database) == said


def test_a_report_that_comes_meanwhile_goes_where_it_belongs(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    done = people.merge(line, into, other)
    line.tell(article("e", SHOOTING), article("f", THERE))
    assert reports(line, into) == ["a-0", "b-0", "c-0", "d-0", "e-0"]
    assert lies_in(line, people.place(line, "f-0"))[0] == "BA", "the linker stays within a jurisdiction"
    people.undo(line, done.decision)
    assert reports(line, into) == ["a-0", "b-0", "e-0"]
    assert {people.place(line, f"{name}-0") for name in "cdf"} == {people.place(line, "c-0")}
    assert lies_in(line, people.place(line, "c-0")) == ("BA", "BA", "Zenica")


def test_a_report_that_tells_no_more_goes_from_where_it_was_put(line: Line, two: tuple[str, str]) -> None:
    people.merge(line, *two)
    line.tell(article("c", minutes=5))
    assert reports(line, two[0]) == ["a-0", "b-0", "d-0"]


def test_what_is_split_off_lies_where_it_tells(line: Line, two: tuple[str, str]) -> None:
    before = people.state(line)
    merged = people.merge(line, *two)
    together = people.state(line)
    done = people.split(line, two[0], ["c-0", "d-0"])
    assert reports(line, two[0]) == ["a-0", "b-0"]
    assert reports(line, done.candidate) == ["c-0", "d-0"]
    assert lies_in(line, done.candidate) == ("BA", "BA", "Zenica")
    people.undo(line, done.decision)
    assert people.state(line) == together
    people.undo(line, merged.decision)
    assert people.state(line) == before


def test_reports_of_which_nobody_knows_where_go_with_the_others(line: Line, two: tuple[str, str]) -> None:
    line.tell(article("n", NOWHERE))
    nowhere = people.place(line, "n-0")
    assert lies_in(line, nowhere) == (None, None, None)
    before = people.state(line)
    done = people.merge(line, nowhere, two[1])
    assert reports(line, nowhere) == ["c-0", "d-0", "n-0"]
    assert lies_in(line, nowhere) == ("BA", "BA", "Zenica")
    people.undo(line, done.decision)
    assert people.state(line) == before


@pytest.mark.parametrize("approved", [0, 1])
def test_the_approved_one_of_the_two_decides(line: Line, two: tuple[str, str], approved: int) -> None:
    kept, gone = two[approved], two[1 - approved]
    incident = line.approve(next(c for c in line.candidates() if c.id == kept))
    before = people.state(line)
    done = people.merge(line, *two)
    assert reports(line, kept) == people.whereabouts(line.database)[kept]
    assert people.place(line, "a-0" if approved else "c-0") == done.candidate
    assert lies_in(line, done.candidate)[0] == incident.jurisdiction
    with line.database.session() as session:
        assert session.get_one(Candidate, done.candidate).incident_id == incident.id
        assert grouping.redirect(session, gone) == done.candidate
    people.undo(line, done.decision)
    assert people.state(line) == before


def test_a_report_moved_from_an_update_leaves_the_incident_it_is_said_not_to_tell(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"))
    line.tell(article("b", SHOOTING | KILLED, published=FETCHED.replace(hour=20)), article("c", THERE))
    update, target = people.place(line, "b-0"), people.place(line, "c-0")
    before = people.state(line)
    done = people.move(line, "b-0", target)
    assert done.candidate == target
    assert people.whereabouts(line.database) == {people.place(line, "a-0"): ["a-0"], target: ["b-0", "c-0"]}
    assert lies_in(line, target) == ("BA", "BA", "Zenica")
    with line.database.session() as session:
        moved = session.get_one(Candidate, target)
        assert (moved.kind, moved.incident_id) == ("new", None)
        assert session.get_one(Candidate, update).superseded_by == target
    people.undo(line, done.decision)
    assert people.state(line) == before


def test_a_report_split_from_an_update_elsewhere_is_an_item_where_it_tells(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING))
    line.approve(line.candidate("open"), **IN_BOSNIA)
    line.tell(article("b", SHOOTING | KILLED, minutes=5))
    done = people.split(line, line.candidate("open").id, ["b-0"])
    assert people.whereabouts(line.database)[done.candidate] == ["b-0"]
    assert lies_in(line, done.candidate) == ("RS", "RS", "Novi Pazar")
    assert line.candidate("open").incident_id is None


def test_a_corrected_approval_takes_the_item_to_the_incident(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    item = line.candidate("open")
    before = people.state(line, leases=False)
    incident = line.approve(item, **IN_BOSNIA)
    assert line.candidate("approved").jurisdiction == "BA"
    people.whereabouts(line.database)
    line.tell(article("c", THERE | KILLED, published=FETCHED.replace(hour=20)))
    update = line.candidate("open")
    assert (update.kind, update.incident_id, update.jurisdiction) == ("update", incident.id, "BA")
    line.tell(article("c", minutes=9))
    people.undo_decision(line, item.id)
    assert people.state(line, leases=False) == before


def test_undoing_a_corrected_approval_leaves_the_others_where_they_tell(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    item = line.candidate("open")
    line.approve(item, **IN_BOSNIA)
    line.tell(article("b", THERE))
    assert people.place(line, "b-0") == item.id, "it tells nothing new"
    line.tell(article("c", THERE | KILLED, published=FETCHED.replace(hour=20)))
    people.undo_decision(line, item.id)
    assert reports(line, item.id) == ["a-0"]
    assert lies_in(line, item.id) == ("RS", "RS", "Novi Pazar")
    assert people.place(line, "b-0") == people.place(line, "c-0")
    assert lies_in(line, people.place(line, "b-0")) == ("BA", "BA", "Zenica")


def test_an_update_can_take_the_whole_incident_elsewhere_and_back(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"))
    line.tell(article("b", SHOOTING | KILLED))
    update = line.candidate("open")
    before = people.state(line, leases=False)
    line.approve(update, **IN_BOSNIA)
    assert {c.jurisdiction for c in line.candidates()} == {"BA"}
    people.whereabouts(line.database)
    people.undo_decision(line, update.id)
    after = people.state(line, leases=False)
    revision = {"revision"}  # that of the incident goes on
    for rows in (before, after):
        rows["candidates"] = [{k: v for k, v in row.items() if k not in revision} for row in rows["candidates"]]
    assert after == before


def test_a_rewritten_report_stays_with_its_corrected_incident(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"), **IN_BOSNIA)
    line.tell(article("a", SHOOTING | KILLED, minutes=5))
    update = line.candidate("open")
    assert (update.kind, update.jurisdiction) == ("update", "BA")
    assert update.proposal["place"] == "Zenica"
    line.tell(article("a", SHOOTING | KILLED | IN_BOSNIA, minutes=9))
    assert line.candidate("open").id == update.id
    people.whereabouts(line.database)


def test_two_readers_who_agree_take_it_there(line: Line) -> None:
    with line.database.session() as session:
        add_user(session, "boro", "monitor", by="test")
        set_rules(session, Rules(second_fatal=True), by="ana")
    line.tell(article("a", SHOOTING | KILLED))
    item = line.candidate("open")
    facts = Facts.model_validate(item.proposal | IN_BOSNIA)
    for who in ("ana", "boro"):
        with line.database.session() as session:
            second_reading.approve(session, item.id, version=item.version, by=who, facts=facts)
    assert line.candidate("approved").jurisdiction == "BA"


@pytest.mark.parametrize("rewritten", ["a", "c"])
def test_the_linker_at_work_on_either_comes_first_or_after(
    line: Line, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, rewritten: str
) -> None:
    outcome: list[str] = []

    def cross() -> None:
        try:
            people.merge(line, *two)
            outcome.append("merged")
        except Conflict:
            outcome.append("conflict")

    told = (SHOOTING if rewritten == "a" else THERE) | KILLED
    thread = during_the_link(line, monkeypatch, cross)
    line.tell(article(rewritten, told, minutes=5))
    thread.join(30)
    assert outcome == ["conflict"]
    assert people.merge(line, *two).candidate == two[0]
    assert reports(line, two[0]) == ["a-0", "b-0", "c-0", "d-0"]


def test_a_link_that_waited_finds_the_report_where_it_was_put_meanwhile(line: Line, two: tuple[str, str]) -> None:
    line.crawl(article("c", THERE | KILLED, minutes=5))
    line.flow("read")
    with line.database.session() as session:
        lock_queues(session, ["BA", "RS"])
        linking = threading.Thread(target=lambda: line.flow("link"))
        linking.start()
        linking.join(0.5)
        seen = {id_: session.get_one(Candidate, id_).version for id_ in two}
        grouping.merge(session, *two, versions=seen, by="ana", relink=relink)
    linking.join(30)
    assert reports(line, two[0]) == ["a-0", "b-0", "c-0", "d-0"]
    assert lies_in(line, two[0]) == ("RS", "RS", "Novi Pazar")

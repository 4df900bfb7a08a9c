"""Merge, split, move, not the same: they hold whatever comes, and their undoing restores what was, row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from codebook.errors import Conflict, StoreError
from codebook.records import Article, Facts
from pipeline.stages.requeue import relink
from store import grouping, second_reading
from store.review_queue import lease
from store.review_rules import Rules, set_rules
from store.schema import AuditEntry, Candidate
from store.users import add_user
from tests.pipeline.stages import people
from tests.pipeline.stages.line import ELSEWHERE, FETCHED, IN_BOSNIA, KILLED, SHOOTING, JsonReader, Line, article

OTHER = SHOOTING | ELSEWHERE | {"incident_type": "suicide"}
"""Another event, which the linker joins with no shooting."""


@pytest.fixture
def two(line: Line) -> tuple[str, str]:
    """Two events, of two reports and of one."""
    line.tell(article("a", SHOOTING), article("b", SHOOTING), article("c", OTHER))
    return people.place(line, "a-0"), people.place(line, "c-0")


def read_anew(line: Line) -> None:
    """Let a newer reader read all articles, and tell each mention with other evidence of certainty."""

    class Surer(JsonReader):
        def read(self, article: Article) -> Any:
            reading = super().read(article)
            surer = [m.model_copy(update={"time_of_day": "night"}) for m in reading.mentions]
            return reading.model_copy(update={"mentions": tuple(surer)})

    line.read_with(Surer("json-2"))
    line.replay("read")
    line.flow()


def test_an_article_tells_two_events_and_each_event_has_two_articles(line: Line) -> None:
    line.tell(article("a", SHOOTING, OTHER), article("b", SHOOTING), article("c", OTHER))
    shooting, other = people.place(line, "a-0"), people.place(line, "a-1")
    assert people.whereabouts(line.database) == {shooting: ["a-0", "b-0"], other: ["a-1", "c-0"]}
    incidents = [line.approve(next(c for c in line.candidates() if c.id == id_)) for id_ in (shooting, other)]
    assert [incident.articles for incident in incidents] == [("a", "b"), ("a", "c")]


def test_a_merge_keeps_the_one_and_the_other_leads_to_it(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    done = people.merge(line, into, other)
    assert done.candidate == into
    assert people.whereabouts(line.database) == {into: ["a-0", "b-0", "c-0"]}
    with line.database.session() as session:
        assert grouping.redirect(session, other) == into
        assert grouping.redirect(session, into) == into
        [decision] = grouping.decisions_in(session, into)
        assert (decision.id, decision.kind, decision.by) == (done.decision, "merge", "ana")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "merge")).one()
        assert entry.before == {"candidates": {into: ["a-0", "b-0"], other: ["c-0"]}}
        assert entry.after == {"candidates": {into: ["a-0", "b-0", "c-0"]}, "decision": done.decision}


def merge_back(line: Line, two: tuple[str, str]) -> int:
    return people.merge(line, two[1], two[0]).decision


def merge(line: Line, two: tuple[str, str]) -> int:
    return people.merge(line, *two).decision


def split(line: Line, two: tuple[str, str]) -> int:
    return people.split(line, two[0], ["a-0"]).decision


def move(line: Line, two: tuple[str, str]) -> int:
    return people.move(line, "a-0", two[1]).decision


def move_the_last(line: Line, two: tuple[str, str]) -> int:
    return people.move(line, "c-0", two[0]).decision


def not_same(line: Line, two: tuple[str, str]) -> int:
    return people.not_same(line, *two).decision


ACTIONS = [merge, merge_back, split, move, move_the_last, not_same]


@pytest.mark.parametrize("act", ACTIONS)
def test_undoing_restores_every_row(line: Line, two: tuple[str, str], act: Callable[..., int]) -> None:
    before = people.state(line)
    for _ in range(2):  # also when it is done again
        decision = act(line, two)
        acted = people.whereabouts(line.database)
        people.undo(line, decision, by="ana")
        assert people.state(line) == before
        with pytest.raises(Conflict, match="ana has undone this already"):
            people.undo(line, decision)
    assert people.state(line) == before
    assert acted != people.whereabouts(line.database) or act is not_same


@pytest.mark.parametrize("act", ACTIONS)
def test_what_people_said_holds_when_reports_come_and_when_all_is_read_anew(
    line: Line, two: tuple[str, str], act: Callable[..., int]
) -> None:
    act(line, two)
    said = people.whereabouts(line.database)
    line.tell(article("d", SHOOTING), article("e", OTHER))
    assert _of_old(people.whereabouts(line.database)) == said
    read_anew(line)
    assert _of_old(people.whereabouts(line.database)) == said


def _of_old(whereabouts: dict[str, list[str]]) -> dict[str, list[str]]:
    """Where the reports `a` to `c` are."""
    old = {id_: [m for m in mentions if m < "d"] for id_, mentions in whereabouts.items()}
    return {id_: mentions for id_, mentions in old.items() if mentions}


def test_the_order_of_decisions_undone_does_not_matter_for_what_is_left(line: Line, two: tuple[str, str]) -> None:
    line.tell(article("d", SHOOTING | IN_BOSNIA))
    before = people.state(line)
    first = people.split(line, two[0], ["b-0"])
    between = people.state(line)
    second = people.merge(line, first.candidate, two[1])
    people.undo(line, second.decision)
    assert people.state(line) == between
    again = people.merge(line, first.candidate, two[1])
    people.undo(line, first.decision)
    assert set(map(tuple, people.whereabouts(line.database).values())) == {("a-0", "b-0", "c-0"), ("d-0",)}
    people.undo(line, again.decision)
    assert people.state(line) == before


def test_a_report_that_came_meanwhile_stays_where_it_belongs(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    done = people.merge(line, into, other)
    line.tell(article("d", OTHER), article("e", SHOOTING))
    assert people.whereabouts(line.database) == {into: ["a-0", "b-0", "c-0", "d-0", "e-0"]}
    people.undo(line, done.decision)
    assert people.whereabouts(line.database) == {into: ["a-0", "b-0", "e-0"], other: ["c-0", "d-0"]}


def test_a_later_word_on_the_same_reports_is_undone_first(line: Line, two: tuple[str, str]) -> None:
    first = people.merge(line, *two)
    second = people.split(line, two[0], ["c-0"])
    with pytest.raises(Conflict, match="ana has split these reports since") as raised:
        people.undo(line, first.decision)
    assert "\n" not in str(raised.value)
    people.undo(line, second.decision)
    people.undo(line, first.decision)


def test_what_was_decided_since_is_undone_first(line: Line, two: tuple[str, str]) -> None:
    before = people.state(line, leases=False)
    done = people.merge(line, *two)
    line.approve(line.candidate("open"))
    with pytest.raises(Conflict, match=r"ana approved this item on .* undo that first"):
        people.undo(line, done.decision)
    people.undo_decision(line, two[0])
    people.undo(line, done.decision)
    assert people.state(line, leases=False) == before


def test_a_merge_into_an_approved_incident_is_an_update_or_joins_in_silence(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    incident = line.approve(next(c for c in line.candidates() if c.id == into))
    line.tell(article("d", {"incident_type": "public_dispute", "jurisdiction": "RS"}))
    silent = people.place(line, "d-0")
    before = people.state(line)
    update = people.merge(line, other, into)
    with line.database.session() as session:
        [found] = [c for c in line.candidates("open") if c.id == update.candidate]
        assert (found.kind, found.incident_id) == ("update", incident.id)
        assert grouping.redirect(session, other) == update.candidate
    people.undo(line, update.decision)
    assert people.state(line) == before
    joined = people.merge(line, into, silent)
    assert joined.candidate == into
    assert people.place(line, "d-0") == into
    people.undo(line, joined.decision)
    assert people.state(line) == before


@pytest.mark.parametrize("like", [OTHER, OTHER | KILLED])
def test_a_merge_into_an_approved_incident_is_undone_with_what_came_after_it(
    line: Line, two: tuple[str, str], like: dict[str, Any]
) -> None:
    into, other = two
    line.approve(next(c for c in line.candidates() if c.id == into))
    line.tell(article("silent", SHOOTING))
    done = people.merge(line, other, into)
    line.tell(article("d", like), article("new", SHOOTING | KILLED, published=FETCHED + dt.timedelta(hours=2)))
    people.undo(line, done.decision)
    update = people.place(line, "new-0")
    places = {into: ["a-0", "b-0", "silent-0"], other: ["c-0", "d-0"], update: ["new-0"]}
    assert people.whereabouts(line.database) == places
    assert [c.incident_id is None for c in line.candidates("open") if c.id in (other, update)].count(True) == 1


def test_an_update_that_does_not_tell_of_the_incident_becomes_an_item_of_its_own(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    approved = line.candidate("open")
    line.approve(approved)
    line.tell(article("b", SHOOTING | KILLED, published=FETCHED + dt.timedelta(hours=2)))
    update = line.candidate("open")
    assert update.kind == "update"
    before = people.state(line)
    acts: list[Callable[[], grouping.Grouped]] = [
        lambda: people.not_same(line, update.id, approved.id),
        lambda: people.split(line, update.id, ["b-0"]),
    ]
    for act in acts:
        done = act()
        fresh = line.candidate("open")
        assert (fresh.id, fresh.kind, fresh.incident_id) == (done.candidate, "new", None)
        line.tell(article("c", SHOOTING | KILLED, published=FETCHED + dt.timedelta(hours=3)))
        assert people.place(line, "b-0") == fresh.id
        line.tell(article("c", minutes=1))
        people.undo(line, done.decision)
        assert people.state(line) == before


def test_what_cannot_be_is_one_clear_line(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    complaints: list[tuple[Callable[[], object], str]] = [
        (lambda: people.merge(line, into, into), "one item already"),
        (lambda: people.split(line, into, ["a-0", "b-0"]), "not all"),
        (lambda: people.split(line, into, []), "choose first the reports"),
        (lambda: people.split(line, into, ["c-0"]), "of this item"),
        (lambda: people.move(line, "a-0", into), "one item already"),
    ]
    for act, line_of in complaints:
        with pytest.raises(Conflict, match=line_of):
            act()
    with pytest.raises(StoreError, match="no candidate"), line.database.session() as session:
        grouping.merge(session, into, "nowhere", versions={into: 1, "nowhere": 1}, by="ana", relink=relink)
    for versions in ({into: 0, other: 1}, {into: 1}, {}):
        with pytest.raises(Conflict, match="changed while you read"), line.database.session() as session:
            grouping.merge(session, into, other, versions=versions, by="ana", relink=relink)
    assert people.whereabouts(line.database) == {into: ["a-0", "b-0"], other: ["c-0"]}


def test_what_joined_in_silence_is_undone_with_the_news_that_came_after_it(line: Line) -> None:
    later = SHOOTING | {"date": "2025-03-20"}
    line.tell(*(article(name, SHOOTING) for name in "abc"))
    into = people.place(line, "a-0")
    line.approve(line.candidate("open"))
    line.tell(article("g", later, published=FETCHED + dt.timedelta(days=17)))
    other = people.place(line, "g-0")
    done = people.merge(line, into, other)
    assert people.place(line, "g-0") == into
    line.tell(article("h", later | KILLED, published=FETCHED + dt.timedelta(days=17, hours=5)))
    update = line.candidate("open")
    assert (update.kind, people.place(line, "h-0")) == ("update", update.id)
    with line.database.session() as session:
        add_user(session, "boro", "monitor", by="test")
        lease(session, update.id, "boro")
    with pytest.raises(Conflict, match="boro works on this item"):
        people.undo(line, done.decision)
    people.undo(line, done.decision, by="boro")
    assert people.whereabouts(line.database) == {into: ["a-0", "b-0", "c-0"], other: ["g-0", "h-0"]}


def read_first(line: Line, candidate: str) -> None:
    """Let boro read a candidate, which waits for a second reader from then on."""
    with line.database.session() as session:
        add_user(session, "boro", "monitor", by="test")
        set_rules(session, Rules(second_share=1.0), by="ana")
        facts = Facts.model_validate(session.get_one(Candidate, candidate).proposal)
        second_reading.approve(session, candidate, version=people.version(line, candidate), by="boro", facts=facts)


def is_kept(line: Line, candidate: str, *acts: Callable[[], object]) -> None:
    """None of the acts lets a candidate go that boro has read."""
    before = people.state(line)
    for act in acts:
        with pytest.raises(Conflict, match="boro has read one of the two, which waits for another reader"):
            act()
        assert people.state(line) == before
    with line.database.session() as session:
        row = session.get_one(Candidate, candidate)
        assert (row.state, row.stage, row.first_reader) == ("open", "second", "boro")


def test_an_item_that_waits_for_another_reader_does_not_go(line: Line, two: tuple[str, str]) -> None:
    into, other = two
    read_first(line, other)
    is_kept(line, other, lambda: people.merge(line, into, other), lambda: people.move(line, "c-0", into))
    assert people.merge(line, other, into).candidate == other
    is_kept(line, other)


@pytest.fixture
def with_update(line: Line, two: tuple[str, str]) -> tuple[str, str, str]:
    """An approved item, the update proposal of its incident, another event."""
    line.approve(next(c for c in line.candidates() if c.id == two[0]))
    line.tell(article("u", SHOOTING | KILLED, published=FETCHED + dt.timedelta(hours=2)))
    return two[0], people.place(line, "u-0"), two[1]


def test_a_new_item_that_was_read_does_not_go_into_an_update(line: Line, with_update: tuple[str, str, str]) -> None:
    approved, update, new = with_update
    read_first(line, new)
    merges = ((new, update), (update, new), (new, approved), (approved, new))
    is_kept(line, new, *(partial(people.merge, line, *pair) for pair in merges))


def test_an_update_that_was_read_stays_one(line: Line, with_update: tuple[str, str, str]) -> None:
    approved, update, new = with_update
    read_first(line, update)
    is_kept(
        line,
        update,
        lambda: people.not_same(line, update, approved),
        lambda: people.not_same(line, approved, update),
        lambda: people.split(line, update, ["u-0"]),
        lambda: people.move(line, "u-0", new),
    )
    people.merge(line, new, update)  # which of the two is named first is of no matter: it is the update that stays
    assert people.place(line, "c-0") == update
    is_kept(line, update)


def test_undoing_does_not_let_go_what_was_read_since(line: Line, two: tuple[str, str]) -> None:
    done = people.split(line, two[0], ["b-0"])
    read_first(line, done.candidate)
    is_kept(line, done.candidate, lambda: people.undo(line, done.decision))


def test_an_item_in_somebody_elses_hands_is_left_alone(line: Line, two: tuple[str, str]) -> None:
    with line.database.session() as session:
        add_user(session, "boro", "monitor", by="test")
    done = people.merge(line, *two)
    with line.database.session() as session:
        lease(session, two[0], "boro")
    acts: list[Callable[[], grouping.Grouped]] = [
        lambda: people.split(line, two[0], ["a-0"]),
        lambda: people.undo(line, done.decision),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="boro works on this item"):
            act()
    people.split(line, two[0], ["a-0"], by="boro")


def test_an_update_of_an_incident_that_a_person_put_elsewhere_is_split_off_and_comes_back(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate(), **IN_BOSNIA)
    line.tell(article("b", SHOOTING | IN_BOSNIA | KILLED))
    update = line.candidate("open")
    assert update.kind == "update"
    before, here = people.state(line, leases=False), people.whereabouts(line.database)
    done = people.split(line, update.id, ["b-0"])
    assert done.candidate == people.place(line, "b-0") != update.id
    assert line.candidate("open").kind == "new"
    people.undo(line, done.decision)
    assert people.whereabouts(line.database) == here
    done = people.not_same(line, update.id, people.place(line, "a-0"))
    assert line.candidate("open").kind == "new"
    people.undo(line, done.decision)
    assert people.state(line, leases=False) == before

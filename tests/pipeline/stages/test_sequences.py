"""Whatever people and reports do in whatever order, every mention is in one place and every revision follows on one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from codebook.errors import Conflict
from codebook.records import Article
from store.schema import Candidate
from tests.pipeline.stages import people
from tests.pipeline.stages.line import IN_BOSNIA, KILLED, SHOOTING, Line, article

PLACES: list[dict[str, Any]] = [
    {},
    {"place": "Subotica", "place_id": "RS-subotica", "latitude": 46.1, "longitude": 19.67, "date": "2025-05-03"},
    {"place": "Vranje", "place_id": "RS-vranje", "latitude": 42.55, "longitude": 21.9, "date": "2025-07-03"},
    IN_BOSNIA,
]
"""Families of reports: what lies so far apart is never one event to the linker."""

TOLD: list[dict[str, Any]] = [
    SHOOTING,
    SHOOTING | KILLED,
    SHOOTING | {"incident_type": "suicide", "victims": [{"sex": "female", "age": 51, "outcome": "suicide"}]},
]

families = st.sampled_from(range(len(PLACES)))
picks = st.integers(0, 1000)


def clear(line: Line) -> None:
    with line.database.session() as session:
        tables = "mentions, candidates, article_versions, articles, processed_events, outbox, incidents, revisions"
        session.execute(text(f"truncate {tables}, grouping_decisions cascade"))


class Desk(RuleBasedStateMachine):
    """Reports that arrive and one person who decides on them; `untouched` are the families nobody decided on."""

    line: Line
    at_once: Line

    def __init__(self) -> None:
        super().__init__()
        clear(self.line)
        clear(self.at_once)
        self.arrived: dict[str, Article] = {}
        self.decisions: list[int] = []
        self.touched: set[int] = set()
        self.minutes = 0

    @rule(family=families, number=st.integers(0, 3), told=st.lists(st.sampled_from(TOLD), min_size=1, max_size=2))
    def arrive(self, family: int, number: int, told: list[dict[str, Any]]) -> None:
        self.minutes += 1
        incidents = [one | PLACES[family] for one in told]
        one = article(f"f{family}n{number}", *incidents, minutes=self.minutes)
        self.arrived[one.id] = one
        self.line.tell(one)

    @rule(a=picks, b=picks)
    def merge(self, a: int, b: int) -> None:
        one, other = self._pick(a), self._pick(b, "open", "approved")
        if one and other:
            self._act(lambda: people.merge(self.line, other.id, one.id).decision, one, other)

    @rule(a=picks, b=picks)
    def call_not_same(self, a: int, b: int) -> None:
        one, other = self._pick(a), self._pick(b, "open", "approved")
        if one and other:
            self._act(lambda: people.not_same(self.line, one.id, other.id).decision, one, other)

    @rule(a=picks, b=picks)
    def split(self, a: int, b: int) -> None:
        if one := self._pick(a):
            mentions = self.line.mentions(one)
            parted = mentions[: 1 + b % len(mentions)]
            self._act(lambda: people.split(self.line, one.id, parted).decision, one)

    @rule(a=picks, b=picks)
    def move(self, a: int, b: int) -> None:
        one, other = self._pick(a), self._pick(b, "open", "approved")
        if one and other:
            mention = self.line.mentions(one)[0]
            self._act(lambda: people.move(self.line, mention, other.id).decision, one, other)

    @rule(a=picks)
    def approve(self, a: int) -> None:
        if one := self._pick(a):
            self._act(lambda: self.line.approve(one), one)

    @rule(a=picks, family=families)
    def approve_elsewhere(self, a: int, family: int) -> None:
        if one := self._pick(a):
            self._act(lambda: self.line.approve(one, **SHOOTING | PLACES[family]), one)

    @rule(a=picks)
    def reject(self, a: int) -> None:
        if one := self._pick(a):
            self._act(lambda: self.line.reject(one, "duplicate"), one)

    @rule(a=picks)
    def undo_decision(self, a: int) -> None:
        if one := self._pick(a, "approved", "rejected"):
            self._act(lambda: people.undo_decision(self.line, one.id), one)

    @rule(a=picks)
    def undo(self, a: int) -> None:
        if self.decisions:
            decision = self.decisions[a % len(self.decisions)]
            self._act(lambda: people.undo(self.line, decision))

    @invariant()
    def every_mention_is_in_one_place(self) -> None:
        found = people.whereabouts(self.line.database)
        assert sorted(m for mentions in found.values() for m in mentions) == self.line.mentions()

    @invariant()
    def every_revision_follows_on_the_one_before(self) -> None:
        people.chains_are_whole(self.line.database)

    def teardown(self) -> None:
        """What nobody touched is as if it had come in another order, and nothing else had happened."""
        articles = sorted(self.arrived.values(), key=lambda one: one.id)
        random.Random(self.minutes).shuffle(articles)
        self.at_once.tell(*articles)
        assert self._untouched(self.line) == self._untouched(self.at_once)

    def _untouched(self, line: Line) -> dict[str, tuple[Any, ...]]:
        told = {id_: (self._families(row[3]), row) for id_, row in line.queue().items()}
        return {id_: row for id_, (families, row) in told.items() if families and families.isdisjoint(self.touched)}

    def _pick(self, number: int, *states: str) -> Candidate | None:
        found = self.line.candidates(*(states or ("open",)))
        return found[number % len(found)] if found else None

    def _act(self, action: Callable[[], object], *candidates: Candidate) -> None:
        families = {f for one in candidates for f in self._families(self.line.mentions(one))}
        try:
            decision = action()
        except Conflict:
            return
        self.touched |= families
        if isinstance(decision, int):
            self.decisions.append(decision)

    def _families(self, mentions: Any) -> set[int]:
        return {int(mention[1]) for mention in mentions}


@pytest.mark.slow
def test_any_sequence_of_reports_and_decisions_keeps_everything_in_one_place(lines: tuple[Line, Line]) -> None:
    Desk.line, Desk.at_once = lines
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )

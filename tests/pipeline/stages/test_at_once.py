"""People who group the same items at once, the linker beside them, and a process that is killed on the way."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from codebook.errors import Conflict
from store.database import Database
from store.schema import Candidate, GroupingDecision, StoredMention
from store.users import add_user
from tests.pipeline.stages import people
from tests.pipeline.stages.line import ELSEWHERE, IN_BOSNIA, KILLED, SHOOTING, Line, article

DYING = Path(__file__).with_name("dying.py")
ROOT = Path(__file__).parents[3]

PLACES: list[dict[str, Any]] = [{}, ELSEWHERE, IN_BOSNIA]
ITEMS, STEPS = 6, 12

ASTRAY = """
select (select count(*) from mentions m left join candidates c on c.id = m.candidate_id
        where c.id is null or c.state = 'superseded')
     + (select count(*) from candidates c
        where c.state = 'open' and not exists (select from mentions m where m.candidate_id = c.id))
"""
"""Mentions that are nowhere and open items without any, at one moment."""


def dies(line: Line, *arguments: object) -> None:
    command = [sys.executable, str(DYING), line.url, *map(str, arguments)]
    assert subprocess.run(command, cwd=ROOT, timeout=300).returncode == -9


def test_killed_in_the_middle_of_an_action_nothing_of_it_is_left(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING | ELSEWHERE | {"incident_type": "suicide"}))
    into, other = people.place(line, "a-0"), people.place(line, "b-0")
    before = people.state(line)
    dies(line, "merge", into, other)
    assert people.state(line) == before
    with line.database.session() as session:
        assert session.scalars(select(GroupingDecision)).all() == []
    merged = people.merge(line, into, other)
    after = people.state(line)
    dies(line, "undo", merged.decision)
    assert people.state(line) == after
    line.approve(line.candidate("open"))
    approved = people.state(line), people.curated(line)
    dies(line, "undo_decision", into)
    assert (people.state(line), people.curated(line)) == approved
    people.undo_decision(line, into)
    people.undo(line, merged.decision)
    assert people.whereabouts(line.database) == {into: ["a-0"], other: ["b-0"]}


class Person(threading.Thread):
    """Does what comes to mind with the items it finds, and counts what became of it."""

    def __init__(self, url: str, name: str, together: threading.Barrier) -> None:
        super().__init__(name=name)
        self.line = Line(url)
        self.outcomes: Counter[str] = Counter()
        self.failure: BaseException | None = None
        self._together = together
        self._chance = random.Random(name)
        self._made: list[int] = []

    def run(self) -> None:
        try:
            for _ in range(STEPS):
                self._together.wait(60)
                self._act()
                assert astray(self.line.database) == 0
        except BaseException as error:  # noqa: BLE001  brought to the test's own thread
            self.failure = error
            self._together.abort()
        finally:
            self.line.close()

    def _act(self) -> None:
        try:
            self.outcomes[self._attempt()] += 1
        except Conflict:
            self.outcomes["conflict"] += 1

    def _attempt(self) -> str:
        with self.line.database.session() as session:
            items = session.scalars(select(Candidate.id).where(Candidate.state == "open").order_by(Candidate.id)).all()
            mentions = session.scalars(select(StoredMention.id).order_by(StoredMention.id)).all()
        one, other = self._chance.choice(items), self._chance.choice(items)
        mention, by = self._chance.choice(mentions), self.name
        what = self._chance.choice(["merge", "merge", "split", "move", "not_same", "undo"])
        if what == "undo" and self._made:
            people.undo(self.line, self._made.pop(), by)
            return what
        if what == "merge" or not self._made:
            done = people.merge(self.line, one, other, by)
        elif what == "split":
            done = people.split(self.line, people.place(self.line, mention), [mention], by)
        elif what == "move":
            done = people.move(self.line, mention, other, by)
        else:
            done = people.not_same(self.line, one, other, by)
        self._made.append(done.decision)
        return what


def astray(database: Database) -> int:
    with database.session() as session:
        return session.scalar(text(ASTRAY)) or 0


@pytest.mark.slow
def test_two_people_and_the_linker_at_once_lose_no_report_and_leave_no_item_empty(line: Line) -> None:
    for number in range(ITEMS):
        line.tell(article(f"a{number}", SHOOTING | PLACES[number % len(PLACES)] | {"date": f"2025-{1 + number:02}-03"}))
    with line.database.session() as session:
        add_user(session, "boro", "monitor", by="test")
    assert len(line.candidates("open")) == ITEMS
    together = threading.Barrier(3)
    crowd = [Person(line.url, name, together) for name in ("ana", "boro")]
    for person in crowd:
        person.start()
    for step in range(STEPS):
        together.wait(60)
        told = (
            SHOOTING | PLACES[step % 4 % 3] | (KILLED if step % 3 else {}) | {"date": f"2025-{1 + step % ITEMS:02}-03"}
        )
        line.tell(article(f"b{step % 4}", told, minutes=step))
    for person in crowd:
        person.join(300)
    assert [person.failure for person in crowd] == [None, None]
    outcomes = sum((person.outcomes for person in crowd), Counter())
    assert outcomes.total() == 2 * STEPS
    assert outcomes.total() > outcomes["conflict"], outcomes
    found = people.whereabouts(line.database)
    assert sorted(m for mentions in found.values() for m in mentions) == line.mentions()

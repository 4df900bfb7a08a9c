"""Hints stand for names of persons: they lie with the mention alone, travel nowhere, and end with the decision."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select, text

from linking.hints import Hints
from linking.hints import hints as made
from store.hints import hint_key
from store.schema import StoredMention
from tests.pipeline.stages import people
from tests.pipeline.stages.line import ELSEWHERE, SHOOTING, JsonReader, Line, article

TITLE = "U selu Probnica uhapšen T. P. (34), kazao Primerko Probić iz Zadruge Proba"


def hints(line: Line) -> dict[str, Hints | None]:
    with line.database.session() as session:
        rows = session.execute(select(StoredMention.id, StoredMention.hints).order_by(StoredMention.id)).all()
    return {row.id: None if row.hints is None else Hints.from_json(row.hints) for row in rows}


def hashes(line: Line, mention: str) -> set[str]:
    found = hints(line)[mention]
    assert found is not None
    assert found.person
    assert found.name
    return {one for kind in found.to_json().values() for one in kind}


def anywhere(line: Line, secrets: set[str]) -> set[str]:
    """The columns of the whole database in which one of the secrets stands, as text or as bytes of text."""
    spelt = secrets | {secret.encode().hex() for secret in secrets}
    found = set()
    with line.database.session() as session:
        inspector = inspect(session.connection())
        for schema in ("public", "bus"):
            for table in inspector.get_table_names(schema):
                for row in session.scalars(text(f"select to_jsonb(t) from {schema}.{table} t")):
                    found |= {
                        f"{table}.{column}" for column, value in row.items() if any(s in str(value) for s in spelt)
                    }
    return found


@pytest.mark.parametrize("decide", ["approve", "reject"])
def test_hints_are_nowhere_but_with_the_mention_and_gone_with_the_decision(line: Line, decide: str) -> None:
    line.tell(article("a", SHOOTING, title=TITLE), article("b", SHOOTING | ELSEWHERE, title="Nešto drugo o Probiću"))
    secrets = hashes(line, "a-0")
    assert anywhere(line, secrets) == {"mentions.hints"}
    candidate = next(c for c in line.candidates() if c.id == people.place(line, "a-0"))
    with line.database.session() as session:
        key = hint_key(session)
    others = {one for one in secrets if one not in hashes_of_b(line)}
    line.approve(candidate) if decide == "approve" else line.reject(candidate, "duplicate")
    assert anywhere(line, others) == set()
    assert hints(line)["a-0"] is None
    assert hints(line)["b-0"] is not None
    assert anywhere(line, {key.hex()}) == {"hint_key.secret"}


def hashes_of_b(line: Line) -> set[str]:
    found = hints(line)["b-0"]
    return {one for kind in found.to_json().values() for one in kind} if found else set()


def test_hints_come_back_as_they_were_when_the_decision_is_undone(line: Line) -> None:
    line.tell(article("a", SHOOTING, SHOOTING | ELSEWHERE, title=TITLE))
    before = hints(line)
    candidate = next(c for c in line.candidates() if c.id == people.place(line, "a-0"))
    line.reject(candidate, "duplicate")
    people.undo_decision(line, candidate.id)
    assert hints(line) == before


def test_a_report_that_joins_an_approved_incident_keeps_none(line: Line) -> None:
    line.tell(article("a", SHOOTING, title=TITLE))
    line.approve(line.candidate("open"))
    line.tell(article("b", SHOOTING, title=TITLE))
    assert line.candidates("open") == []
    assert hints(line) == {"a-0": None, "b-0": None}
    line.tell(article("b", SHOOTING, title=TITLE + "!", minutes=5))
    line.read_with(JsonReader("json-2"))
    line.replay("read")
    line.flow()
    assert hints(line) == {"a-0": None, "b-0": None}, "nor when it is read again"


def test_hints_are_those_of_the_wording_that_was_read(line: Line) -> None:
    old = article("a", SHOOTING, title=TITLE)
    line.crawl(old)
    line.flow("read")
    line.crawl(article("a", SHOOTING, title="Sasvim drugi naslov", minutes=5))
    line.relay.publish_waiting()
    line.flow("link")  # a newer wording lies there by now, and waits to be read
    with line.database.session() as session:
        expected = made(old.title, old.text, "sr", hint_key(session))
    assert hints(line) == {"a-0": expected}
    line.flow()
    assert hints(line)["a-0"] != expected


def test_every_database_has_a_key_of_its_own_and_keeps_it(line: Line) -> None:
    line.tell(article("a", SHOOTING, title=TITLE))
    with line.database.session() as session:
        key = hint_key(session)
    with line.database.session() as session:
        assert hint_key(session) == key
        assert len(key) == 32
        session.execute(text("delete from hint_key"))
        assert hint_key(session) != key

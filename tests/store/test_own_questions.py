"""What a person asked colleagues about, found again from where its reports are."""

from __future__ import annotations

import datetime as dt

from store import notes
from store.database import Database
from store.own_decisions import MOST, RECENT, own_questions
from store.schema import Candidate, Note
from tests.review_ui import seed

LONG_AGO = RECENT + dt.timedelta(days=1)


def asked(database: Database, *candidates: str) -> None:
    with database.session() as session:
        for candidate in candidates:
            seed.simple(session, candidate)
            notes.ask(session, candidate, "ana", "Dispute or robbery?")


def listed(database: Database, name: str = "ana") -> list[tuple[str, bool]]:
    with database.session() as session:
        return [(each.candidate.id, each.answered) for each in own_questions(session, name)]


def test_a_question_is_its_askers_alone_and_says_whether_it_is_answered(database: Database) -> None:
    asked(database, "c1", "c2")
    with database.session() as session:
        notes.write(session, "c1", "boro", "Robbery.")
    assert listed(database) == [("c2", False), ("c1", True)]
    assert listed(database, "boro") == []


def test_a_question_leads_to_where_its_reports_are(database: Database) -> None:
    asked(database, "c1")
    with database.session() as session:
        seed.simple(session, "c2")
        moved = session.get_one(Candidate, "c1")
        moved.state, moved.superseded_by = "superseded", "c2"
    assert listed(database) == [("c2", False)]


def test_only_what_waits_for_an_answer_is_listed_however_old(database: Database) -> None:
    asked(database, "c1", "c2", "c3")
    with database.session() as session:
        notes.write(session, "c2", "boro", "Robbery.")
        decided = session.get_one(Candidate, "c3")
        decided.state, decided.decided_by, decided.rejection_reason = "rejected", "boro", "not_incident"
        decided.decided_at = seed.PUBLISHED
        for note in session.query(Note):
            note.at -= LONG_AGO
    assert listed(database) == [("c1", False)]


def test_the_list_has_an_end(database: Database) -> None:
    asked(database, *(f"c{number:02}" for number in range(MOST + 1)))
    assert [candidate for candidate, _ in listed(database)] == [f"c{number:02}" for number in range(MOST, 0, -1)]

"""Approvals that put an incident into another jurisdiction, and the locks of what they move."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.orm import Session

from store import decisions, second_reading
from store.adjudication import adjudicate
from store.alike import look_for
from store.database import Database
from store.queue_lock import hold_queues, lock_queues
from store.review_rules import Rules, set_rules
from store.schema import Candidate, StoredMention
from tests.review_ui import seed

THERE = seed.DISPUTE.model_copy(
    update={"jurisdiction": "XK", "place": "Leposavić", "place_id": None, "latitude": 43.1, "longitude": 20.8}
)


def lying(session: Session, candidate: str) -> tuple[str | None, list[tuple[str | None, float | None]]]:
    row = session.get_one(Candidate, candidate)
    return row.jurisdiction, [(mention.jurisdiction, mention.latitude) for mention in row.mentions]


def test_a_corrected_approval_takes_the_candidate_and_its_reports_there(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        decisions.approve(session, "c1", version=1, by="ana", facts=THERE)
    with database.session() as session:
        assert lying(session, "c1") == ("XK", [("XK", None)])
        assert session.get_one(Candidate, "c1").mentions[0].facts["jurisdiction"] == "RS"


def test_an_approval_as_proposed_leaves_them(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        decisions.approve(session, "c1", version=1, by="ana", facts=seed.DISPUTE)
    with database.session() as session:
        assert lying(session, "c1") == ("RS", [("RS", seed.DISPUTE.latitude)])


def test_what_is_decided_between_two_readers_takes_them_there(database: Database) -> None:
    with database.session() as session:
        set_rules(session, Rules(second_share=1.0), by="vera")
        seed.simple(session, "c1")
    for who, facts in (("ana", seed.DISPUTE), ("boro", THERE)):
        with database.session() as session:
            second_reading.approve(session, "c1", version=1, by=who, facts=facts)
    with database.session() as session:
        assert adjudicate(session, "c1", version=1, by="vera", sides={"place": "second"})
    with database.session() as session:
        assert lying(session, "c1") == ("XK", [("XK", None)])


def test_an_approval_that_moves_reports_waits_for_who_groups_there(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        seed.simple(session, "c2")
    done: list[str] = []

    def approve(candidate: str, jurisdiction: str) -> None:
        facts = THERE if jurisdiction == "XK" else seed.DISPUTE
        with database.session() as session:
            decisions.approve(session, candidate, version=1, by="ana", facts=facts)
        done.append(candidate)

    moving = threading.Thread(target=approve, args=("c1", "XK"))
    with database.session() as session:
        lock_queues(session, ["XK"])
        moving.start()
        approve("c2", "RS")  # which moves nothing, and waits for nobody
        moving.join(0.5)
        assert done == ["c2"]
        assert session.get_one(Candidate, "c1", with_for_update={"nowait": True}).jurisdiction == "RS"
    moving.join(30)
    assert done == ["c2", "c1"]


def test_what_moved_while_one_waited_is_held_where_it_went(database: Database) -> None:
    with database.session() as session:
        mention = seed.simple(session, "c1").mentions[0].id
    tried: list[set[str | None]] = []

    def work() -> None:
        with database.session() as session:

            def concerned() -> set[str | None]:
                row = session.get_one(StoredMention, mention, populate_existing=True)
                tried.append({row.jurisdiction})
                return tried[-1]

            hold_queues(session, concerned)

    waiting = threading.Thread(target=work)
    with database.session() as session:
        lock_queues(session, ["RS"])
        waiting.start()
        waiting.join(0.5)
        session.get_one(StoredMention, mention).jurisdiction = "XK"
    waiting.join(30)
    assert tried == [{"RS"}, {"XK"}, {"XK"}, {"XK"}]


def test_locks_that_were_held_in_vain_are_let_go(database: Database) -> None:
    answers: list[set[str | None]] = [{"RS"}, {"XK"}, {"XK"}, {"XK"}]
    with database.session() as session:
        hold_queues(session, lambda: answers.pop(0))
        other = threading.Thread(target=_lock, args=(database, "RS"))
        other.start()
        other.join(10)
        assert not other.is_alive()


def _lock(database: Database, jurisdiction: str) -> None:
    with database.session() as session:
        lock_queues(session, [jurisdiction])


@pytest.mark.parametrize("words", ["c", "Nov", "Leposav"])
def test_the_search_names_items_of_the_same_jurisdiction_first(database: Database, words: str) -> None:
    with database.session() as session:
        for name, facts in (("c1", seed.DISPUTE), ("c2", seed.DISPUTE), ("c3", THERE), ("c4", seed.DISPUTE)):
            seed.simple(session, name, facts=facts)
        decisions.approve(session, "c4", version=1, by="ana", facts=THERE)
    with database.session() as session:
        found = [each.candidate.id for each in look_for(session, words, besides="c1")]
    assert found == {"c": ["c2", "c3", "c4"], "Nov": ["c2", "c4"], "Leposav": ["c3", "c4"]}[words]

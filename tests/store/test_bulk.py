"""Rejecting a whole list."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import select, text

from codebook.errors import BadInput, Conflict
from store.bulk import matching, reject_all
from store.database import Database
from store.queue_filter import QueueFilter
from store.queue_lock import lock_queues
from store.review_queue import lease
from store.review_rules import Rules, set_rules
from store.schema import AuditEntry, Candidate
from tests.review_ui import seed

SERBIA = QueueFilter(jurisdiction="RS")


@pytest.fixture
def listed(database: Database) -> Database:
    """Three items of Serbia and one of Moldova."""
    with database.session() as session:
        for number in range(3):
            seed.simple(session, f"c{number}")
        seed.simple(session, "moldova", facts=seed.DISPUTE.model_copy(update={"jurisdiction": "MD"}))
    return database


def states(database: Database) -> dict[str, str]:
    with database.session() as session:
        return {c.id: c.state for c in session.query(Candidate)}


def test_all_that_match_and_are_free_are_rejected_each_by_itself(listed: Database) -> None:
    with listed.session() as session:
        lease(session, "c2", "boro")
    with listed.session() as session:
        found = matching(session, SERBIA, "ana")
        assert found.number == 2
        done = reject_all(session, SERBIA, by="ana", reason="old_case_only", comment=None, seal=found.seal)
        assert (done.rejected, done.waiting) == (2, 0)
    assert states(listed) == {"c0": "rejected", "c1": "rejected", "c2": "open", "moldova": "open"}
    with listed.session() as session:
        assert session.query(AuditEntry).filter_by(action="reject").count() == 2


def test_a_list_that_changed_since_it_was_confirmed_is_left_alone(listed: Database) -> None:
    with listed.session() as session:
        seal = matching(session, SERBIA, "ana").seal
    with listed.session() as session:
        session.get_one(Candidate, "c1").version = 2
    with pytest.raises(Conflict, match="3 match now"), listed.session() as session:
        reject_all(session, SERBIA, by="ana", reason="duplicate", comment=None, seal=seal)
    assert set(states(listed).values()) == {"open"}


def test_the_whole_queue_is_never_rejected_at_once(listed: Database) -> None:
    with listed.session() as session:
        seal = matching(session, QueueFilter(), "ana").seal
    with pytest.raises(BadInput, match="at least one filter"), listed.session() as session:
        reject_all(session, QueueFilter(order="oldest"), by="ana", reason="duplicate", comment=None, seal=seal)


def test_what_needs_a_second_reader_waits_for_one(listed: Database) -> None:
    with listed.session() as session:
        set_rules(session, Rules(second_share=1.0), by="vera")
        found = matching(session, SERBIA, "ana")
        done = reject_all(session, SERBIA, by="ana", reason="duplicate", comment=None, seal=found.seal)
        assert (done.rejected, done.waiting) == (0, 3)
    assert set(states(listed).values()) == {"open"}


WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


def test_the_linker_never_waits_for_it_while_it_waits_for_the_linker(listed: Database) -> None:
    """The linker locks items in the order it finds them: held one by one, they would wait for each other for ever."""

    def reject() -> None:
        with listed.session() as session:
            seal = matching(session, SERBIA, "ana").seal
        with listed.session() as session:
            reject_all(session, SERBIA, by="ana", reason="duplicate", comment=None, seal=seal)

    rejecting = threading.Thread(target=reject)
    with listed.session() as linker:
        lock_queues(linker, ["RS"])
        linker.scalars(select(Candidate).where(Candidate.id == "c1").with_for_update()).one()
        rejecting.start()
        while True:
            with listed.session() as session:
                if session.scalar(text(WAITING)):
                    break
            time.sleep(0.01)
        linker.scalars(select(Candidate).where(Candidate.id == "c0").with_for_update(nowait=True)).one()
    rejecting.join()
    assert [states(listed)[f"c{number}"] for number in range(3)] == ["rejected"] * 3

"""Drafts: one of each person for an item, until it is decided; two windows never overwrite each other."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store import adjudication, bulk, drafts, second_reading
from store.database import Database
from store.queue_filter import QueueFilter
from store.review_rules import Rules, set_rules
from store.schema import Candidate, StoredDraft
from store.undoing import undo_decision
from tests.review_ui import seed

WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


def save(session: Session, who: str, turn: int = 0, comment: str = "typed") -> drafts.Draft:
    return drafts.save(session, "c1", who, version=1, turn=turn, content={"comment": comment})


def whose(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(StoredDraft.user_name).order_by(StoredDraft.user_name)))


def wait_until_somebody_waits(database: Database) -> None:
    while True:
        with database.session() as session:
            if session.scalar(text(WAITING)):
                return
        time.sleep(0.01)


def test_of_two_windows_that_save_first_at_once_the_second_is_told(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
    outcomes: list[object] = []

    def second() -> None:
        try:
            with database.session() as session:
                outcomes.append(save(session, "ana", comment="second"))
        except Exception as error:  # noqa: BLE001  brought to the test's own thread
            outcomes.append(error)

    window = threading.Thread(target=second)
    with database.session() as session:
        save(session, "ana", comment="first")
        window.start()
        wait_until_somebody_waits(database)
    window.join()
    assert isinstance(outcomes[0], Conflict)
    with database.session() as session:
        kept = drafts.draft_of(session, "c1", "ana")
        assert kept is not None
        assert (kept.turn, kept.content) == (1, {"comment": "first"})
        assert save(session, "ana", turn=1).turn == 2
        with pytest.raises(Conflict, match="another window"):
            save(session, "ana", turn=1)


def test_a_window_throws_no_newer_draft_of_another_window_away(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        save(session, "ana")
    with pytest.raises(Conflict, match="another window"), database.session() as session:
        drafts.discard(session, "c1", "ana", turn=0)
    assert whose(database) == ["ana"]
    with database.session() as session:
        drafts.discard(session, "c1", "ana", turn=1)
        drafts.discard(session, "c1", "ana", turn=1)
    assert whose(database) == []


def test_what_is_typed_on_a_decided_item_is_refused(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
    read(database, "boro", "duplicate")
    with pytest.raises(Conflict, match="boro rejected this item"), database.session() as session:
        save(session, "ana")
    with pytest.raises(StoreError, match="no candidate c9"), database.session() as session:
        drafts.save(session, "c9", "ana", version=1, turn=0, content={})
    assert whose(database) == []


def test_all_that_are_rejected_at_once_leave_no_draft(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        save(session, "ana")
        save(session, "boro")
    chosen = QueueFilter(jurisdiction="RS")
    with database.session() as session:
        seal = bulk.matching(session, chosen, "ana").seal
        bulk.reject_all(session, chosen, by="ana", reason="duplicate", comment=None, seal=seal)
    assert whose(database) == []


def test_a_reading_ends_the_readers_draft_and_the_decision_everybodys(database: Database) -> None:
    with database.session() as session:
        set_rules(session, Rules(second_share=1.0), by="vera")
        seed.simple(session, "c1")
        for who in ("ana", "boro", "vera"):
            save(session, who)
    read(database, "ana", "duplicate")
    assert whose(database) == ["boro", "vera"]
    read(database, "boro", "not_incident")
    assert whose(database) == ["vera"]
    with database.session() as session:
        adjudication.adjudicate(session, "c1", version=1, by="vera", sides={"decision": "first"})
    assert whose(database) == []
    with database.session() as session:
        undo_decision(session, "c1", by="vera", relink=lambda *_: None)
        assert session.get_one(Candidate, "c1").state == "open"
    assert whose(database) == []


def read(database: Database, who: str, reason: str) -> None:
    with database.session() as session:
        second_reading.reject(session, "c1", version=1, by=who, reason=reason)

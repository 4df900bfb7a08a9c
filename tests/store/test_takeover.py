"""A lease that ran out: a colleague takes the item over, and who had it learns from whom."""

from __future__ import annotations

import datetime as dt

import pytest

from codebook.errors import Conflict
from store.database import Database
from store.review_queue import lease, release
from store.schema import Candidate
from tests.review_ui import seed


@pytest.fixture
def candidate(database: Database) -> str:
    with database.session() as session:
        return seed.simple(session, "c1").id


def hold(database: Database, candidate: str, who: str) -> None:
    with database.session() as session:
        lease(session, candidate, who)


def run_out(database: Database, candidate: str) -> None:
    with database.session() as session:
        row = session.get_one(Candidate, candidate)
        assert row.lease_until is not None
        row.lease_until -= dt.timedelta(hours=1)


def test_the_next_sign_of_life_of_who_had_the_item_says_who_took_it_over(database: Database, candidate: str) -> None:
    hold(database, candidate, "ana")
    with pytest.raises(Conflict, match=r"^ana works on this item until"):
        hold(database, candidate, "boro")
    run_out(database, candidate)
    hold(database, candidate, "boro")
    with pytest.raises(
        Conflict, match=r"^boro took this item over when your time on it ran out, and works on this item until"
    ) as raised:
        hold(database, candidate, "ana")
    assert "\n" not in str(raised.value)
    with pytest.raises(Conflict, match=r"^boro works on this item until"):
        hold(database, candidate, "vera")


def test_who_gets_the_item_back_holds_it_as_before(database: Database, candidate: str) -> None:
    hold(database, candidate, "ana")
    run_out(database, candidate)
    hold(database, candidate, "boro")
    with database.session() as session:
        release(session, candidate, "boro")
    hold(database, candidate, "ana")
    with database.session() as session:
        row = session.get_one(Candidate, candidate)
        assert (row.lease_owner, row.lease_from) == ("ana", None)


def test_a_lease_that_ran_out_and_nobody_took_goes_on(database: Database, candidate: str) -> None:
    hold(database, candidate, "ana")
    run_out(database, candidate)
    hold(database, candidate, "ana")
    with pytest.raises(Conflict, match=r"^ana works on this item"):
        hold(database, candidate, "boro")


def test_who_gives_an_item_back_took_it_over_no_more(database: Database, candidate: str) -> None:
    hold(database, candidate, "ana")
    run_out(database, candidate)
    hold(database, candidate, "boro")
    with database.session() as session:
        release(session, candidate, "boro")
    hold(database, candidate, "vera")
    with pytest.raises(Conflict, match=r"^vera works on this item until"):
        hold(database, candidate, "ana")

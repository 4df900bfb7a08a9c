"""Items that wait when the database learns of the reports' days get their new places in the queue, and back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from store.database import Database
from store.migrations import downgrade, upgrade
from store.schema import Candidate
from tests.review_ui import seed

UNDATED = seed.DISPUTE.model_copy(update={"date": None, "date_precision": "unknown"})


def test_what_waited_before_has_the_day_of_its_newest_report(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    database = Database(empty_database_url)
    today = dt.datetime.now(dt.UTC)
    with database.session() as session:
        old = seed.candidate(session, "old", facts=UNDATED, priority=5)
        for name, days in {"first": 400, "second": 300}.items():
            published = today - dt.timedelta(days=days)
            seed.report(session, old, name, "Tekst.", facts=UNDATED, published=published)
        seed.simple(session, "dated", facts=seed.DISPUTE, priority=5)
        seed.candidate(session, "nothing", facts=UNDATED, priority=5)
    now = turns(database)
    downgrade(empty_database_url, "0012")
    before = turns(database)
    assert before["old"] == before["nothing"] == now["nothing"]
    assert now["old"] == before["old"] + 300
    assert now["dated"] == before["dated"]
    upgrade(empty_database_url)
    assert turns(database) == now
    database.close()


def turns(database: Database) -> dict[str, float]:
    with database.session() as session:
        return {row.id: row.turn for row in session.execute(select(Candidate.id, Candidate.turn))}

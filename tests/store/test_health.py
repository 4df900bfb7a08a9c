"""The counts of the system page add up."""

from __future__ import annotations

from store.database import Database
from store.decisions import approve, reject
from store.health import system_state
from store.review_queue import lease
from store.schema import OutboxMessage
from store.standing import Standing
from tests.review_ui import seed


def test_every_article_mention_and_item_is_counted_once(database: Database) -> None:
    with database.session() as session:
        for number in range(4):
            seed.simple(session, f"c{number}")
        screened = seed.report(session, seed.candidate(session, "c9"), "Vijest", "Tekst.")
        screened.relevant = False
        approve(session, "c0", version=1, by="ana", facts=seed.DISPUTE)
        reject(session, "c1", version=1, by="ana", reason="duplicate")
        lease(session, "c2", "boro")
    with database.session() as session:
        state = system_state(session)
    counts = state.counts
    assert counts.articles == counts.unread + counts.screened_out + counts.relevant == 5
    assert counts.screened_out == 1
    assert (counts.open, counts.approved, counts.rejected, counts.in_work, counts.incidents) == (3, 1, 1, 1, 1)
    assert counts.outbox_waiting == 1
    assert state.sources == Standing(sources=1, alarmed=0, failing=0, unlooked=1)
    assert all(equation.holds for equation in state.equations)


def test_a_refused_message_does_not_wait_and_is_counted_apart(database: Database) -> None:
    with database.session() as session:
        for number, refused in enumerate((None, None, "too large: shorten its text")):
            session.add(OutboxMessage(event_id=f"e{number}", topic="t", key="k", value=b"v", refused=refused))
    with database.session() as session:
        counts = system_state(session).counts
    assert (counts.outbox_waiting, counts.outbox_refused) == (2, 1)

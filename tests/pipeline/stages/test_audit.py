"""An incident that the reader missed and a person found goes the usual way: once, and to a person who decides."""

from __future__ import annotations

import pytest

from store import audit_sample
from store.review_rules import Rules, set_rules
from store.schema import CuratedIncident, StoredArticle
from tests.pipeline.stages.line import SHOOTING, JsonReader, Line, article


class Blind(JsonReader):
    """Finds nothing."""

    def read(self, article):  # type: ignore[no-untyped-def]
        return (
            super()
            .read(article.model_copy(update={"text": "[]"}))
            .model_copy(update={"content_hash": article.content_hash})
        )


@pytest.fixture
def missed(line: Line) -> Line:
    """A line whose reader overlooked an incident, which a person found."""
    line.read_with(Blind("blind-1"))
    line.tell(article("a", SHOOTING))
    assert line.candidates() == []
    with line.database.session() as session:
        set_rules(session, Rules(audit_share=1.0), by="ana")
        taken = audit_sample.take(session, "ana")
        assert taken == "a"
        content_hash = session.get_one(StoredArticle, "a").content_hash
        audit_sample.answer(session, "a", "ana", missed=True, content_hash=content_hash)
    line.flow()
    return line


def test_it_waits_for_a_decision_and_is_not_curated_before(missed: Line) -> None:
    found = missed.candidate("open")
    assert (found.kind, found.jurisdiction, missed.mentions(found)) == ("new", "RS", ["a-0"])
    with missed.database.session() as session:
        assert session.query(CuratedIncident).count() == 0
    incident = missed.approve(found, **SHOOTING)
    assert incident.articles == ("a",)


def test_a_replay_or_another_blind_reading_neither_loses_nor_doubles_it(missed: Line) -> None:
    before = missed.queue()
    for stage in ("read", "link"):
        missed.replay(stage)
    missed.flow()
    assert missed.queue() == before
    missed.read_with(Blind("blind-2"))
    missed.replay("read")
    missed.flow()
    assert missed.queue() == before


def test_a_reader_that_finds_it_later_fills_in_the_same_item(missed: Line) -> None:
    before = missed.candidate("open")
    missed.read_with(JsonReader("json-2"))
    missed.replay("read")
    missed.flow()
    after = missed.candidate("open")
    assert after.id == before.id
    assert after.version > before.version
    assert after.proposal["incident_type"] == SHOOTING["incident_type"]

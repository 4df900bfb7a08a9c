"""What comes after a person's decision: update proposals for what is new, and nothing for what is not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from codebook.records import Article, Facts
from pipeline.stages.updates import updated
from store.schema import CuratedIncident
from tests.pipeline.stages.line import ELSEWHERE, FETCHED, KILLED, SHOOTING, Line, article

DEAD = SHOOTING | KILLED
OTHER = SHOOTING | ELSEWHERE | {"incident_type": "suicide", "date": "2025-03-09", "weapons": ["automatic"]}


def later(id_: str, *incidents: dict[str, Any]) -> Article:
    """A report published two hours after the first ones."""
    return article(id_, *incidents, published=FETCHED + dt.timedelta(hours=2))


def test_a_report_that_tells_nothing_new_joins_the_decided_candidate_in_silence(line: Line) -> None:
    line.tell(article("b", SHOOTING))
    approved = line.candidate("open")
    line.approve(approved)
    line.tell(article("a", SHOOTING), article("c", {**SHOOTING, "weapons": ["unreported"], "victims": []}))
    assert line.candidates("open") == []
    assert line.mentions(line.candidate("approved")) == ["a-0", "b-0", "c-0"]


def test_a_report_that_tells_something_new_becomes_an_update_of_the_incident(line: Line) -> None:
    line.tell(article("b", SHOOTING))
    incident = line.approve(line.candidate("open"))
    line.tell(later("a", DEAD), later("c", DEAD))
    update = line.candidate("open")
    assert (update.kind, update.incident_id, line.mentions(update)) == ("update", incident.id, ["a-0", "c-0"])
    assert line.mentions(line.candidate("approved")) == ["b-0"]
    revised = line.approve(update)
    assert (revised.id, revised.revision) == (incident.id, 2)
    assert revised.victims[0].outcome == "killed"
    assert sorted(revised.articles) == ["a", "b", "c"]
    line.tell(later("d", DEAD))
    assert line.candidates("open") == []


def test_what_a_person_corrected_is_not_proposed_away(line: Line) -> None:
    line.tell(article("a", SHOOTING | {"place_type": "home"}))
    line.approve(line.candidate("open"), place_type="vehicle", weapons=["automatic"])
    line.tell(article("b", SHOOTING | {"place_type": "home"}))
    assert line.candidates("open") == [], "the reports only repeat what the person knew better"
    line.tell(later("c", DEAD | {"place_type": "home"}))
    proposal = line.candidate("open").proposal
    assert proposal["victims"][0]["outcome"] == "killed"
    assert (proposal["place_type"], proposal["weapons"]) == ("vehicle", ["automatic"])


def test_a_report_of_what_a_person_knew_already_is_no_update(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"), victims=KILLED["victims"])
    line.tell(later("b", DEAD))
    assert line.candidates("open") == []


def test_the_only_report_of_an_incident_is_rewritten(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    incident = line.approve(line.candidate("open"))
    line.tell(article("a", DEAD, minutes=5))
    update = line.candidate("open")
    assert (update.kind, update.incident_id, line.mentions(update)) == ("update", incident.id, ["a-0"])
    line.tell(article("a", SHOOTING, minutes=10))
    assert line.candidates("open") == [], "the correction was taken back before anybody saw it"
    assert line.mentions(line.candidate("approved")) == ["a-0"]
    line.tell(article("a", DEAD, minutes=15))
    assert line.approve(line.candidate("open")).revision == 2


UNDATED = {"incident_type": "undetermined_shooting", "jurisdiction": "RS"}
BELGRADE = UNDATED | {"place": "Beograd", "place_id": "RS-beograd"}


@pytest.mark.parametrize(
    ("told", "told_now"),
    [
        (BELGRADE, {"time_of_day": "night"}),
        (BELGRADE, {"weapons": ["handgun"]}),
        (BELGRADE, {"incident_type": "criminal_context"}),
        (UNDATED, {"weapons": ["handgun"]}),
    ],
)
def test_what_is_not_known_of_a_report_does_not_make_it_another_event(
    line: Line, told: dict[str, object], told_now: dict[str, object]
) -> None:
    line.tell(article("a", told, published=None))
    incident = line.approve(line.candidate("open"))
    line.tell(article("a", told | told_now, published=None, minutes=5))
    update = line.candidate("open")
    assert (update.kind, update.incident_id) == ("update", incident.id)


def test_a_rewritten_report_that_tells_another_event_is_a_new_incident(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"))
    line.tell(article("a", OTHER, minutes=5))
    fresh = line.candidate("open")
    assert (fresh.kind, fresh.incident_id, line.mentions(fresh)) == ("new", None, ["a-0"])


def test_a_rejected_update_is_not_proposed_again_by_a_repetition(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"))
    line.tell(later("b", DEAD))
    line.reject(line.candidate("open"), "duplicate")
    line.tell(later("c", DEAD))
    assert line.candidates("open") == []
    line.tell(later("d", DEAD | {"weapons": ["automatic"]}))
    again = line.candidate("open")
    assert (again.kind, again.proposal["weapons"]) == ("update", ["automatic", "handgun"])
    assert again.proposal["victims"][0]["outcome"] == "injured"


def test_a_report_after_a_rejection_is_seen_again(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.reject(line.candidate("open"), "duplicate")
    line.tell(article("b", SHOOTING))
    fresh = line.candidate("open")
    assert (fresh.kind, line.mentions(fresh)) == ("new", ["b-0"])


def test_an_item_proposes_nothing_that_a_rejected_report_alone_tells(line: Line) -> None:
    less = SHOOTING | {"weapons": ["unreported"], "victims": []}
    line.tell(article("a", DEAD | {"weapons": ["automatic"]}))
    line.reject(line.candidate("open"), "duplicate")
    line.tell(later("b", less))
    fresh = line.candidate("open")
    assert (fresh.kind, line.mentions(fresh)) == ("new", ["b-0"])
    assert Facts.model_validate(fresh.proposal) == Facts.model_validate(less)


def test_a_rejected_report_that_changes_back_and_forth_is_seen_each_time(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    for minutes, incident in enumerate((DEAD, SHOOTING, DEAD, SHOOTING), start=1):
        line.reject(line.candidate("open"), "duplicate")
        line.tell(article("a", incident, minutes=minutes))
        assert line.mentions(line.candidate("open")) == ["a-0"]
    assert len(line.candidates("rejected")) == 4


def test_a_decided_mention_stays_when_its_article_no_longer_tells_it(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.approve(line.candidate("open"))
    line.tell(article("a", minutes=5))
    assert line.mentions(line.candidate("approved")) == ["a-0"]


def test_a_report_of_a_withdrawn_incident_is_a_new_one(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    incident = line.approve(line.candidate("open"))
    with line.database.session() as session:
        session.get_one(CuratedIncident, incident.id).state = "withdrawn"
    line.tell(later("b", DEAD))
    assert (line.candidate("open").kind, line.mentions(line.candidate("open"))) == ("new", ["b-0"])


BASE = Facts.model_validate(SHOOTING)


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ({}, {}),
        ({"weapons": ["unreported"], "victims": [], "place": None}, {}),
        ({"time_of_day": "evening"}, {"time_of_day": "evening"}),
        ({"date": "2025-03-02", "date_precision": "day"}, {"date": "2025-03-02"}),
        ({"incident_type": "criminal_context"}, {"incident_type": "criminal_context"}),
    ],
)
def test_only_what_is_told_and_new_changes(after: dict[str, object], changed: dict[str, object]) -> None:
    told = Facts.model_validate(SHOOTING | after)
    expected = Facts.model_validate(SHOOTING | changed) if changed else None
    assert updated(BASE, BASE, told) == expected


def test_persons_in_another_order_are_the_same_persons() -> None:
    two = [{"sex": "male", "age": 34}, {"sex": "female", "age": 30}]
    before = Facts.model_validate(SHOOTING | {"victims": two})
    after = Facts.model_validate(SHOOTING | {"victims": two[::-1]})
    assert updated(before, before, after) is None

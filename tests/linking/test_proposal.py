"""The merged proposal of an event's reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from codebook.records import Facts
from linking.mentions import LinkableMention
from linking.proposal import priority, propose


def mention(id_: str, hour: int, *, official: bool = False, **facts: Any) -> LinkableMention:
    published = dt.datetime(2026, 9, 3, hour, tzinfo=dt.UTC)
    told = Facts.model_validate({"incident_type": "public_dispute", "jurisdiction": "MK"} | facts)
    return LinkableMention(id_, id_, published, official=official, facts=told)


def test_a_report_that_says_nothing_has_no_vote() -> None:
    silent = mention("b", 12)
    assert propose([mention("a", 8, possession="illegal"), silent]).possession == "illegal"


def test_an_official_report_outvotes_one_outlet() -> None:
    outlet = mention("a", 12, place="Tetovo")
    assert propose([outlet, mention("b", 8, official=True, place="Gostivar")]).place == "Gostivar"


def test_two_outlets_that_agree_outvote_an_official_report() -> None:
    outlets = [mention("a", 12, place="Tetovo"), mention("c", 11, place="Tetovo")]
    assert propose([*outlets, mention("b", 8, official=True, place="Gostivar")]).place == "Tetovo"


def test_the_newest_breaks_a_tie() -> None:
    assert propose([mention("a", 8, place="Tetovo"), mention("b", 9, place="Gostivar")]).place == "Gostivar"


def test_a_date_comes_with_its_own_precision() -> None:
    week = mention("a", 8, date="2026-08-31", date_precision="week")
    merged = propose([week, mention("b", 12)])
    assert (merged.date, merged.date_precision) == (dt.date(2026, 8, 31), "week")


def test_a_day_outweighs_the_month_however_often_told() -> None:
    in_march: dict[str, Any] = {"date": "2026-03-01", "date_precision": "month"}
    day = mention("a", 8, date="2026-03-20", date_precision="day")
    merged = propose([day, mention("b", 9, **in_march), mention("c", 10, official=True, **in_march)])
    assert (merged.date, merged.date_precision) == (dt.date(2026, 3, 20), "day")


def test_weapons_are_those_of_all_reports() -> None:
    merged = propose([mention("a", 8, weapons=["handgun"]), mention("b", 9, weapons=["unreported"])])
    assert merged.weapons == ("handgun",)


def test_the_wounded_of_the_first_report_are_the_dead_of_the_next() -> None:
    first = mention("a", 8, victims=[{"sex": "male", "outcome": "injured"}])
    later = mention("b", 20, victims=[{"sex": "male", "outcome": "killed"}])
    assert [v.outcome for v in propose([first, later]).victims] == ["killed"]


def test_a_fatal_event_comes_before_a_seizure() -> None:
    fatal = mention("a", 8, victims=[{"outcome": "killed"}])
    seizure = mention("b", 8, incident_type="weapons_seizure")
    assert priority(fatal.facts, [fatal]) > priority(seizure.facts, [seizure])

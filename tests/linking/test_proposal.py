"""The merged proposal of an event's reports."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codebook.records import Facts
from linking.mentions import LinkableMention
from linking.proposal import priority, propose, told_by


def mention(id_: str, hour: int, *, official: bool = False, **facts: Any) -> LinkableMention:
    published = dt.datetime(2026, 9, 3, hour, tzinfo=dt.UTC)
    told = Facts.model_validate({"incident_type": "public_dispute", "jurisdiction": "MK"} | facts)
    return LinkableMention(id_, id_, published, official=official, facts=told)


def test_what_one_report_tells_is_proposed_in_every_field() -> None:
    told: dict[str, Any] = {
        "incident_type": "criminal_context", "subtype": "armed_robbery", "date": "2026-09-02", "date_precision": "day",
        "time_of_day": "night", "jurisdiction": "MK", "place": "Tetovo", "place_id": "MK-tetovo", "latitude": 42.0,
        "longitude": 20.9, "geo_precision": 1, "place_type": "bar_restaurant", "weapons": ["handgun"],
        "possession": "illegal", "victims": [{"age": 34}], "perpetrators": [{"age": 40}], "seizure": {"firearms": 1},
    }  # fmt: skip
    assert told.keys() == Facts.model_fields.keys()
    assert propose([mention("a", 8, **told)]) == Facts.model_validate(told)


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


MAN = {"sex": "male", "age": 34, "outcome": "injured"}


def outcomes(*reports: LinkableMention) -> list[str]:
    return [victim.outcome for victim in propose(reports).victims]


def test_a_later_death_counts_also_where_the_first_report_tells_of_more_people() -> None:
    woman = {"sex": "female", "outcome": "injured"}
    first = mention("a", 8, victims=[MAN, woman])
    assert outcomes(first, mention("b", 20, victims=[{"sex": "male", "age": 34, "outcome": "killed"}])) == [
        "killed",
        "injured",
    ]
    assert outcomes(first, mention("b", 20, victims=[{"sex": "female", "outcome": "killed"}])) == ["injured", "killed"]


def test_of_two_alike_one_died() -> None:
    two = [{"sex": "male", "outcome": "injured"}] * 2
    later = mention("b", 20, victims=[{"sex": "male", "outcome": "killed"}])
    assert sorted(outcomes(mention("a", 8, victims=two), later)) == ["injured", "killed"]


def test_who_died_is_not_guessed() -> None:
    two = [MAN | {"age": 20}, MAN]
    later = mention("b", 20, victims=[{"sex": "male", "outcome": "killed"}])
    assert outcomes(mention("a", 8, victims=two), later) == ["injured", "injured"]


def test_an_age_that_only_one_report_knows_is_kept() -> None:
    later = mention("b", 20, victims=[{"sex": "male", "outcome": "injured", "relation": "acquaintance"}])
    (victim,) = propose([mention("a", 8, victims=[MAN]), later]).victims
    assert (victim.age, victim.relation) == (34, "acquaintance")


def test_the_newest_official_list_counts_with_fewer_people() -> None:
    rumour = mention("a", 20, victims=[MAN, MAN | {"age": 20}, MAN | {"age": 50}])
    official = mention("b", 18, official=True, victims=[MAN])
    assert len(propose([rumour, official]).victims) == 1


def test_a_perpetrator_arrested_later_is_arrested() -> None:
    wanted = mention("a", 8, perpetrators=[{"sex": "male", "age": 40, "status": "wanted"}])
    (one,) = propose([wanted, mention("b", 20, perpetrators=[{"sex": "male", "status": "arrested"}])]).perpetrators
    assert (one.age, one.status) == (40, "arrested")


def test_the_newest_official_report_weighs_more_than_an_older_one() -> None:
    older = mention("a", 8, official=True, place="Tetovo")
    assert propose([older, mention("b", 7, official=True, place="Gostivar")]).place == "Tetovo"


def test_numbers_seized_come_from_the_reports_that_know_them() -> None:
    guns = mention("a", 8, seizure={"firearms": 3})
    merged = propose([guns, mention("b", 9, seizure={"rounds": 200})]).seizure
    assert merged is not None
    assert (merged.firearms, merged.rounds) == (3, 200)


def test_who_says_what() -> None:
    reports = [
        mention("a", 8, place="Tetovo", victims=[MAN]),
        mention("b", 9, place="Gostivar"),
        mention("c", 10, place="Tetovo"),
    ]
    told = told_by(reports)
    assert [(one.value, one.mentions) for one in told["place"]] == [("Tetovo", ("c", "a")), ("Gostivar", ("b",))]
    assert told["place"][0].moment == reports[2].published
    assert [one.mentions for one in told["victims"]] == [("a",)]
    assert told.keys().isdisjoint({"time_of_day", "seizure", "weapons", "date"})


def test_the_order_of_persons_is_no_disagreement() -> None:
    woman = {"sex": "female", "outcome": "injured"}
    told = told_by([mention("a", 8, victims=[MAN, woman]), mention("b", 9, victims=[woman, MAN])])
    assert len(told["victims"]) == 1


DEAD_MAN = {"sex": "male", "outcome": "killed"}
HURT_MAN = {"sex": "male", "outcome": "injured"}


def test_two_later_reports_that_agree_on_fewer_dead_correct_an_earlier_one() -> None:
    first = mention("a", 8, victims=[DEAD_MAN] * 3)
    assert outcomes(first, mention("b", 12, victims=[DEAD_MAN] * 2)) == ["killed"] * 3
    corrected = [mention("b", 12, victims=[DEAD_MAN] * 2), mention("c", 13, victims=[DEAD_MAN] * 2)]
    assert outcomes(first, *corrected) == ["killed"] * 2


def test_two_later_reports_of_the_one_who_died_leave_the_wounded() -> None:
    first = mention("a", 8, victims=[MAN, {"sex": "female", "outcome": "injured"}])
    follow_ups = [mention(id_, 20, victims=[MAN | {"outcome": "killed"}]) for id_ in "bc"]
    assert outcomes(first, *follow_ups) == ["killed", "injured"]


def test_two_later_outlets_that_agree_outweigh_an_official_report_and_one_does_not() -> None:
    official = mention("a", 8, official=True, victims=[HURT_MAN])
    later = [mention(id_, 12, victims=[DEAD_MAN] * 2) for id_ in "bc"]
    assert outcomes(official, later[0]) == ["killed"]  # the wounded man died: an outlet tells of one more, though
    assert outcomes(official, *later) == ["killed", "killed"]


def test_a_copy_of_an_older_text_wakes_nobody_who_died() -> None:
    died = mention("a", 8, official=True, victims=[MAN | {"outcome": "killed"}])
    assert outcomes(died, mention("b", 20, victims=[MAN])) == ["killed"]
    assert outcomes(died, mention("b", 20, victims=[MAN]), mention("c", 21, victims=[MAN])) == ["killed"]
    assert outcomes(died, mention("b", 20, official=True, victims=[MAN])) == ["injured"]


def test_a_single_later_report_with_fewer_dead_does_not_count() -> None:
    first = mention("a", 8, victims=[DEAD_MAN, HURT_MAN])
    assert sorted(outcomes(first, mention("b", 20, victims=[HURT_MAN, HURT_MAN]))) == ["injured", "killed"]


@pytest.mark.parametrize(
    ("told", "firearms"),
    [
        ([(5, False), (5, False), (5, False), (12, False)], 12),  # the search went on
        ([(5, False), (5, False), (12, True)], 12),
        ([(12, False), (5, False)], 12),  # one outlet that knows of one house
        ([(12, False), (5, False), (5, False)], 5),
        ([(12, True), (15, False)], 12),
        ([(12, True), (15, False), (15, False)], 15),
    ],
)
def test_numbers_seized_follow_the_latest_consistent_story(told: list[tuple[int, bool]], firearms: int) -> None:
    reports = [mention(f"m{n}", n, official=sure, seizure={"firearms": x}) for n, (x, sure) in enumerate(told)]
    merged = propose(reports).seizure
    assert merged is not None
    assert merged.firearms == firearms


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "sex": st.sampled_from(["female", "male", "unreported"]),
            "age": st.sampled_from([None, 20, 34]),
            "outcome": st.sampled_from(["killed", "injured", "unreported"]),
        }
    ),
    max_size=3,
)
REPORTS = st.lists(st.tuples(st.integers(0, 23), st.booleans(), PEOPLE), min_size=1, max_size=5)


@given(REPORTS, st.randoms())
def test_the_proposal_does_not_depend_on_the_order_of_the_reports(
    reports: list[tuple[int, bool, list[dict[str, Any]]]], chance: random.Random
) -> None:
    told = [mention(f"m{n}", hour, official=sure, victims=people) for n, (hour, sure, people) in enumerate(reports)]
    shuffled = list(told)
    chance.shuffle(shuffled)
    assert propose(shuffled) == propose(told)
    assert told_by(shuffled) == told_by(told)


@given(PEOPLE.filter(bool), st.data())
def test_a_later_death_beats_an_earlier_wound_of_the_same_person(
    people: list[dict[str, Any]], data: st.DataObject
) -> None:
    wounded = [person | {"outcome": "injured"} for person in people]
    which = data.draw(st.integers(0, len(people) - 1))
    died = [person | {"outcome": "killed"} if n == which else person for n, person in enumerate(wounded)]
    merged = propose([mention("a", 8, victims=wounded), mention("b", 9, victims=died)])
    assert sorted(map(repr, merged.victims)) == sorted(map(repr, propose([mention("b", 9, victims=died)]).victims))


@pytest.mark.parametrize("official", [True, False])
def test_no_report_tells_of_more_people_than_the_proposal_without_an_official_one(*, official: bool) -> None:
    reports = [mention("a", 8, victims=[MAN, MAN | {"age": 20}]), mention("b", 9, official=official, victims=[MAN])]
    assert len(propose(reports).victims) == (1 if official else 2)

"""Which mentions the linker compares, and how it scores them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codebook.gazetteer import gazetteer
from codebook.records import Facts
from linking import scoring
from linking.days import FARTHEST, days_meant
from linking.features import AGAINST, FOR, Features, features
from linking.hints import Hints
from linking.linker import link
from linking.mentions import LinkableMention
from linking.places import box_around, kilometres
from linking.reasons import reasons
from linking.scoring import Scores, comparable, score
from linking.weights import weights

NOON = dt.datetime(2026, 3, 25, 12, tzinfo=dt.UTC)


def mention(article: str, *, published: dt.datetime | None = NOON, **facts: object) -> LinkableMention:
    told = {"incident_type": "public_dispute", "jurisdiction": "MK", "place": "Tetovo"} | facts
    return LinkableMention(f"{article}-0", article, published, official=False, facts=Facts.model_validate(told))


def dated(article: str, date: str, precision: str = "day") -> LinkableMention:
    return mention(article, date=date, date_precision=precision)


def test_two_municipalities_of_one_name_are_two_places() -> None:
    """Some seventy names are borne by several in Moldova."""
    one, other = (of_gazetteer(id_) for id_ in ("MD-bulboaca-anenii-noi", "MD-bulboaca-briceni"))
    assert one.facts.place == other.facts.place
    assert "far_place" in features(one, other)
    assert "same_place" in features(one, of_gazetteer("MD-bulboaca-anenii-noi"))
    assert "same_place" in features(
        one, mention("c", jurisdiction="MD", place="Bulboaca")
    )  # of which nobody knows which


def test_two_settlements_of_one_municipality_are_the_same_town_with_a_doubt() -> None:
    village, other = settlements()
    assert {"same_place", "other_settlement"} <= features(of_gazetteer(village), of_gazetteer(other)).keys()
    town = gazetteer().municipality_of(gazetteer().place(village)).id
    for one, two in ((village, village), (village, town), (town, town)):
        assert "other_settlement" not in features(of_gazetteer(one), of_gazetteer(two))
    assert "two settlements of one municipality" in reasons(of_gazetteer(village), of_gazetteer(other))


def of_gazetteer(place_id: str) -> LinkableMention:
    place = gazetteer().place(place_id)
    town = gazetteer().municipality_of(place)
    where = {"latitude": place.latitude, "longitude": place.longitude}
    return mention(place_id, jurisdiction=town.jurisdiction, place=town.name, place_id=place_id, **where)


def settlements() -> tuple[str, str]:
    """Two settlements of one municipality."""
    of: dict[str, str] = {}
    for place in gazetteer().places():
        town = gazetteer().municipality_of(place).id
        if place.id != town and town in of:
            return of[town], place.id
        if place.id != town:
            of[town] = place.id
    raise AssertionError


WINDOW, REPORTED = weights().days_apart, weights().report_days_apart
FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
"""Of the month; the week of 2 March ends on the 8th."""


def days(number: int, *, after: dt.date) -> str:
    return (after + dt.timedelta(days=number)).isoformat()


@pytest.mark.parametrize(
    ("date", "precision", "other", "other_precision"),
    [
        ("2026-03-01", "month", "2026-03-20", "day"),
        ("2026-03-01", "month", days(-WINDOW, after=FIRST), "day"),  # the window before it began
        ("2026-03-01", "month", days(WINDOW, after=LAST), "day"),  # the window after it ended
        ("2026-03-17", "month", "2026-03-01", "day"),  # "a month ago", counted back to a day within it
        ("2026-03-01", "month", "2026-03-30", "week"),
        ("2026-03-02", "week", days(WINDOW, after=dt.date(2026, 3, 8)), "day"),
        ("2026-03-05", "week", "2026-03-02", "day"),
    ],
)
def test_a_week_or_month_is_compared_with_all_its_days_and_the_window(
    date: str, precision: str, other: str, other_precision: str
) -> None:
    assert comparable(dated("a", date, precision), dated("b", other, other_precision))


@pytest.mark.parametrize(
    ("date", "precision", "other", "other_precision"),
    [
        ("2026-03-01", "month", days(-WINDOW - 1, after=FIRST), "day"),
        ("2026-03-01", "month", days(WINDOW + 1, after=LAST), "day"),
        ("2026-03-01", "month", "2026-05-01", "month"),
        ("2026-03-02", "week", days(WINDOW + 1, after=dt.date(2026, 3, 8)), "day"),
    ],
)
def test_beyond_its_days_and_the_window_it_is_not_compared(
    date: str, precision: str, other: str, other_precision: str
) -> None:
    assert not comparable(dated("a", date, precision), dated("b", other, other_precision))


def test_one_month_twice_is_no_evidence_of_one_day() -> None:
    day, month = dated("a", "2026-03-01"), dated("a", "2026-03-01", "month")
    other_day, other_month = dated("b", "2026-03-01"), dated("b", "2026-03-01", "month")
    assert score(month, other_month) == score(month, other_day)
    assert score(day, other_day) > score(month, other_month) + 1


def test_two_shootings_of_one_month_reported_weeks_apart_stay_two_events() -> None:
    late = mention("b", published=NOON + dt.timedelta(days=20), date="2026-03-01", date_precision="month")
    victims = [{"sex": "male", "age": 34, "outcome": "killed"}]
    early = mention("a", date="2026-03-01", date_precision="month", victims=victims)
    assert len(link([early, late])) == 2


def test_a_report_of_the_month_joins_one_of_the_day_when_the_victim_agrees() -> None:
    victims = [{"sex": "male", "age": 34, "outcome": "killed"}]
    by_month = mention("a", date="2026-03-01", date_precision="month", victims=victims)
    assert len(link([by_month, mention("b", date="2026-03-20", date_precision="day", victims=victims)])) == 1


KILLED: dict[str, Any] = {"victims": [{"sex": "male", "age": 34, "outcome": "killed"}]}
WOUNDED: dict[str, Any] = {"victims": [{"sex": "male", "age": 34, "outcome": "injured"}]}
ON_THE_DAY: dict[str, Any] = {"date": "2026-03-25", "date_precision": "day"}
LATER = NOON + dt.timedelta(days=2)


def test_the_wounded_may_die_but_the_dead_do_not_come_back() -> None:
    died = score(mention("a", **ON_THE_DAY, **WOUNDED), mention("b", published=LATER, **ON_THE_DAY, **KILLED))
    undone = score(mention("a", **ON_THE_DAY, **KILLED), mention("b", published=LATER, **ON_THE_DAY, **WOUNDED))
    assert died >= weights().join
    assert undone < died - 1


def test_a_later_arrest_is_no_evidence_against_one_event() -> None:
    first, arrest = mention("a", **ON_THE_DAY, **WOUNDED), [{"sex": "male", "age": 40, "status": "arrested"}]
    later = mention("b", published=LATER, **ON_THE_DAY, **WOUNDED, perpetrators=arrest)
    assert score(first, later) >= weights().join


def test_a_report_cannot_tell_what_happened_after_it() -> None:
    before = mention("a", published=NOON - dt.timedelta(days=3), date="2026-03-22", date_precision="day")
    assert score(before, dated("b", "2026-03-25")) < score(dated("a", "2026-03-22"), dated("b", "2026-03-25"))


def test_a_report_of_the_small_hours_tells_of_its_own_day() -> None:
    """Just past midnight in Skopje it is the day before in Greenwich, where the database's clock may stand."""
    small_hours = dt.datetime(2026, 7, 4, 22, 40, tzinfo=dt.UTC)
    told = mention("a", published=small_hours, date="2026-07-05", date_precision="day")
    later = mention("b", published=small_hours + dt.timedelta(hours=9), date="2026-07-05", date_precision="day")
    assert "told_before_it_happened" not in features(told, later)
    before = mention("a", published=small_hours - dt.timedelta(hours=1), date="2026-07-05", date_precision="day")
    assert "told_before_it_happened" in features(before, later)


def placed(article: str, name: str, jurisdiction: str) -> LinkableMention:
    place = next(p for p in gazetteer().lookup(name, jurisdiction) if p.kind == "municipality")
    return mention(article, place=name, place_id=place.id, jurisdiction=jurisdiction)


def test_the_same_town_tells_the_less_the_more_people_live_there() -> None:
    alone = [features(placed("a", *where), placed("b", *where)) for where in (("Crna Trava", "RS"), ("Beograd", "RS"))]
    assert all(told["same_place"] == 1 for told in alone)
    assert [told.get("busy_place", 0) for told in alone] == [0, pytest.approx(0.9, abs=0.1)]


def test_two_texts_that_share_no_rare_word_speak_against_one_event() -> None:
    a, b = (replace(mention(name), hints=Hints(name={name: 5.0}, word={"w": 4.0})) for name in "ab")
    assert "nothing_shared" not in features(a, b)
    a, b = (replace(one, hints=Hints(name={one.article_id: 5.0})) for one in (a, b))
    assert features(a, b)["nothing_shared"] == 1
    assert "nothing_shared" not in features(a, replace(b, hints=Hints()))
    assert "no rare word, name or number in common" in reasons(a, b)


def test_shared_rare_names_and_initials_speak_for_one_event() -> None:
    named = Hints(name={"a" * 16: 7.0}, person={"b" * 16: 6.5})
    other = Hints(name={"c" * 16: 7.0}, person={"d" * 16: 6.5})
    one, same, different = (
        replace(mention(id_), hints=known) for id_, known in zip("abc", (named, named, other), strict=True)
    )
    assert score(one, same) > score(one, different)


def test_a_report_without_any_date_joins_none_by_place_and_type_alone() -> None:
    assert len(link([mention("a", published=None), mention("b", published=None)])) == 2


@pytest.mark.parametrize(("hours", "compared"), [(REPORTED * 24, True), (REPORTED * 24 + 1, False)])
def test_undated_reports_are_compared_up_to_the_window_both_ways(hours: int, compared: bool) -> None:
    early, late = mention("a"), mention("b", published=NOON + dt.timedelta(hours=hours))
    assert comparable(early, late) is compared
    assert comparable(late, early) is compared


@pytest.mark.parametrize(("days", "compared"), [(REPORTED, True), (REPORTED + 1, False)])
def test_a_month_told_twice_is_compared_where_the_reports_are_near_too(days: int, compared: bool) -> None:
    early, late = dated("a", "2026-03-01", "month"), dated("b", "2026-03-01", "month")
    assert comparable(early, replace(late, published=NOON + dt.timedelta(days=days))) is compared
    assert comparable(dated("a", "2026-03-01"), dated("b", "2026-03-01"))


def at(article: str, latitude: float | None, longitude: float | None) -> LinkableMention:
    return mention(article, latitude=latitude, longitude=longitude)


def test_two_known_places_far_apart_are_not_compared_and_an_unknown_one_is_near_to_all() -> None:
    tetovo, dojran, skopje = (at(name, *where) for name, where in zip("abc", MACEDONIAN, strict=True))
    assert not comparable(tetovo, dojran)
    assert comparable(tetovo, skopje)
    assert comparable(at("d", None, None), tetovo)
    assert comparable(at("d", None, None), dojran)


MACEDONIAN = ((42.01, 20.97), (41.18, 22.72), (42.0, 21.43))
"""Tetovo; Dojran, 172 km away; Skopje, 38 km away."""


STEP = st.floats(-2, 2)


@given(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), STEP, STEP)
def test_what_is_near_lies_in_the_box(here: tuple[float, float], north: float, east: float) -> None:
    there = (max(-90, min(90, here[0] + north)), max(-180, min(180, here[1] + east)))
    a, b = at("a", *here).facts, at("b", *there).facts
    box, distance = box_around(a, 150), kilometres(a, b)
    assert box is not None
    assert distance is not None
    if distance <= 150:
        assert box.south <= there[0] <= box.north
        assert box.west <= there[1] <= box.east


def test_no_weight_has_the_wrong_sign() -> None:
    learned = weights().evidence
    assert all(learned[name] >= 0 for name in FOR & learned.keys())
    assert all(learned[name] <= 0 for name in AGAINST & learned.keys())
    assert "place_unknown" in AGAINST


def test_a_score_is_reckoned_once_and_for_the_reading_it_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(a: LinkableMention, b: LinkableMention) -> Features:
        asked.append((a, b))
        return features(a, b)

    monkeypatch.setattr(scoring, "features", counted)
    one, before, after = mention("a"), mention("b", incident_type="suicide"), mention("b")
    scores = Scores()
    for _ in range(2):
        assert scores.score(one, before) == scores.score(before, one)
        assert scores.score(one, after) > scores.score(one, before)
    assert len(asked) == 2
    assert scores.score(one, after) == score(one, after)


DATED = st.tuples(st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30)), st.sampled_from(["day", "week", "month"]))
TOLD = st.one_of(st.just((None, "unknown")), DATED)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "sex": st.sampled_from(["female", "male", "unreported"]),
            "age": st.sampled_from([None, 20, 34]),
            "outcome": st.sampled_from(["killed", "injured"]),
        }
    ),
    max_size=2,
)


@st.composite
def mentions(draw: st.DrawFn, article: str) -> LinkableMention:
    date, precision = draw(TOLD)
    published = draw(st.none() | st.timedeltas(dt.timedelta(), dt.timedelta(days=60)).map(lambda after: NOON + after))
    known = draw(st.dictionaries(st.sampled_from(["a" * 16, "b" * 16]), st.floats(3, 8)))
    latitude = draw(st.none() | st.floats(40, 47))
    told = mention(
        article,
        published=published,
        incident_type=draw(st.sampled_from(["public_dispute", "undetermined_shooting", "suicide", "weapons_seizure"])),
        date=date,
        date_precision=precision,
        place=draw(st.sampled_from([None, "Tetovo", "Ohrid"])),
        latitude=latitude,
        longitude=None if latitude is None else draw(st.floats(14, 29)),
        weapons=draw(st.sampled_from([["unreported"], ["handgun"], ["hand_grenade", "handgun"]])),
        victims=draw(PEOPLE),
        perpetrators=draw(PEOPLE.map(lambda people: [{"sex": one["sex"], "age": one["age"]} for one in people])),
        seizure=draw(st.none() | st.fixed_dictionaries({"firearms": st.sampled_from([None, 1, 2])})),
    )
    return replace(told, hints=Hints(name=known, word=known))


@given(mentions("a"), mentions("b"))
@example(mention("a"), mention("b", published=NOON + dt.timedelta(days=REPORTED, hours=1)))
def test_comparing_and_scoring_are_symmetric(a: LinkableMention, b: LinkableMention) -> None:
    assert comparable(a, b) == comparable(b, a)
    assert score(a, b) == score(b, a)
    assert reasons(a, b) == reasons(b, a)


@given(DATED)
def test_a_date_is_among_its_days_and_near_to_all_of_them(told: tuple[dt.date, str]) -> None:
    date, precision = told
    days = days_meant(mention("a", date=date, date_precision=precision).facts)
    assert days is not None
    assert days.first <= date <= days.last
    assert max(date - days.first, days.last - date) <= FARTHEST

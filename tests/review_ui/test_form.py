"""The form as a function: facts to texts and back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codebook.codes import code_list, subtypes_of
from codebook.records import Facts, Perpetrator, Seizure, Victim
from review_ui.form import FormValues, differs, persons_in, proposed, read
from tests.review_ui.seed import DISPUTE

TODAY = dt.date(2025, 6, 1)


def code(name: str, *without: str) -> st.SearchStrategy[str]:
    return st.sampled_from([c for c in code_list(name).codes if c not in without])


AGE = st.none() | st.integers(0, 120)
COUNT = st.none() | st.integers(0, 10**8)
VICTIM = st.builds(Victim, sex=code("sex"), age=AGE, outcome=code("outcome"), relation=code("relation"))
PERPETRATOR = st.builds(Perpetrator, role=code("role", "victim"), sex=code("sex"), age=AGE, status=code("status"))
SEIZURE = st.builds(Seizure, firearms=COUNT, rounds=COUNT, explosives=COUNT, where=code("seizure_where"))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    incident_type = draw(code("incident_type"))
    date = draw(st.none() | st.dates(dt.date(2014, 1, 1), TODAY))
    place = draw(st.none() | st.sampled_from(["Novi Pazar", "Shkodër", 'a "quoted" <place>']))
    return Facts(
        incident_type=incident_type,
        subtype=draw(st.sampled_from([None, *subtypes_of(incident_type)])),
        date=date,
        date_precision=draw(code("date_precision", "unknown")) if date else "unknown",
        time_of_day=draw(code("time_of_day")),
        jurisdiction=draw(code("jurisdiction")),
        place=place,
        place_id=place and "RS-somewhere",
        latitude=draw(st.none() | st.floats(-90, 90)),
        geo_precision=draw(st.sampled_from([1, 2])) if place else draw(st.sampled_from([2, 3])),
        place_type=draw(code("place_type")),
        weapons=draw(st.lists(code("weapon"), min_size=1, unique=True).map(tuple)),
        possession=draw(code("possession")),
        victims=draw(st.lists(VICTIM, max_size=3).map(tuple)),
        perpetrators=draw(st.lists(PERPETRATOR, max_size=3).map(tuple)),
        seizure=draw(st.none() | SEIZURE),
    )


@given(facts())
def test_an_untouched_form_gives_back_what_was_proposed(original: Facts) -> None:
    values = proposed(original)
    read_back, errors = read(values, original, TODAY)
    assert errors.lines == {}
    assert read_back == original
    assert not differs(values, original)


def changed(**plain: str) -> FormValues:
    values = proposed(DISPUTE)
    return replace(values, plain={**values.plain, **plain})


@pytest.mark.parametrize(
    ("values", "field", "line"),
    [
        (changed(incident_type="brawl"), "incident_type", "Choose one of the list."),
        (changed(subtype="hunting"), "subtype", "belongs to another type"),
        (changed(date=""), "date", "Choose a date, or set its precision to unknown."),
        (changed(date="3.3.2025"), "date", "Write the date as year-month-day"),
        (changed(date="2025-06-02"), "date", "lies in the future"),
        (changed(date_precision="unknown"), "date_precision", "Say how exact the date is"),
        (changed(jurisdiction=""), "jurisdiction", "Choose where the event took place."),
        (changed(place=""), "place", "Name the municipality"),
        (changed(place="Nigdina"), "place", "No place of this name is known there"),
        (changed(geo_precision="3"), "geo_precision", "A place is named"),
        (changed(seizure_rounds="50"), "seizure", "Tick that weapons were seized"),
        (changed(date="0202-03-03"), "date", "look at its year"),
        (replace(changed(), comment="x" * 4001), "comment", "Shorten the comment to 4,000 characters; it has 4,001."),
        (replace(changed(seizure_rounds="many"), seized=True), "seizure.rounds", "Write the number of pieces"),
        (replace(changed(), weapons=("sword",)), "weapons", "Choose one of the list."),
    ],
)
def test_a_wrong_value_has_a_line_that_says_what_to_do(values: FormValues, field: str, line: str) -> None:
    facts_read, errors = read(values, DISPUTE, TODAY)
    assert facts_read is None
    assert list(errors.lines) == [field]
    assert line in errors.lines[field]


@pytest.mark.parametrize("age", ["-1", "121", "٣", "3.5", "1e2", "9" * 5000])
def test_an_age_is_a_number_of_years(age: str) -> None:
    values = proposed(DISPUTE)
    row = {**values.persons["victims"][0], "age": age}
    _, errors = read(replace(values, persons={**values.persons, "victims": (row,)}), DISPUTE, TODAY)
    assert list(errors.lines) == ["victims[0].age"]


def test_a_changed_place_takes_its_municipality_from_the_gazetteer() -> None:
    read_back, errors = read(changed(place="Чачак"), DISPUTE, TODAY)
    assert errors.lines == {}
    assert read_back is not None
    assert read_back.place == "Čačak"
    assert read_back.place_id not in (None, DISPUTE.place_id)
    assert read_back.latitude != DISPUTE.latitude


def test_no_weapon_chosen_is_unreported() -> None:
    read_back, _ = read(replace(changed(), weapons=()), DISPUTE, TODAY)
    assert read_back is not None
    assert read_back.weapons == ("unreported",)


@pytest.mark.parametrize("wrong", [{"age": "old"}, {"age": "130"}, {"sex": "woman"}, {"outcome": ""}])
def test_what_is_wrong_of_a_person_counts_as_not_told(wrong: dict[str, str]) -> None:
    row = {**proposed(DISPUTE).persons["victims"][0], **wrong}
    (person,) = persons_in(replace(proposed(DISPUTE), persons={"victims": (row,)}))["victims"]
    (name,) = wrong
    assert person == DISPUTE.victims[0].model_copy(update={name: getattr(Victim(), name)})

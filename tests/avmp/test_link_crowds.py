"""Strangers: reports of other events, moved to where and when a report is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest

from avmp import link_crowds
from avmp.link_crowds import strangers
from avmp.link_views import Told
from codebook.gazetteer import gazetteer
from codebook.records import Facts
from linking.blocking import comparable
from linking.mentions import LinkableMention

NOON = dt.datetime(2026, 9, 3, 12, tzinfo=dt.UTC)


def told(name: str, town: str, jurisdiction: str = "RS") -> Told:
    place = next(place for place in gazetteer().lookup(town, jurisdiction) if place.kind == "municipality")
    facts = Facts(
        incident_type="public_dispute",
        date=NOON.date(),
        date_precision="day",
        jurisdiction=jurisdiction,
        place=place.name,
        place_id=place.id,
        latitude=place.latitude,
        longitude=place.longitude,
        geo_precision=1,
    )
    return Told(LinkableMention(name, name, NOON, official=False, facts=facts), name)


@pytest.fixture
def others() -> list[Told]:
    """Unrelated reports of a year before."""
    found = [told(f"o{n}", town) for n, town in enumerate(("Niš", "Subotica", "Kragujevac", "Bor"))]
    year = dt.timedelta(days=365)
    return [Told(replace(one.mention, published=NOON - year), one.event) for one in found]


def around(one: Told, others: list[Told]) -> list[LinkableMention]:
    return [stranger for _, stranger in strangers([one], others)]


def test_strangers_are_comparable_and_of_other_articles(others: list[Told]) -> None:
    own = told("a", "Beograd")
    pairs = list(strangers([own], others))
    assert pairs
    for mention, stranger in pairs:
        assert comparable(mention, stranger)
        assert mention.id == "a" != stranger.id
        assert stranger.article_id not in {one.mention.article_id for one in others}
    assert {mention.facts.date for mention, _ in pairs} == {NOON.date(), None}


def test_a_large_town_has_more_strangers_of_its_own_than_a_small_one(
    others: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_crowds, "A_DAY", 30)
    of_town = {
        town: Counter(stranger.facts.place for stranger in around(told("a", town), others))[town]
        for town in ("Beograd", "Trgovište")
    }
    assert of_town["Beograd"] > 10 > 1 >= of_town["Trgovište"]


def test_the_same_reports_have_the_same_strangers(others: list[Told]) -> None:
    own = [told("a", "Beograd"), told("b", "Niš")]
    assert list(strangers(own, others)) == list(strangers(own, others))


def test_who_is_alone_in_a_jurisdiction_or_of_no_time_has_none(others: list[Told]) -> None:
    own = told("a", "Tetovo", "MK")
    assert around(own, others) == []
    timeless = Told(replace(told("a", "Beograd").mention, published=None), "a")
    assert around(timeless, others) == []

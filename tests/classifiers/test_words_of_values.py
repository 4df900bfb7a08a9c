"""The words and figures of the values that are read beside others: subtype, jurisdiction, time of day, ages."""

from __future__ import annotations

import datetime as dt

import pytest

from classifiers.reader import Reader, default_reader, linear_reader
from codebook.records import Article, Mention

TITLE = "Man shot dead in Prizren"
TEXT = (
    "A man was shot dead in a cafe in Prizren on Friday evening. Police believe the killing was ordered by a clan. "
    "The victim, a 34-year-old, died on the spot."
)
PUBLISHED = dt.datetime(2026, 3, 7, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module", params=[default_reader, linear_reader], ids=["both stages", "linear alone"])
def mention(request: pytest.FixtureRequest) -> Mention:
    reader: Reader = request.param()
    article = Article(
        id="w", source_id="s", url="https://a.example/w", title=TITLE, text=TEXT, published=PUBLISHED,
        published_from="page", fetched=PUBLISHED, source_jurisdiction="XK",
    )  # fmt: skip
    (found,) = reader.read(article).mentions
    return found


def words(mention: Mention, field: str) -> list[str]:
    parts = {"title": TITLE, "text": TEXT}
    return [parts[one.part][one.start : one.end] for one in mention.evidence if one.field == field]


def test_a_subtype_has_the_words_of_its_type_and_a_figure(mention: Mention) -> None:
    assert (mention.incident_type, mention.subtype) == ("criminal_context", "organized_crime")
    assert words(mention, "subtype") == words(mention, "incident_type") != []
    assert 1 / 3 < mention.confidence["subtype"] <= 1


def test_the_jurisdiction_of_a_town_rests_on_the_town(mention: Mention) -> None:
    assert mention.jurisdiction == "XK"
    assert words(mention, "jurisdiction") == words(mention, "place") == ["Prizren"]
    assert mention.confidence["jurisdiction"] > 0.9


def test_a_time_of_day_rests_on_its_own_words(mention: Mention) -> None:
    assert mention.time_of_day == "evening"
    assert words(mention, "time_of_day") == ["evening"]


def test_an_age_that_another_stretch_tells_rests_on_that(mention: Mention) -> None:
    (victim,) = mention.victims
    assert victim.age == 34
    (told,) = words(mention, "victims[0].age")
    assert "34" in told

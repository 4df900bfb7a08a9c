"""The kind of place: words for it in every language, and which of them tells where the event was."""

from __future__ import annotations

import datetime as dt

import pytest

from classifiers.lexicon import LANGUAGES, written_terms
from classifiers.pipelines import layout_of, parsed
from classifiers.place_types import candidates
from classifiers.reader import default_reader, linear_reader
from codebook.codes import code_list
from codebook.records import Article, Mention

NAMED = [
    ("hbs", "Ranjen je ispred kafića.", "bar_restaurant"),
    ("hbs", "Пуцано је у породичној кући.", "home"),
    ("hbs", "Oružje je nađeno na graničnom prelazu.", "border"),
    ("mk", "Пукано е пред златарница.", "business"),
    ("mk", "Убиен е во својата куќа.", "home"),
    ("sq", "U qëllua brenda makinës.", "vehicle"),
    ("sq", "Sherri nisi në oborrin e shkollës.", "school"),
    ("ro", "A fost împușcat pe stradă.", "public_place"),
    ("ro", "Arma a fost găsită în pădure.", "other"),
    ("ru", "Его застрелили в подъезде.", "home"),
    ("ru", "Стреляли на рынке.", "public_place"),
    ("en", "He was shot outside a petrol station.", "business"),
]


@pytest.mark.parametrize(("lang", "text", "code"), NAMED)
def test_every_language_has_words_for_kinds_of_places(lang: str, text: str, code: str) -> None:
    assert code in {one.code for one in candidates(parsed(lang, "", text)[:], "undetermined_shooting")}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_kinds_are_those_of_the_codebook(lang: str) -> None:
    assert set(written_terms(lang)["place_type"]) == set(code_list("place_type").codes) - {"unreported"}


def test_of_overlapping_words_the_longest_counts_and_one_word_may_be_of_two_kinds() -> None:
    doc = parsed("en", "", "He was shot in a car park behind the barn.")
    found = [(doc[one.found.start : one.found.end].text, one.code) for one in candidates(doc[:], "public_dispute")]
    assert found[0] == ("car park", "public_place")
    assert {code for words, code in found if words == "barn"} == {"home", "other"}
    assert ("car", "vehicle") not in found


def test_words_for_kinds_of_places_are_none_of_the_terms_that_tell_what_an_article_is_about() -> None:
    layout = layout_of(parsed("en", "", "A house in a street beside a school."))
    assert not layout.terms
    assert [one.label for one in layout.place_words] == ["home", "public_place", "school"]


def article(title: str, text: str) -> Article:
    published = dt.datetime(2026, 3, 7, 9, tzinfo=dt.UTC)
    return Article(
        id="p", source_id="s", url="https://a.example/p", title=title, text=text, published=published,
        published_from="page", fetched=published, source_jurisdiction="XK",
    )  # fmt: skip


def read(title: str, text: str) -> Mention:
    (mention,) = default_reader().read(article(title, text)).mentions
    return mention


def test_the_kind_of_place_has_the_words_it_rests_on_and_a_figure() -> None:
    text = "A man of 34 was shot dead in a cafe in Prizren on Friday evening. The suspect was arrested in his house."
    mention = read("Man shot dead in Prizren", text)
    (words,) = [one for one in mention.evidence if one.field == "place_type"]
    assert mention.place_type == "bar_restaurant"
    assert (words.part, text[words.start : words.end]) == ("text", "cafe")
    assert 0 < mention.confidence["place_type"] <= 1


@pytest.mark.parametrize("beside", ["", " He was taken to hospital by a neighbour."])
def test_no_kind_is_told_where_no_word_tells_one(beside: str) -> None:
    text = f"A man of 34 was wounded by a bullet from a pistol in Prizren on Friday.{beside}"
    mention = read("Man wounded in Prizren", text)
    assert mention.place_type == "unreported"
    assert "place_type" not in mention.confidence
    assert not [one for one in mention.evidence if one.field == "place_type"]


def test_the_linear_stage_alone_tells_it_as_well() -> None:
    text = "A man of 34 was shot dead in a cafe in Prizren on Friday. The suspect was arrested in his house."
    (mention,) = linear_reader().read(article("Man shot dead in a cafe", text)).mentions
    assert mention.place_type == "bar_restaurant"

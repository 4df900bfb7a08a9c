"""Quotations are found whatever their spaces, quotation marks and composition, on the exact original characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.instruct.quotations import Words, plain
from tests.classifiers.instruct.answers import article

LETTERS = st.text(alphabet="aAčćжњ\u0301\u030c \n\u00a0\u00ad\u200b„“'’-–12ﬁ", max_size=40)


def found(text: str, quote: str, title: str = "", near: int | None = None) -> str | None:
    where = Words(article(title=title, text=text)).find(quote, near)
    return where and (title if where.part == "title" else text)[where.start : where.end]


@pytest.mark.parametrize(
    ("text", "quote", "words"),
    [
        ("Ubijen je  muškarac\n\n(34) sinoć.", "muškarac (34)", "muškarac\n\n(34)"),
        ("Пронађен „шкорпион“ у стану.", 'Пронађен "шкорпион"', "Пронађен „шкорпион"),
        ("pis\u030ctolj nađen", "pištolj", "pis\u030ctolj"),
        ("pištolj nađen", "pis\u030ctolj", "pištolj"),
        ("re\u00advol\u200bver u torbi", "revolver", "re\u00advol\u200bver"),
        ("42–godišnji vozač", "42-godišnji", "42–godišnji"),
        ("iz pištoljem ranjen", "pištolj", "pištolj"),
        ("a lihej një armë", "s'ka", None),
        ("ranjen je muškarac", "Ranjen", None),
        ("ranjen je muškarac", "ranjena", None),
        ("ranjen", "", None),
        ("ranjen.", "...", None),
        ("ranjen je", "e", None),
        ("ranjen", "an", None),
        ("kod njega je pronađen pištolj", "ona", None),
        ("kod njega je pronađen pištolj", "nađen", None),
        ("iz puškama", "puš", None),
        ("pis\u030ctolj", "pis", None),
        ("Kalašnjikov (7,62) i 120 metaka", "12", None),
        ("", "ranjen", None),
    ],
)
def test_the_same_words_are_found_and_others_are_not(text: str, quote: str, words: str | None) -> None:
    assert found(text, quote) == words


def test_whole_words_come_first_then_the_text_then_what_is_near() -> None:
    assert Words(article(title="", text="pištoljem, pištolj")).find("pištolj").start == 11  # type: ignore[union-attr]
    words = Words(article(title="pištolj", text="Pola. pištolj, dalje, dalje, pištolj"))
    assert [words.find("pištolj", near).position for near in (None, -7, 4, 30)] == [6, -7, 6, 29]  # type: ignore[union-attr]


def test_words_of_the_title_alone_lie_in_the_title() -> None:
    where = Words(article(title="Ranjen u Nišu", text="Policija traga.")).find("u Nišu")
    assert where is not None
    assert (where.part, where.start, where.end) == ("title", 7, 13)
    assert where.evidence("place").field == "place"


@given(LETTERS, LETTERS, LETTERS, st.sampled_from(["NFC", "NFD", "NFKC"]))
def test_what_is_found_are_the_words_of_the_quotation(before: str, quote: str, after: str, form: str) -> None:
    text = before + " " + quote + " " + after
    asked = unicodedata.normalize(form, quote) if form != "NFKC" else quote.replace(" ", "\n ")
    words = found(text, asked)
    if words is None:
        letters = sum(letter.isalnum() for letter in plain(asked))
        assert letters == 0 or unicodedata.combining(quote[0])
    else:
        assert plain(words) == plain(asked)


@given(st.text(max_size=60), st.text(max_size=10), st.integers(-100, 100))
def test_any_text_and_any_quotation_give_words_or_nothing(text: str, quote: str, near: int) -> None:
    words = found(text, quote, near=near)
    assert words is None or plain(words) == plain(quote)

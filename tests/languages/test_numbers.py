"""Numbers in digits and in words, inflected, in all six languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.numbers import number_words, numbers_in
from languages.packs import packs

LANGS = st.sampled_from(sorted(packs()))


def read(text: str, lang: str) -> list[tuple[str, int]]:
    return [(text[span.start : span.end], span.value) for span in numbers_in(text, lang)]


@pytest.mark.parametrize(
    ("lang", "text", "value"),
    [
        ("hbs", "dvadeset i pet", 25), ("hbs", "trideset dva", 32), ("hbs", "stotinu dvadeset tri", 123),
        ("hbs", "dvije hiljade", 2000), ("hbs", "dve hiljade", 2000), ("hbs", "dvije tisuće", 2000),
        ("hbs", "trojica", 3), ("hbs", "petoricu", 5), ("hbs", "dvojicom", 2), ("hbs", "četvero", 4),
        ("hbs", "двадесет и пет", 25), ("hbs", "тројица", 3), ("hbs", "pedeset pet hiljada", 55_000),
        ("hbs", "dvjesto pedeset", 250), ("hbs", "cetiri", 4),
        ("sq", "dymijë e katërqind", 2400), ("sq", "njemije e dyqind", 1200), ("sq", "dhjetëmijë", 10_000),
        ("en", "twelve hundred", 1200), ("en", "two thousand five hundred", 2500), ("mk", "шестотини", 600),
        ("sq", "njëzet e pesë", 25), ("sq", "njezet e pese", 25), ("sq", "dyqind e pesëdhjetë", 250),
        ("sq", "një mijë e dyqind", 1200), ("sq", "dymbëdhjetë", 12), ("sq", "tri", 3), ("sq", "treve", 3),
        ("mk", "дваесет и пет", 25), ("mk", "двајца", 2), ("mk", "тројцата", 3), ("mk", "петмина", 5),
        ("mk", "сто и дваесет", 120), ("mk", "две илјади", 2000), ("mk", "dvaeset i pet", 25),
        ("ro", "douăzeci și cinci", 25), ("ro", "douazeci si cinci", 25), ("ro", "douăzeci de mii", 20_000),
        ("ro", "nouăzeci și nouă", 99), ("ro", "amândoi", 2), ("ro", "şase", 6), ("ro", "3 mii", 3000),
        ("ro", "cinci sute", 500), ("sq", "2 mijë e dyzet", 2040),
        ("ru", "двадцать пять", 25), ("ru", "двоих", 2), ("ru", "троих", 3), ("ru", "трёх", 3), ("ru", "трех", 3),
        ("ru", "сорока", 40), ("ru", "тысяча двести", 1200), ("ru", "двухсот", 200), ("ru", "пять тысяч", 5000),
        ("en", "twenty-five", 25), ("en", "twenty five", 25), ("en", "one hundred and twenty", 120),
        ("en", "five hundred", 500), ("en", "two thousand", 2000),
        ("ru", "10 тыс", 10_000), ("ru", "6,5 тыс", 6500), ("ru", "шестнадцатью", 16), ("ru", "пять сотен", 500),
        ("hbs", "11.500", 11_500), ("sq", "1 200", 1200), ("mk", "1.000.000", 1_000_000), ("en", "11,500", 11_500),
        ("ru", "11\u00a0500", 11_500), ("ro", "7", 7),
    ],
)  # fmt: skip
def test_one_number(lang: str, text: str, value: int) -> None:
    assert read(text, lang) == [(text, value)]
    sentence = f"– {text} –"
    assert read(sentence, lang) == [(text, value)]


@pytest.mark.parametrize(
    ("lang", "text", "numbers"),
    [
        ("hbs", "tri pištolja i 45 metaka", [("tri", 3), ("45", 45)]),
        ("hbs", "dva puta, pet puta", [("dva", 2), ("pet", 5)]),
        ("hbs", "što je bilo", []),  # "what", not "sto", a hundred
        ("sq", "dy pistoleta e tre granata", [("dy", 2), ("tre", 3)]),
        ("ru", "двое и трое", [("двое", 2), ("трое", 3)]),
        ("en", "three or four", [("three", 3), ("four", 4)]),
        ("hbs", "u 15:30, 3,5 kg, 15.10.2023. i 1/2", []),
        ("ro", "o sută de cartușe", [("sută", 100)]),
        ("en", "call 38161234567890", []),
        ("en", "1" * 5000, []),
        ("hbs", "stotine metaka i hiljade čaura", []),  # nobody says how many hundreds
        ("ro", "mii de cartușe", []),
        ("hbs", "oko hiljade metaka", [("hiljade", 1000)]),
        ("en", "several thousand rounds", []),
        ("en", "", []),
    ],
)
def test_numbers_in_a_sentence(lang: str, text: str, numbers: list[tuple[str, int]]) -> None:
    assert read(text, lang) == numbers


@pytest.mark.parametrize("lang", sorted(packs()))
def test_every_number_up_to_99_has_a_word(lang: str) -> None:
    assert set(range(1, 20)) | set(range(20, 100, 10)) <= set(number_words(lang).values())
    for ten in range(20, 100, 10):
        for unit in range(1, 10):
            words = packs()[lang].numbers.words
            joint = {"hbs": " i ", "sq": " e ", "mk": " и ", "ro": " și ", "ru": " ", "en": "-"}[lang]
            text = words[ten][0] + joint + words[unit][0]
            assert read(text, lang) == [(text, ten + unit)]


@given(LANGS, st.integers(1, 999_999))
def test_digits_mean_what_they_say(lang: str, value: int) -> None:
    separator = packs()[lang].numbers.group_separators[0]
    for text in (str(value), f"{value:,}".replace(",", separator), f"{value:,}".replace(",", " ")):
        assert read(text, lang) == [(text, value)]


@given(LANGS, st.data())
def test_spans_lie_in_the_text_in_order_and_mean_the_same_alone(lang: str, data: st.DataObject) -> None:
    words = sorted(form for forms in packs()[lang].numbers.words.values() for form in forms)
    pieces = st.one_of(st.sampled_from(words), st.sampled_from(["12", "1.200", ",", "–", "i", "и", "\u00ad", "Ђ"]))
    text = " ".join(data.draw(st.lists(pieces, max_size=8)))
    end = 0
    for span in numbers_in(text, lang):
        assert end <= span.start < span.end <= len(text)
        assert [alone.value for alone in numbers_in(text[span.start : span.end], lang)] == [span.value]
        end = span.end


@given(LANGS, st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_read(lang: str, text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in numbers_in(text, lang))

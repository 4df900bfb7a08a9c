"""The canonical form: what it says, and the laws its offsets obey on any text at all."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.canonical import canonical, composed, fold, folded, in_one_script
from languages.packs import packs
from languages.scripts import script_of

LANGS = st.sampled_from([None, "other", *packs()])
ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""Every code point there is, lone surrogates included."""
NEWS_TEXT = st.text(
    "abcčćdđež ŠĐŽABCëçțăîşâабвгдђежзијклљмнњопрстћуфхцчџшЂЉЊЏЋѓќѕЃЌЅёйыэщъьЫЭЮЯӿ"
    "\u0301\u0306\u030c\u00ad\u200b\u200d\u200e\u202e\ufeff-.,0123 \n"
)
"""Letters of the region, stray accents and the invisible characters that news pages carry."""


@pytest.mark.parametrize(
    ("original", "latin"),
    [
        ("Полиција у Новом Пазару", "Policija u Novom Pazaru"),
        ("ЊЕГОШЕВА и Његошева, Љ. Џ.", "NJEGOŠEVA i Njegoševa, Lj. Dž."),
        ("Ѓорче Петров, Ќафасан, ѕвезда", "Ǵorče Petrov, Ḱafasan, dzvezda"),
        ("Щёлково, подъезд, вязь, Эдинец", "Ščëlkovo, podezd, vjaz, Edinec"),
        ("Kru\u00adše\u200bvac", "Kruševac"),
        ("Kruševac\u200e \u202eNiš", "Kruševac Niš"),
        ("Bеоgrаd", "Beograd"),
        ("Нoви Caд", "Novi Sad"),
        ("пykале со opужје", "pukale so oružje"),
        ("Kruševac", "Kruševac"),
        ("Făleşti, ŢARĂ, s\u0327ase", "Fălești, ȚARĂ, șase"),
        ("й", "j"),
    ],
)
def test_canonical_form(original: str, latin: str) -> None:
    assert canonical(original).text == latin


@pytest.mark.parametrize(
    ("lang", "original", "composed_"),
    [
        ("mk", "Двајца пykале со opужје, пoвpeдени се тројца", "Двајца пукале со оружје, повредени се тројца"),
        ("mk", "Сè е наред, калашников АК-47, M70 и Zastavа", "Сè е наред, калашников АК-47, M70 и Zastavа"),
        ("ru", "cтрeльбa в Бeльцах", "стрельба в Бельцах"),
        ("ro", "Bălți, cтрeльбa", "Bălți, cтрeльбa"),
        ("mk", "куче́ пу­кал", "куче́ пукал"),
    ],
)
def test_cyrillic_is_written_in_cyrillic_letters_where_it_is_read_in_them(
    lang: str, original: str, composed_: str
) -> None:
    assert composed(original, lang).text == composed_


@pytest.mark.parametrize(
    ("mixed", "one"),
    [
        ("пyкале", "пукале"),
        ("Zastavа", "Zastava"),
        ("Bеоgrаd", "Beograd"),
        ("Caд", "Сад"),
        ("АK-47", "АК-47"),
        ("пgш", "пgш"),
    ],
)
def test_a_word_is_written_in_one_script_where_it_can(mixed: str, one: str) -> None:
    assert in_one_script(mixed) == one


def test_a_word_ends_at_the_same_accent_whether_the_text_came_composed_or_not() -> None:
    accented, mixed = "M\u0301\u0301", "M\u041c"  # no letter has both acutes; a Latin and a Cyrillic M
    for text in (accented + mixed, unicodedata.normalize("NFC", accented) + mixed):
        assert composed(text, "mk").text == "\u1e3e\u0301\u041c\u041c"


@given(st.text(st.sampled_from("пукаneоxpkaМM70 ­́")), st.sampled_from(["mk", "ru", "ro"]), st.data())
def test_a_composed_text_points_at_the_original(text: str, lang: str, data: st.DataObject) -> None:
    form = composed(text, lang)
    start = data.draw(st.integers(0, len(form.text)))
    end = data.draw(st.integers(start, len(form.text)))
    begin, stop = form.original_span(start, end)
    assert 0 <= begin <= stop <= len(text)
    assert composed(form.text, lang).text == form.text


def test_serbian_reads_the_same_in_both_scripts() -> None:
    assert canonical("Ухапшен осумњичени за пуцњаву код Чачка").text == "Uhapšen osumnjičeni za pucnjavu kod Čačka"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đakovica", "Djakovica"),
        ("Ђаковица", "ĐAKOVICA"),
        ("Chişinău", "chișinau"),
        ("Shkodër", "SHKODER"),
        ("Гњилане", "Gnjilane"),
        ("Кишинёв", "Кишинев"),
        ("Herceg–Novi", "herceg-novi"),
    ],
)
def test_search_keys_agree(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_span_points_at_the_original_letters() -> None:
    text = "Пуцњава у\u200b Њего\u00adшевој улици"
    form = canonical(text)
    start = form.text.index("Njegoševoj")
    begin, end = form.original_span(start, start + len("Njegoševoj"))
    assert text[begin:end] == "Њего\u00adшевој"


@given(st.one_of(ANY_TEXT, NEWS_TEXT), LANGS, st.data())
def test_every_span_is_covered_in_order(text: str, lang: str | None, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([canonical, fold]))(text, lang)
    start = data.draw(st.integers(0, len(form.text)))
    end = data.draw(st.integers(start, len(form.text)))
    begin, stop = form.original_span(start, end)
    assert 0 <= begin <= stop <= len(text)
    assert (begin < stop) == (start < end)
    middle = data.draw(st.integers(start, end))
    if start < middle < end:
        left, right = form.original_span(start, middle), form.original_span(middle, end)
        assert (left[0], right[1]) == (begin, stop)
        assert left <= right


@given(NEWS_TEXT, LANGS)
def test_a_span_reads_as_the_original_it_points_at(text: str, lang: str | None) -> None:
    """Word by word, the form of the original under a word is that word again."""
    form = canonical(text, lang)
    assert canonical(text[slice(*form.original_span(0, len(form.text)))], lang).text == form.text


@given(st.one_of(ANY_TEXT, NEWS_TEXT), LANGS)
def test_canonical_is_idempotent_and_composed(text: str, lang: str | None) -> None:
    once = canonical(text, lang).text
    assert canonical(once, lang).text == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="\u00adşţŞŢ")), LANGS)
def test_latin_text_stays_as_it_is(text: str, lang: str | None) -> None:
    form = canonical(text, lang)
    assert form.text == text
    assert [form.original_span(at, at + 1) for at in range(len(text))] == [(n, n + 1) for n in range(len(text))]


@given(st.one_of(ANY_TEXT, NEWS_TEXT), LANGS)
def test_a_search_key_is_its_own_search_key(text: str, lang: str | None) -> None:
    key = folded(text, lang)
    assert folded(key, lang) == key
    assert fold(text, lang).text == key


@given(st.sampled_from([lang for lang in packs() if packs()[lang].letters]), st.data())
def test_each_letter_of_an_alphabet_maps_back_to_itself(lang: str, data: st.DataObject) -> None:
    """Љ, њ, џ and щ become two letters, ѓ, ќ and ѕ their own, ъ and ь none: each still points at itself."""
    letters = packs()[lang].letters
    word = data.draw(st.text(st.sampled_from(sorted(letters)), min_size=1, max_size=12))
    form = canonical(word, lang)
    sounds = [letters[letter] for letter in word]
    assert form.text == unicodedata.normalize("NFC", "".join(sounds))
    at = 0
    for position, sound in enumerate(sounds):
        if sound:
            begin, end = form.original_span(at, at + len(sound))
            assert begin <= position < end
            assert set(word[begin:position] + word[position + 1 : end]) <= {"ъ", "ь"}
        at += len(sound)


@given(st.sampled_from(["hbs", "mk"]), st.data())
def test_serbian_and_macedonian_can_be_written_back(lang: str, data: st.DataObject) -> None:
    """Their alphabets lose nothing in Latin, but for letters that meet to look like a digraph."""
    letters = {cyrillic: latin for cyrillic, latin in packs()[lang].letters.items() if cyrillic not in "ѐѝ"}
    word = data.draw(st.text(st.sampled_from(sorted(letters)), max_size=12))
    back = {latin: cyrillic for cyrillic, latin in letters.items()}
    latin = canonical(word, lang).text
    read = re.sub("|".join(sorted(map(re.escape, back), key=len, reverse=True)), lambda m: back[m[0]], latin)
    assert read == word or re.search("лј|нј|дж|дз", word)


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("Код Љига, Џаферов", "Džaferov", "Џаферов"),
        ("во Ѓорче Петров", "Ǵorče", "Ѓорче"),
        ("Ќафасан", "Ḱafasan", "Ќафасан"),
        ("ѕвер", "dzver", "ѕвер"),
        ("в Чадыр-Лунге", "Čadyr-Lunge", "Чадыр-Лунге"),
        ("подъезд дома", "podezd", "подъезд"),
        ("Тирасполь, Щёлково", "Tiraspol", "Тирасполь"),
        ("cafe\u0301 Kruševac", "Kruševac", "Kruševac"),
        ("к\u0301ај Ниша", "ḱaj", "к\u0301ај"),
    ],
)
def test_a_word_points_at_its_letters(text: str, word: str, original: str) -> None:
    form = canonical(text)
    start = form.text.index(word)
    begin, end = form.original_span(start, start + len(word))
    assert text[begin:end] == original


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(IndexError, match="lies outside a text of 3 characters"):
        canonical("Ниш").original_span(1, 4)


@pytest.mark.parametrize(
    ("text", "script"),
    [("Ниш", "Cyrl"), ("Niš", "Latn"), ("", "Latn"), ("12:30", "Latn"), ("СУП Niš", "Latn")],
)
def test_script(text: str, script: str) -> None:
    assert script_of(text) == script


def test_no_letter_carries_more_accents_than_anybody_can_read() -> None:
    form = canonical("a" + "\u0301" * 60_000 + "b")
    assert len(form.text) < 40
    assert form.original_span(len(form.text) - 1, len(form.text)) == (60_001, 60_002)
    assert canonical(form.text).text == form.text

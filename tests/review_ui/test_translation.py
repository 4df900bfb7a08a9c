"""The translation files: complete, up to date with the code, and true to what is filled in."""

from __future__ import annotations

import ast
import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Message

import review_ui
from linking import reasons as linkers
from review_ui import rendering
from review_ui.translation import catalogues, extract, locales, reasons, speaking, written
from review_ui.translation.cyrillic import LATIN, in_cyrillic

TRANSLATED = [name for name in locales.LANGUAGES if name != locales.ENGLISH]

KEPT = re.compile(r"%\(\w+\)s|%%|</?\w[^>]*>")
"""What stands in a translation as in the English: what is filled in, per cent signs, markup."""

AWAY = re.compile(r"%\(\w+\)s|<[^>]*>")


def messages(name: str) -> list[Message]:
    return [message for message in catalogues.catalogue(name) if message.id]


def translated(name: str) -> list[tuple[str, str]]:
    """Every English text with each of its translations that are there; plural forms beside the plural."""
    found = []
    for message in messages(name):
        english = message.id if isinstance(message.id, str) else message.id[1]
        found += [(english, string) for string in catalogues.said(message) if string]
    return found


def test_the_files_are_those_that_the_code_makes() -> None:
    wanted = extract.template()
    made = "run: python -m review_ui.translation.extract"
    assert catalogues.TEMPLATE.read_bytes() == extract.written(wanted), made
    for name in TRANSLATED:
        assert catalogues.po_file(name).read_bytes() == extract.written(extract.updated(name, wanted)), made


@pytest.mark.parametrize("name", TRANSLATED)
def test_what_is_filled_in_is_that_of_the_english(name: str) -> None:
    for english, string in translated(name):
        assert sorted(KEPT.findall(string)) == sorted(KEPT.findall(english)), string


@pytest.mark.parametrize("name", TRANSLATED)
def test_no_translation_breaks_out_of_an_attribute(name: str) -> None:
    for english, string in translated(name):
        assert '"' not in AWAY.sub("", string) or '"' in AWAY.sub("", english), string


@pytest.mark.parametrize("name", TRANSLATED)
def test_the_names_of_keys_and_programs_are_those_of_the_english(name: str) -> None:
    for english, string in translated(name):
        for word in (*LATIN, "F12"):
            if re.search(rf"\b{re.escape(word)}\b", english) and word != "Enter":
                assert word in string, f"{string}: lacks {word}"


@pytest.mark.parametrize("name", TRANSLATED)
def test_kosovo_has_its_asterisk_in_every_language(name: str) -> None:
    for english, string in translated(name):
        assert string.count("*") == english.count("*"), string


@pytest.mark.parametrize("name", TRANSLATED)
def test_no_text_begins_or_ends_in_a_blank(name: str) -> None:
    assert [string for _, string in translated(name) if string != string.strip()] == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_language_has_its_own_plural_forms(name: str) -> None:
    catalogue = catalogues.catalogue(name)
    for message in messages(name):
        if not isinstance(message.id, str) and any(catalogues.said(message)):
            assert len(catalogues.said(message)) == catalogue.num_plurals, message.id


def test_no_text_is_asked_for_within_a_formatted_string() -> None:
    """Python 3.11 shows such a string as one word to who collects the texts: they would stay English, unseen."""
    hidden = [
        f"{file.name}:{call.lineno}"
        for file in Path(review_ui.__file__).parent.rglob("*.py")
        for string in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in extract.WORDS
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_every_language_is_complete(name: str) -> None:
    assert catalogues.missing(catalogues.catalogue(name), catalogues.template()) == []
    assert name in catalogues.offered()


def test_a_language_with_an_untranslated_text_is_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file with all its texts filled, one is emptied, then one is marked as uncertain."""
    shutil.copytree(catalogues.FOLDER, tmp_path / "locales")
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path / "locales")

    def offered_with(change: str) -> bool:
        made = catalogues.catalogue("mk")
        for message in made:
            if message.id:
                message.string = "о" if isinstance(message.id, str) else ("о",) * made.num_plurals
                message.flags.discard("fuzzy")
        first = next(message for message in made if message.id)
        if change == "emptied":
            first.string = ""
        if change == "uncertain":
            first.flags.add("fuzzy")
        catalogues.po_file("mk").write_bytes(extract.written(made))
        catalogues.offered.cache_clear()
        return "mk" in catalogues.offered()

    try:
        assert [offered_with(change) for change in ("nothing", "emptied", "uncertain")] == [True, False, False]
    finally:
        catalogues.offered.cache_clear()


@pytest.mark.parametrize(
    ("accept_language", "found"),
    [
        ("", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("mk", "mk"),
        ("sq-XK,sq;q=0.9,en;q=0.8", "sq"),
        ("sr", "sr_Cyrl"),
        ("sr-RS", "sr_Cyrl"),
        ("sr-Latn-RS", "sr_Latn"),
        ("sr-Latn-ME", "cnr"),
        ("cnr", "cnr"),
        ("hr-HR", "bs"),
        ("ro-MD;q=0.5, mk;q=0.7", "mk"),
        ("mk;q=0, ro", "ro"),
        ("en-GB,mk;q=0.5", "en"),
        ("mk;q=rubbish, ;;, ro;q=0.1", "ro"),
    ],
)
def test_the_language_a_browser_asks_for(accept_language: str, found: str) -> None:
    assert locales.asked_for(accept_language, locales.LANGUAGES) == found


def test_a_language_that_is_not_offered_is_passed_over() -> None:
    assert locales.asked_for("mk, ro", ("en", "ro")) == "ro"


def test_english_dates_and_numbers_look_as_ever() -> None:
    assert written.day(dt.date(2025, 3, 4)) == "4 March 2025"
    assert written.moment(dt.datetime(2025, 3, 4, 18, 5, tzinfo=dt.UTC), "RS") == "4 March 2025, 19:05 CET"
    assert (written.number(1234567), written.number(7)) == ("1,234,567", "7")
    assert (written.percent(0.934), written.percent(0.9345, 1), written.percent(1)) == ("93 %", "93.5 %", "100 %")


@pytest.mark.parametrize(
    ("name", "day", "number"),
    [
        ("sr_Latn", "4. mart 2025.", "1.234.567"),
        ("sr_Cyrl", "4. март 2025.", "1.234.567"),
        ("bs", "4. mart 2025.", "1.234.567"),
        ("cnr", "4. mart 2025.", "1.234.567"),
        ("mk", "4 март 2025\u202fг.", "1.234.567"),
        ("sq", "4 mars 2025", "1\u00a0234\u00a0567"),
        ("ro", "4 martie 2025", "1.234.567"),
    ],
)
def test_dates_and_numbers_of_each_language(name: str, day: str, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "spoken", lambda: name)
    assert (written.day(dt.date(2025, 3, 4)), written.number(1234567)) == (day, number)
    assert written.days_written()[2].replace("{d}", "4").replace("{y}", "2025") == day


def test_cyrillic_keeps_what_is_no_serbian() -> None:
    assert in_cyrillic('Njegoš, %(name)s: <a href="%(url)s">Dž</a> 85 %% u CSV, `avmp sources`') == (
        'Његош, %(name)s: <a href="%(url)s">Џ</a> 85 %% у CSV, `avmp sources`'
    )
    assert in_cyrillic("Ljubav <code>avmp crawl</code>, Esc i F1") == "Љубав <code>avmp crawl</code>, Esc и F1"
    assert in_cyrillic("Excel za 5 min") == "Excel за 5 мин"


def test_no_word_of_the_cyrillic_texts_is_in_two_scripts() -> None:
    words = [word for _, string in translated("sr_Cyrl") for word in re.findall(r"\w+", AWAY.sub(" ", string))]
    assert [
        word for word in words if re.search("[a-zčćđšž]", word, re.I) and re.search("[а-яђјљњћџ]", word, re.I)
    ] == []


def test_every_reason_of_the_linker_has_its_pattern() -> None:
    """The words that `linking/reasons.py` says as they are, and those it fills in."""
    source = Path(linkers.__file__).read_text(encoding="utf-8")
    said = re.findall(r'_same\("([^"]+)"\)', source)
    assert len(said) > 10
    assert set(said) <= set(reasons.PATTERNS)


@pytest.mark.parametrize(
    ("english", "marked"),
    [
        ("same town", "[same town]"),
        ("Novi Pazar and Tutin are 30 km apart", "[%Novi Pazar% and %Tutin% are %30% km apart]"),
        ("both public dispute", "[both %[public dispute]%]"),
        ("handgun, hand grenade in both", "[%[handgun], [hand grenade]% in both]"),
        ("victim 34 m, perpetrator 50", "[victim %34 m%], [perpetrator %50%]"),
        ("ages differ: 34 and 35, 36", "[ages differ: %34% and %35, 36%]"),
        ("seized: 3 firearms, 40 rounds", "[seized: %3 [firearms], 40 [rounds]%]"),
        ("of a kind nobody knows", "of a kind nobody knows"),
    ],
)
def test_reasons_are_known_by_their_patterns(english: str, marked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "spoken", lambda: "mk")
    monkeypatch.setattr(reasons, "word", lambda _, text: f"[{text}]")
    monkeypatch.setattr(
        reasons, "gettext", lambda text, **values: f"[{text}]" % {name: f"%{v}%" for name, v in values.items()}
    )
    assert reasons.reason(english) == marked


def test_the_stylesheet_and_the_scripts_print_no_words_of_their_own() -> None:
    static = Path(rendering.__file__).parent / "static"
    printed = [
        f"{file.name}: {found}"
        for file in (*static.glob("*.css"), *static.glob("*.js"))
        for found in re.findall(
            r"""content: *"[^"]*[A-Za-z][^"]*"|data-label=|textContent = ["'`][A-Z]|\btell\(["'`]|["'`][A-Z]\w* [a-z]""",
            file.read_text(encoding="utf-8"),
        )
    ]
    assert printed == []


def test_outside_of_a_request_english_is_spoken() -> None:
    assert speaking.spoken() == "en"
    assert speaking.ngettext("%(n)s item", "%(n)s items", 2, n=2) == "2 items"

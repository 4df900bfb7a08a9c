"""The packs: a slip in one is told in one line; each has what its readers need."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from languages.canonical import canonical
from languages.packs import packs, read_pack
from languages.packs.schema import PackError
from languages.scripts import script_of

HBS = Path(__file__).parents[2] / "languages" / "packs" / "hbs"


def test_there_is_a_pack_for_each_reading_language() -> None:
    assert set(packs()) == {"sq", "hbs", "mk", "ro", "ru", "en"}


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("dates", "[ago]", "[agoo]", "dates.toml: ago: Field required"),
        ("dates", "bare_day_month", "bare_day_mont", None),
        ("dates", "[[relative]]\ndays = 0", '[[relative]]\ndays = "today"', "dates.toml: relative.0.days: 'today': "),
        ("dates", "\nnight = [", "\nnigth = [", "dates.toml: night: Field required"),
        ("dates", '\n12 = ["decembar"', '\n13 = ["decembar"', "dates.toml: months: "),
        ("numbers", "\n30 = [", "\n31 = [", "numbers.toml: words: "),
        ("numbers", "hundred = [", 'hundred = "sto" # [', "numbers.toml: hundred: 'sto': "),
        ("places", '{ ending = "ac", ', '{ endin = "ac", ', "places.toml: noun."),
        ("language", "detector = ", "detectors = ", "language.toml: detector: Field required"),
        ("language", 'signs = "', 'signs = ["', "language.toml: cannot be read: "),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_file_field_and_value(
    tmp_path: Path, file: str, old: str, new: str, told: str | None
) -> None:
    folder = tmp_path / "hbs"
    shutil.copytree(HBS, folder)
    path = folder / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    if told is None:
        text, told = text.replace("day_suffixes", new, 1), f"{file}.toml: {new}: "
    else:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as raised:
        read_pack(folder)
    assert str(raised.value).startswith(f"languages/packs/hbs/{told}")
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 300


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "hbs"
    shutil.copytree(HBS, folder)
    (folder / "places.toml").unlink()
    with pytest.raises(PackError, match=r"languages/packs/hbs/places\.toml: cannot be read"):
        read_pack(folder)


def test_what_is_said_to_be_in_canonical_latin_is() -> None:
    """Place rules are applied to canonical names; a Cyrillic letter in them would never match."""
    for pack in packs().values():
        rules = pack.places
        listed = [*rules.prepositions, *rules.fixed_after, *rules.linking, *rules.irregular]
        listed += [form for forms in (*rules.linking.values(), *rules.irregular.values()) for form in forms]
        listed += [text for rule in (*rules.noun, *rules.modifier) for text in (rule.ending, *rule.forms)]
        assert [text for text in listed if canonical(text, pack.code).text != text] == []


def test_no_phrase_of_a_pack_stands_for_two_days() -> None:
    for pack in packs().values():
        phrases = [(phrase, day) for day in pack.dates.relative for phrase in day.phrases]
        doubled = {one for one, day in phrases for other, another in phrases if one == other and day != another}
        assert doubled == set(), pack.code


def test_an_alphabet_has_a_sound_for_each_letter_of_its_own() -> None:
    for pack in packs().values():
        assert all(script_of(letter) == "Cyrl" and letter.islower() for letter in pack.letters)
        assert all(sound.isascii() or canonical(sound).text == sound for sound in pack.letters.values())

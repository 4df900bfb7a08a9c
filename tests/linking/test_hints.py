"""Hints: what is kept of an article's words."""

from __future__ import annotations

import json

import pytest

from codebook.records import Evidence
from linking.clues import initials_key, name_key, number_key
from linking.hints import DIGITS, Hints, hints
from linking.passages import told_in

KEY, OTHER_KEY = b"a key" * 8, b"another" * 8
TITLE = "Pucnjava u Zagrađu"
TEXT = "Ranjen je M. S. (35), meštanin sela Zagrađe kod Vrbnice. Oduzeto je 1.250 metaka."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Leskovac", "Лесковцу"),
        ("Vučje", "Вучју"),
        ("Hashim", "Hašima"),
        ("Gjilan", "Đilanu"),
        ("Prishtinë", "Приштина"),
    ],
)
def test_a_name_has_one_key_in_all_scripts_languages_and_cases(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Leskovac", "Loznica"), ("Vučje", "Vranje"), ("Dragan", "Zoran")])
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_initials_are_alike_in_either_order_and_script() -> None:
    assert initials_key("М", "С") == initials_key("Stojan", "Marko") == initials_key("M", "S")
    assert initials_key("Sh", "K") == initials_key("Š", "K")


def test_numbers_are_alike_however_they_are_grouped() -> None:
    assert number_key("1.250") == number_key("1250") == number_key("1 250")
    assert number_key("23:20") == number_key("23.20")


def test_the_same_text_gives_the_same_hints_in_both_scripts() -> None:
    cyrillic = "Рањен је М. С. (35), мештанин села Заграђе код Врбнице. Одузето је 1.250 метака."
    latin, other = hints(TITLE, TEXT, "hbs", KEY), hints("Пуцњава у Заграђу", cyrillic, "hbs", KEY)
    assert latin == other
    assert latin.person and latin.name and latin.number and latin.word


def test_nothing_is_kept_in_clear_and_nothing_is_alike_under_another_key() -> None:
    kept = hints(TITLE, TEXT, "hbs", KEY).to_json()
    other = hints(TITLE, TEXT, "hbs", OTHER_KEY).to_json()
    for kind, table in kept.items():
        assert all(len(one) == DIGITS and int(one, 16) >= 0 for one in table)
        assert table.keys().isdisjoint(other[kind])
    stored = json.dumps(kept).lower()
    assert not any(word in stored for word in ("zagr", "vrbn", "mešt", "mest", "1250"))


def test_hints_come_back_from_json_as_they_were() -> None:
    kept = hints(TITLE, TEXT, "hbs", KEY)
    assert Hints.from_json(json.loads(json.dumps(kept.to_json()))) == kept
    assert Hints.from_json(None) == Hints.from_json({}) == Hints()
    assert not Hints()


def test_of_several_incidents_each_has_the_hints_of_its_own_passages() -> None:
    text = "U Vučju je ranjen M. S. iz kafane.\n\nU Zagrađu je ubijen K. P. iz zasede."
    first = [Evidence(field="place", part="text", start=2, end=7)]
    second = [Evidence(field="place", part="text", start=text.index("Zagra"), end=text.index("Zagra") + 7)]
    one = hints("Dan na jugu", text, "hbs", KEY, own=first, others=second)
    other = hints("Dan na jugu", text, "hbs", KEY, own=second, others=first)
    assert one.person and other.person and one.person.keys().isdisjoint(other.person)
    assert told_in("Dan na jugu", text, first, second) == ["U Vučju je ranjen M. S. iz kafane."]


def test_a_text_without_words_has_no_hints() -> None:
    assert hints("", "\n … \n", None, KEY) == Hints()

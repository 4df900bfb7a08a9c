"""Ages written out as one word make persons, years of a sentence do not."""

from __future__ import annotations

import pytest

from classifiers.persons import named
from classifiers.pipelines import parsed


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "Dvadesetdvogodišnji mladić je ranjen.", [(22, "male")]),
        ("hbs", "Ranjena je осмогодишња девојчица.", [(8, "female")]),
        ("hbs", "Uhapšen je trideset petogodišnji napadač.", [(35, "male")]),
        ("mk", "Уапсен е дваесет и двегодишниот напаѓач.", [(22, "male")]),
        ("sq", "Një dyzetvjeçar u plagos.", [(40, "male")]),
    ],
)
def test_an_age_is_a_person(lang: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert [(one.age, one.sex) for one in named(parsed(lang, "x", text)[:]) if one.age] == expected


@pytest.mark.parametrize(
    "text", ["Izrečena je petogodišnja zatvorska kazna.", "Osuđen je na dvogodišnji zatvor.", "Višegodišnji rat."]
)
def test_years_of_a_sentence_are_nobodys(text: str) -> None:
    assert [one for one in named(parsed("hbs", "x", text)[:]) if one.age] == []

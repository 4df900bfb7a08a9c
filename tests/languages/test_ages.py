from __future__ import annotations

import pytest

from languages.ages import AgeWord, age_in, lasts_for_years
from languages.canonical import folded


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("hbs", "dvadesetdvogodišnjak", AgeWord(22, "male", person=True)),
        ("hbs", "Четрдесетједногодишња", AgeWord(41, "female", person=False)),
        ("hbs", "šesnaestogodišnjakinjom", AgeWord(16, "female", person=True)),
        ("hbs", "dvogodišnje", AgeWord(2, "unreported", person=False)),
        ("mk", "осумгодишно", AgeWord(8, "unreported", person=False)),
        ("mk", "петнаесетгодишник", AgeWord(15, "male", person=True)),
        ("sq", "tridhjetëepesëvjeçare", AgeWord(35, "female", person=True)),
        ("sq", "njëzetedyvjeçari", AgeWord(22, "male", person=True)),
        ("ru", "сорокадвухлетний", AgeWord(42, "male", person=False)),
    ],
)
def test_an_age_in_one_word(lang: str, word: str, expected: AgeWord) -> None:
    assert age_in(folded(word, lang), lang) == expected


@pytest.mark.parametrize(
    ("lang", "word"),
    [("hbs", "novogodišnja"), ("hbs", "prošlogodišnji"), ("hbs", "godišnjak"), ("mk", "долгогодишен"), ("ru", "летний"),
     ("sq", "shumëvjeçar"), ("ro", "douăzeci"), ("en", "twenty")],
)  # fmt: skip
def test_no_age(lang: str, word: str) -> None:
    assert age_in(folded(word, lang), lang) is None


def test_a_sentence_lasts_for_years() -> None:
    assert lasts_for_years(folded("zatvorska", "hbs"), "hbs")
    assert not lasts_for_years(folded("mladić", "hbs"), "hbs")
    assert not lasts_for_years(folded("burgim", "sq"), "sq")

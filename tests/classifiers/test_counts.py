"""Counts of pieces: where the number of a thing stands, and what is a model or a calibre instead."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from classifiers.counts import counted
from classifiers.pipelines import parsed


def counts(lang: str, text: str) -> list[tuple[str, int | None]]:
    return [(one.kind, one.value) for one in counted(parsed(lang, "", text)[:])]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "Nađena su dva pištolja i 40 metaka.", [("firearms", 2), ("rounds", 40)]),
        ("hbs", "Zatečeno: pištolja dva, kašikara devet, 608 komada municije.",
         [("firearms", 2), ("explosives", 9), ("rounds", 608)]),
        ("hbs", "Popis: karabina – 4, heklera – dva.", [("firearms", 4), ("firearms", 2)]),
        ("mk", "Одземени се: пушка кал. 7,62х39 – 2; муниција од ист калибар – 197 парчиња.",
         [("firearms", 2), ("rounds", 197)]),
        ("mk", "Куршумите, двеста и шеесет, биле во вреќа.", [("rounds", 260)]),
        ("sq", "U gjetën: kallashnikov (1), fishekë 7,62 x 39 – 214 copë.", [("firearms", 1), ("rounds", 214)]),
        ("sq", "U sekuestruan dymijë e katërqind fishekë.", [("rounds", 2400)]),
        ("ro", "Cartușe cal. 5,6 mm – 214 bucăți; cartușe cal. 12 – 37 bucăți.", [("rounds", 214), ("rounds", 37)]),
        ("ro", "Grenade defensive – opt.", [("explosives", 8)]),
        ("ru", "Обрез – один, 40 патронов.", [("firearms", 1), ("rounds", 40)]),
        ("en", "They seized 20 rounds of 9mm ammunition and an AK-47 rifle.",
         [("rounds", 20), ("rounds", None), ("firearms", None)]),
        ("hbs", "Nađena su dva okvira i pištolj.", [("firearms", None)]),
        ("en", "Found were carbines, six; and 30 cartridges.", [("firearms", 6), ("rounds", 30)]),
    ],
)  # fmt: skip
def test_a_number_stands_before_or_behind(lang: str, text: str, expected: Sequence[tuple[str, int | None]]) -> None:
    assert counts(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "rounds"),
    [
        ("hbs", "Uz pušku su bila tri okvira sa po 30 metaka.", 90),
        ("mk", "Најдени се две рамки, секоја со по триесет куршуми.", 60),
        ("sq", "Ishin tri kuti me nga pesëdhjetë fishekë.", 150),
        ("en", "Two magazines holding 15 rounds each were found.", 30),
        ("en", "Police found 15 rounds in a drawer.", 15),
        ("hbs", "Pronađeno je po 30 metaka.", 30),
        ("sq", "U gjetën 5000 kuti me nga 50 fishekë.", 50),  # no search finds so many boxes
    ],
)
def test_what_each_of_several_holds_is_multiplied(lang: str, text: str, rounds: int) -> None:
    assert [value for kind, value in counts(lang, text) if kind == "rounds"] == [rounds]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Oduzet je AK-47 bez kundaka."),
        ("hbs", "Oduzet je glok 17 bez okvira."),
        ("en", "A Glock 19 pistol was found."),
        ("ro", "Un pistol calibrul 9 a fost ridicat."),
        ("en", "A pistol of 7,62 mm was found."),
    ],
)
def test_a_model_and_a_calibre_count_nothing(lang: str, text: str) -> None:
    assert {value for _, value in counts(lang, text)} <= {None, 1}


def test_a_thing_told_in_two_spellings_of_one_entry_counts_once() -> None:
    assert counts("hbs", "Oduzeta su dva škorpiona.") == [("firearms", 2)]

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


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("mk", "Кај возачот З.К. (48) е најдена ловечка пушка.", [("firearms", None)]),
        ("sq", "Policia ndali një 19-vjeçar me pistoletë.", [("firearms", None)]),
        ("en", "Police stopped P. K. (19), who had a pistol.", [("firearms", None)]),
        ("sq", "U gjetën dy revole (2) dhe 9 fishekë.", [("firearms", 2), ("rounds", 9)]),
    ],
)
def test_an_age_counts_no_weapon(lang: str, text: str, expected: Sequence[tuple[str, int | None]]) -> None:
    assert counts(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "Oduzeti su pištolj i 214 komada streljiva.", [("firearms", None), ("rounds", 214)]),
        ("hbs", "Пронађени су пиштољ, 1.430 комада муниције и бомба.",
         [("firearms", None), ("rounds", 1430), ("explosives", None)]),
        ("hbs", "Nađen je pištolj i 17 komada pripadajuće municije.", [("firearms", None), ("rounds", 17)]),
        ("hbs", "Nađeno je: pištolja, dva komada, i metaka.", [("firearms", 2), ("rounds", None)]),
    ],
)  # fmt: skip
def test_pieces_before_the_next_thing_are_its_own(
    lang: str, text: str, expected: Sequence[tuple[str, int | None]]
) -> None:
    assert counts(lang, text) == expected


def test_a_model_before_a_comma_counts_nothing_behind_it() -> None:
    assert counts("hbs", "Dvije puške M-70, poluautomatska puška i karabin.") == [
        ("firearms", 2),
        ("firearms", None),
        ("firearms", None),
    ]


@pytest.mark.parametrize(
    ("lang", "text", "code"),
    [
        ("ro", "Au fost găsite 7 pistoale.", "handgun"),
        ("ro", "Au fost găsite 7 pistoale-mitralieră.", "automatic"),
        ("ro", "Au fost găsite 7 pistoale cu gaz.", "gas_pistol"),
        ("hbs", "Našli su 7 pušaka.", "rifle_shotgun"),
        ("hbs", "Našli su 7 automatskih pušaka.", "automatic"),
        ("hbs", "Našli su 7 sačmarica.", "rifle_shotgun"),
        ("hbs", "Našli su 7 pumparica.", "rifle_shotgun"),
        ("hbs", "Našli su 7 komada streljiva.", "ammunition"),
        ("mk", "Нашле 7 сачмарки.", "rifle_shotgun"),
        ("mk", "Нашле 7 автомата.", "automatic"),
        ("ru", "Нашли 7 винтовок.", "rifle_shotgun"),
        ("ru", "Нашли 7 мин.", "explosive"),
        ("sq", "Gjetën 7 pistoleta me gaz.", "gas_pistol"),
    ],
)
def test_plurals_with_another_stem_are_counted(lang: str, text: str, code: str) -> None:
    assert [(one.code, one.value) for one in counted(parsed(lang, "", text)[:])] == [(code, 7)]

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


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("sq", "Ishin katër pushkë dhe njëqind e tridhjetë e gjashtë fishekë.", [("firearms", 4), ("rounds", 136)]),
        ("hbs", "Nađeno je osam stotina i pedeset komada municije.", [("rounds", 850)]),
        ("sq", "Një revole e kalibrit 38 dhe dyqind e gjashtë fishekë.", [("firearms", 1), ("rounds", 206)]),
        ("hbs", "Nađena je puška bez oznaka, pet komada ručnih bombi.", [("firearms", None), ("explosives", 5)]),
        ("sq", "2 (dy) pistoleta.", [("firearms", 2)]),
        ("sq", "Një pistoletë, me 2 (dy) karikatorë.", [("firearms", 1)]),
        ("hbs", "Oduzeto je desetak metaka.", [("rounds", 10)]),
        ("hbs", "Municija: 9x19 mm, komada 46.", [("rounds", 46)]),
        ("hbs", "Našli su metke, ukupno 412.", [("rounds", 412)]),
        ("en", "Seized: rifle M48, three pieces; rifle M70, two pieces.", [("firearms", 3), ("firearms", 2)]),
        ("en", "Ammunition of several calibres, 1000 pieces.", [("rounds", 1000)]),
        ("ru", "Пистолет с двумя дисками, обрез.", [("firearms", None), ("firearms", None)]),
        ("ru", "Нашли цинк, ещё три и патроны.", [("rounds", None)]),
    ],
)
def test_what_counts_a_thing_and_what_only_stands_near_it(
    lang: str, text: str, expected: Sequence[tuple[str, int | None]]
) -> None:
    assert counts(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "rounds"),
    [
        ("ro", "În borcan erau 212 cartușe, iar într-o cutie alte 46.", 258),
        ("hbs", "Nađeno je 14 metaka u okviru i još 36 u kesi.", 50),
        ("mk", "Најдени се 64 парчиња муниција, 31 парче калибар 9 мм.", 95),
        ("sq", "Aty ishin 50 fishekë, 12 të tjera.", 62),
        ("en", "They found 50 rounds and another 40.", 90),
        ("en", "They found 50 rounds and arrested another three.", 50),
        ("hbs", "Nađeno je 50 metaka, a uhapšena su još trojica.", 50),
        ("hbs", "Nađeno je 50 metaka, a uhapšena su još dva muškarca.", 50),
        ("ru", "Изъято 50 патронов, задержаны ещё семеро.", 50),
        ("hbs", "Oduzeto je 100 metaka, 60 komada kalibra 9 mm i 40 komada kalibra 7,62 mm.", 100),
        ("hbs", "Oduzeto je 100 metaka, od toga 60 komada kalibra 9 mm.", 100),
        ("ro", "Au ridicat 100 de cartușe, dintre care alte 40 în pod.", 100),
    ],
)
def test_further_rounds_are_added(lang: str, text: str, rounds: int) -> None:
    assert counts(lang, text) == [("rounds", rounds)]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "Pronađeni su pištolj i 50 komada municije kalibra 9 mm.", [("firearms", None), ("rounds", 50)]),
        ("mk", "Одземени се две пушки и 100 парчиња муниција калибар 7,62 мм.", [("firearms", 2), ("rounds", 100)]),
        ("sq", "U gjetën dy kallashnikovë dhe 100 copë fishekë të kalibrit 7.62.", [("firearms", 2), ("rounds", 100)]),
        ("ro", "Un pistol și 13 bucăți cartușe calibru 9 mm.", [("firearms", 1), ("rounds", 13)]),
        ("ru", "Изъяты три гранаты и 50 единиц боеприпасов калибра 5,45.", [("explosives", 3), ("rounds", 50)]),
        ("en", "Two pistols were found, and four more people were arrested.", [("firearms", 2)]),
        ("en", "Officers found a shotgun and arrested three others.", [("firearms", None)]),
        ("hbs", "Ubio je komšiju pištoljem, a ranio još dvojicu.", [("firearms", None)]),
        ("hbs", "Zbog pištolja je uhapšeno ukupno troje.", [("firearms", None)]),
        ("hbs", "Pištolj je nađen u kući na broju 5.", [("firearms", None)]),
        ("ru", "Стрелял из пистолета, пострадали всего двое.", [("firearms", None)]),
        ("ro", "O armă albă a fost ridicată.", []),
    ],
)
def test_what_counts_persons_or_the_next_thing_adds_nothing(
    lang: str, text: str, expected: Sequence[tuple[str, int | None]]
) -> None:
    assert counts(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "number"),
    [
        ("en", "They found two loaded, unregistered pistols.", 2),
        ("hbs", "Nađeno je pet starih, zarđalih pušaka.", 5),
        ("ru", "Нашли три старых, ржавых ружья.", 3),
        ("en", "Twenty or more rounds were found.", 20),
        ("hbs", "Našli su 20 i više metaka.", 20),
        ("ru", "Изъято более тысячи патронов.", 1000),
        ("hbs", "Našli su oko hiljade metaka.", 1000),
        ("hbs", "Našli su nekoliko hiljada metaka.", None),
        ("en", "Several thousand rounds were found.", None),
        ("hbs", "Deset kutija municije, u svakoj po 50 metaka.", 500),
    ],
)
def test_adjectives_and_rough_numbers(lang: str, text: str, number: int | None) -> None:
    assert [value for _, value in counts(lang, text)][-1] == number


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "Six boxes of cartridges, fifty to the box.", [("rounds", 300)]),
        ("hbs", "Osamnaest kutija metaka, sve po pedeset.", [("rounds", 900)]),
        ("sq", "Dy bidonë me fishekë, njëqind e dhjetë në secilin.", [("rounds", 220)]),
        ("ro", "Au găsit trei cutii de cartușe.", [("rounds", None)]),
    ],
)
def test_boxes_are_not_rounds(lang: str, text: str, expected: Sequence[tuple[str, int | None]]) -> None:
    assert counts(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Nađena su tri kilograma eksploziva."),
        ("ro", "Au fost ridicate 400 de grame de trotil."),
        ("sq", "U gjetën 400 gramë kokainë dhe pistoletë."),
        ("hbs", "Oko 13 sati našli su pištolj."),
        ("mk", "По десет години, патроните беа таму."),
        ("ru", "Изъяли килограмм тротила и 2 кг взрывчатки."),
        ("en", "It lay 30 metres from a rifle."),
    ],
)
def test_a_measure_counts_nothing(lang: str, text: str) -> None:
    assert {value for _, value in counts(lang, text)} == {None}


@pytest.mark.parametrize(
    ("lang", "text", "several"),
    [
        ("hbs", "Nađeno je više automatskih pušaka.", True),
        ("ro", "Au fost găsite mai multe pistoale.", True),
        ("en", "Several firearms were found.", True),
        ("hbs", "Našli su više od hiljadu metaka.", False),
        ("en", "A pistol was found.", False),
        ("hbs", "Oduzeto je nekoliko noževa i pištolj.", False),
        ("en", "He fired several shots from a pistol.", False),
        ("ru", "Изъяты несколько ножей, пистолет.", False),
    ],
)
def test_several_that_nobody_counted_are_told_apart(lang: str, text: str, several: bool) -> None:
    assert [one.several for one in counted(parsed(lang, "", text)[:])] == [several]


@pytest.mark.parametrize(
    ("lang", "text", "listed"),
    [
        ("hbs", "Oduzeti su pištolj i revolver.", [False, True]),
        ("mk", "Најдени се „глок“ и „берета“.", [False, True]),
        ("hbs", "Oduzet je pištolj, marke Beretta.", [False, False]),
        ("en", "Police found a pistol, a Glock 19.", [False, False]),
        ("ro", "Au fost ridicate două arme cu țeavă lisă, o carabină și cartușe.", [False, True, True]),
        ("en", "They seized two pistols, a hunting rifle.", [False, True]),
        ("en", "The weapon, a hunting rifle, was found.", [False]),
        ("en", "He had a pistol and threw the pistol away.", [False, False]),
        ("hbs", "Pucao je iz pištolja, a zatim je pištolj bacio.", [False, False]),
    ],
)
def test_what_is_joined_by_and_is_another_piece(lang: str, text: str, listed: Sequence[bool]) -> None:
    assert [one.listed for one in counted(parsed(lang, "", text)[:])] == listed


@pytest.mark.parametrize(
    ("lang", "text", "number"),
    [
        ("ru", "Карабин СКС — 1 шт.", 1),
        ("hbs", 'Oduzeta su dva automatska pištolja "škorpion".', 2),
        ("hbs", "Oduzeta je papovka.", None),
    ],
)
def test_two_names_of_one_thing_count_once(lang: str, text: str, number: int | None) -> None:
    assert counts(lang, text) == [("firearms", number)]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("sq", "U sekuestruan 6 armë zjarri automatike, 4 pistoleta dhe 2340 fishekë.", [6, 4, 2340]),
        ("ro", "Au găsit două arme de vînătoare cu țeavă lisă, un pistol.", [2, 1]),
        ("hbs", "Oduzeto je osam komada oružja: pet pištolja i tri puške.", [8, 5, 3]),
        ("hbs", "Našli su 1.240 komada municije različitog kalibra i četiri ručne bombe.", [1240, 4]),
        ("mk", "Царинарите на преминот најдоа 46 куршуми кај државјанин од соседството (61).", [46]),
    ],
)
def test_a_number_is_of_the_thing_it_stands_before(lang: str, text: str, expected: list[int]) -> None:
    assert [one.value for one in counted(parsed(lang, "", text)[:]) if one.value is not None] == expected


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "Two hunting rifles, an air pistol and two toy guns were seized.", [("firearms", 2)]),
        ("hbs", "Nađeni su revolver, dve vazdušne puške i replika pištolja.", [("firearms", None)]),
        ("mk", "Одземени се два пиштола и воздушна пушка.", [("firearms", 2)]),
        ("sq", "U gjetën tri karabina, një pushkë me ajër dhe një revole-lodër.", [("firearms", 3)]),
        ("ro", "Erau trei pistoale, o pușcă cu aer comprimat și un pistol-jucărie.", [("firearms", 3)]),
        ("ru", "Изъяты карабин и две пневматические винтовки.", [("firearms", None)]),
        ("ro", "S-au găsit un pistol, cinci țevi de carabină și două lunete.", [("firearms", 1)]),
        ("hbs", "Oduzeto je sedam pušaka i šest rezervnih cijevi.", [("firearms", 7)]),
        ("sq", "Ishin tri karabina dhe katër dylbi pushke.", [("firearms", 3)]),
        ("hbs", "Policija je našla dvanaest cijevi.", [("firearms", 12)]),  # slang for guns
        ("en", "Two rifles in wooden crates and a single-barrel shotgun.", [("firearms", 2), ("firearms", None)]),
        ("ru", "Нашли два пистолета в пластиковом пакете.", [("firearms", 2)]),
        ("ru", "Пистолет не игрушечный.", [("firearms", None)]),
        ("hbs", "Izvadio je iz futrole pištolj.", [("firearms", None)]),
    ],
)  # fmt: skip
def test_neither_what_looks_like_a_weapon_nor_its_parts_are_counted(
    lang: str, text: str, expected: Sequence[tuple[str, int | None]]
) -> None:
    assert counts(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "firearms"),
    [
        ("hbs", "Zatečene su dve automatske i tri lovačke puške.", 5),
        ("hbs", "Pronađena su dva gasna pištolja i dva prava.", 4),
        ("hbs", "Nađeno je pet pušaka, tri lovačke i dvije automatske.", 5),
        ("ru", "Изъяли ружьё и два охотничьих ножа.", None),
        ("en", "A pistol and two gas masks were found.", None),
        ("hbs", "Nađeno je nekoliko pušaka i dve automatske.", None),
        ("hbs", "Nađena je jedna puška i 200 komada nakita.", 1),
        ("mk", "Лежеле две ловечки пушки и една автоматска.", 3),
        ("hbs", "Nađene su tri puške i dve automatske puške.", 3),
        ("hbs", "Dva čovjeka i tri lovačke puške bili su u kolima.", 3),
    ],
)
def test_an_adjective_alone_stands_for_weapons_of_the_kind(lang: str, text: str, firearms: int | None) -> None:
    assert counts(lang, text)[0] == ("firearms", firearms)


@pytest.mark.parametrize(
    ("lang", "text", "rounds"),
    [
        ("ro", "Erau 24 de cartușe de 9 mm și 110 de calibrul .22.", 134),
        ("mk", "Муницијата била во чорапи: 200 со калибар 9 милиметри и уште 110 со други калибри.", 310),
        ("mk", "Одземени се 746 патрони со шест различни калибри.", 746),
        ("ru", "Изъяли ружьё и 50 патронов 12 калибра.", 50),
        ("en", "They found 50 rounds of .22 calibre.", 50),
        ("hbs", "Nađeno je 50 metaka u ulici Kosovska 12, kalibra 9 mm.", 50),
        ("ro", "Într-un ciorap erau cartușe de mai multe calibre, 214 la număr.", 214),
        ("ro", "Cartușele s-au numărat până seara: o mie două sute, majoritatea acasă.", 1200),
        ("ro", "Muniția umplea patru cutii a cîte cincizeci de cartușe.", 200),
    ],
)
def test_rounds_are_counted_by_calibre_and_behind_their_name(lang: str, text: str, rounds: int) -> None:
    assert [value for kind, value in counts(lang, text) if kind == "rounds" and value is not None] == [rounds]

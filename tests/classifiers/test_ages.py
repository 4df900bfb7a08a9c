"""Which numbers and words tell ages, and whose."""

from __future__ import annotations

import datetime as dt

import pytest

from classifiers.persons import Named, named
from classifiers.pipelines import parsed

PUBLISHED = dt.datetime(2024, 5, 15, 12, tzinfo=dt.UTC)


def persons(lang: str, text: str) -> list[Named]:
    return named(parsed(lang, "x", text, PUBLISHED)[:])


def aged(lang: str, text: str) -> list[tuple[int, str]]:
    return [(one.age, one.sex) for one in persons(lang, text) if one.age]


def ages(lang: str, text: str) -> list[int]:
    return [age for age, _ in aged(lang, text)]


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
def test_an_age_in_one_word_is_a_person(lang: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert aged(lang, text) == expected


@pytest.mark.parametrize(
    "text", ["Izrečena je petogodišnja zatvorska kazna.", "Osuđen je na dvogodišnji zatvor.", "Višegodišnji rat."]
)
def test_years_of_a_sentence_are_nobodys(text: str) -> None:
    assert ages("hbs", text) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "Uhapšen je muškarac star 45 godina.", [(45, "male")]),
        ("mk", "Повредена е жена (34) од Битола.", [(34, "female")]),
        ("sq", "Burri i plagosur i moshës 34 vjeç është nga Peja.", [(34, "unreported")]),
        ("ro", "Femeia de 45 de ani a fost rănită.", [(45, "female")]),
        ("ru", "Раненого мужчину, ему 26, увезли.", [(26, "male")]),
        ("en", "The man, aged 61, was hurt.", [(61, "male")]),
    ],
)
def test_words_beside_a_number_make_it_an_age(lang: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert aged(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Ranjen je muškarac koji ima oko 60 godina."),
        ("mk", "Ранет е маж на возраст од околу 60 години."),
        ("sq", "Një burrë rreth 60 vjeç u plagos."),
        ("ro", "Un bărbat de aproximativ 60 de ani a fost rănit."),
        ("ru", "Ранен мужчина около 60 лет."),
        ("en", "A man of about 60 years was hurt."),
    ],
)
def test_about_so_many_years_are_no_age(lang: str, text: str) -> None:
    assert ages(lang, text) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "M. B. (1957.) pogođen je u trbuh, a D. B. (1973) u nogu.", [67, 51]),
        ("hbs", "Uhapšen je V. A., rođen 1955. godine.", [69]),
        ("hbs", "Uhapšeni su supružnici rođeni 1971. i 1974. godine.", [53, 50]),
        ("hbs", "Napadačica, rođena je 1985. godine.", [39]),
        ("mk", "Ранет е Д. З. (роден 2002), потоа и Љ. С., роден 1957 година.", [22, 67]),
        ("sq", "I dyshuari, i lindur më 1991, dhe shoferi, i lindur në vitin 1998, u ndalën.", [33, 26]),
        ("ro", "Au fost reținuți cet. B. A., născut în anul 1985, și K. O. (a. n. 1990).", [39, 34]),
        ("ru", "Задержан мужчина, 1979 года рождения. Ранен сожитель, 1988 г. р.", [45, 36]),
        ("en", "C. V., born in 1969, shot P. L., born in 1975.", [55, 49]),
    ],
)
def test_a_year_of_birth_is_an_age(lang: str, text: str, expected: list[int]) -> None:
    assert ages(lang, text) == expected


def test_without_a_day_of_publication_a_year_of_birth_tells_no_age() -> None:
    assert [one.age for one in named(parsed("hbs", "x", "Uhapšen je V. A., rođen 1955. godine.")[:])] == [None]


@pytest.mark.parametrize(
    ("lang", "text"), [("hbs", "Pištolj Crvena zastava (1985) nađen je u kući."), ("en", "The plant opened in 1985.")]
)
def test_another_year_is_nobodys(lang: str, text: str) -> None:
    assert ages(lang, text) == []


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Pronađene su tri (3) puške i dvadeset (20) metaka."),
        ("sq", "U sekuestruan pesë (5) granata."),
        ("hbs", "Dvije godine kasnije razveo se od supruge."),
        ("mk", "Две години подоцна тој се врати."),
        ("en", "Two years earlier he had divorced."),
        ("ro", "Doi ani mai târziu s-a întors."),
    ],
)
def test_a_number_told_twice_and_years_gone_by_are_nobodys_age(lang: str, text: str) -> None:
    assert ages(lang, text) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "Dvojica muškaraca, stara 25 i 30 godina, ranjena su.", [(25, "male"), (30, "male")]),
        ("mk", "Двајца мажи, на возраст од 25 и 31 година, се ранети.", [(25, "male"), (31, "male")]),
        ("sq", "Dy burra, 26 dhe 40 vjeç, u plagosën.", [(26, "male"), (40, "male")]),
        ("ro", "Trei femei, de 28, 54 și 77 de ani, se aflau în curte.", [(28, "female"), (54, "female"), (77, "female")]),
        ("en", "Two women, 33 and 36, were held.", [(33, "female"), (36, "female")]),
    ],
)  # fmt: skip
def test_ages_in_a_list_are_of_as_many_persons(lang: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert aged(lang, text) == expected
    assert {one.count for one in persons(lang, text) if one.age} == {1}


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "A. B. and C. D., 34 and 29, were wounded.", [34, 29]),
        ("hbs", "Braću S. i N. K. (40 i 37) doveli su rođaci.", [40, 37]),
        ("sq", "shtetasit A. B., C. D. dhe E. F., 34, 30 dhe 29 vjeç", [34, 30, 29]),
        ("ro", "Ion B. și Petru C., de 34 și 29 de ani, au fost reținuți", [34, 29]),
        ("hbs", "Marko P. (34) i Ivan S. (26)", [34, 26]),
        ("hbs", "majka i dva sina, 12 i 9 godina", [None, 12, 9]),
        ("en", "his wife and two sons, 12 and 9", [None, 12, 9]),
        ("en", "A. B., C. D. and E. F., 34 and 29", [None, None, None]),
        ("hbs", "Vozač A. B. je krenuo. C. D. i E. F. (40 i 37)", [None, 40, 37]),
    ],
)
def test_ages_behind_several_names_are_one_for_each(lang: str, text: str, expected: list[int | None]) -> None:
    assert [one.age for one in persons(lang, text)] == expected


def test_a_list_of_ages_for_another_number_of_persons_is_of_none() -> None:
    group = persons("hbs", "Ranjeno je pet žena, starih 20 i 30 godina.")
    assert [(one.count, one.age) for one in group if one.sex == "female"] == [(5, None)]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ro", "Un bărbat de 67 și o femeie de 64 de ani erau morți.", [(67, "male"), (64, "female")]),
        ("ro", "Erau un bărbat de 62 de ani și soția lui, de 60; suflul a spart geamurile.", [(62, "male"), (60, "female")]),
        ("en", "A man, 45, was hit. He had threatened the man, 50.", [(45, "male"), (50, "male")]),
    ],
)  # fmt: skip
def test_an_age_needs_no_word_beside_another(lang: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert aged(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "He is 23 and she was twenty-seven.", [23, 27]),
        ("en", "The boy, who is 14, ran home.", [14]),
        ("hbs", "Starija ima 57, mlađa 48 godina.", [57, 48]),
        ("hbs", "Sinovi, jedan od 36 i drugi od 33 godine, spavali su.", [36, 33]),
        ("mk", "Двајцата келнери, едниот на 43, а другиот на 52 години, побегнаа.", [43, 52]),
        ("sq", "U plagosën dy mjekë: ai 44 dhe ajo 39 vjeçe.", [44, 39]),
        ("ro", "El avea 53 de ani, ea 47.", [53, 47]),
        ("ro", "Au fugit doi: cel de 22 de ani la stânga, cel de 30 la dreapta.", [22, 30]),
        ("ru", "Ранена пассажирка, которой тридцать семь.", [37]),
    ],
)
def test_who_somebody_is_may_tell_that_a_number_is_an_age(lang: str, text: str, expected: list[int]) -> None:
    assert ages(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "One of 14 was hit."),
        ("en", "He is one of 17 on trial, and they were 40 at first."),
        ("en", "She was 18 in the table of shooters."),
        ("hbs", "Jedna od 18 u nizu. Druga od 22 u podrumu. Koji imaju 40 na spisku."),
        ("mk", "Едниот од 18 во групата."),
        ("ro", "Una de 18 în depozit, care are 25 pe hol."),
        ("ru", "Он 8 в списке, второй 30 в очереди."),
        ("sq", "Njëra 18 në listë."),
    ],
)
def test_one_of_so_many_and_a_rank_are_nobodys_age(lang: str, text: str) -> None:
    assert ages(lang, text) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "Two joiners, one of 44 and the other of 53, fled.", [44, 53]),
        ("hbs", "Bježala su dvojica, jedan od 44, a drugi od 53.", [44, 53]),
        ("ru", "Ранены двое: одному 44, второму 53.", [44, 53]),
        ("sq", "U plagosën dy: njëri 44 dhe tjetri 53.", [44, 53]),
    ],
)
def test_one_and_the_other_of_two_have_ages(lang: str, text: str, expected: list[int]) -> None:
    assert ages(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Golovi: Babić, 17, Lončar, 71."),
        ("sq", "Shënuan: Besa, 17, Dritan, 71."),
        ("ru", "Отличились Кузнецов, 17, Сидоров, 71."),
        ("en", "Goals: Hill, 17, Wood, 71."),
    ],
)
def test_commas_alone_make_no_other_number_an_age(lang: str, text: str) -> None:
    assert 71 not in ages(lang, text)


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "A beekeeper of 45 who lives alone was hit.", [45]),
        ("ro", "Poliția caută un brutar de 50 care a fugit.", [50]),
        ("en", "The cook, 48, was hit; the man, aged 30, was not.", [48, 30]),
        ("sq", "U vranë kuzhinieri, 66, dhe ndihmësi i tij, 31 vjeç.", [66, 31]),
        ("ru", "Ранены мужчина, 60 лет, и его попутчица, 53.", [60, 53]),
    ],
)
def test_an_unknown_word_may_be_a_person_with_an_age(lang: str, text: str, expected: list[int]) -> None:
    assert ages(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "A man aged over thirty fired a pistol of calibre 22."),
        ("en", "A magazine of 30 was found."),
        ("en", "He is 20 metres away, they were 12 hours late."),
        ("hbs", "Pogođen je jedan od dvojice. Autobus na liniji, 45, stoji."),
        ("ro", "Un pistol de 9 mm, o rază de 50 de metri, o sumă de 100 de lei."),
    ],
)
def test_a_number_of_a_thing_is_nobodys_age(lang: str, text: str) -> None:
    assert ages(lang, text) == []


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "A troop of 40 was seen, a crate of 18 was opened, and a gang of 13 fled."),
        ("en", "The judge set a bail of 90, clerks said."),
        ("ro", "O echipă de 16 a sosit, iar o grupare numeroasă de 35 a fugit cu o ladă de 22."),
        ("mk", "Една банда од 14 е фатена."),
        ("hbs", "Jedna patrola od 13 je stigla, jedan kontejner od 40 je otvoren."),
    ],
)
def test_how_many_belong_to_a_group_or_a_box_is_nobodys_age(lang: str, text: str) -> None:
    assert ages(lang, text) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "A boxer of 38 was hit.", [38]),
        ("en", "A cadet of 19 was hit.", [19]),
        ("ro", "Un croitor de 58 a fost rănit.", [58]),
        ("mk", "Еден ковач од 47 е ранет.", [47]),
        ("hbs", "Jedan kovač od 47 je ranjen.", [47]),
    ],
)
def test_who_has_a_trade_may_have_an_age(lang: str, text: str, expected: list[int]) -> None:
    assert ages(lang, text) == expected


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "The man, 61, lived in Main Street, 45."),
        ("ro", "Bărbatul, 61 de ani, locuia pe strada Florilor, 45."),
        ("ru", "Мужчина, 61 год, жил на улице Садовой, 45."),
        ("hbs", "Muškarac (61) stanovao je u ulici Sadovoj, 45."),
    ],
)
def test_the_number_of_a_house_is_nobodys_age(lang: str, text: str) -> None:
    assert ages(lang, text) == [61]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("hbs", "Djevojke (19 i 20) su ranjene.", [(19, "female"), (20, "female")]),
        ("sq", "Burra 39, 45 dhe 49 vjeç u arrestuan.", [(39, "male"), (45, "male"), (49, "male")]),
        ("ro", "Un bărbat și nepoata lui, de 51 și 17 ani, au fugit.", [(51, "male"), (17, "female")]),
        ("ro", "Un băiat și o femeie, de 6 și 43 de ani, dormeau.", [(6, "male"), (43, "female")]),
        ("mk", "Ранети се жена и маж, на 62 и на 41 година.", [(62, "female"), (41, "male")]),
        ("en", "A widow of 73 and a 52-year-old monk were hurt.", [(73, "female"), (52, "unreported")]),
    ],
)
def test_ages_behind_several_persons_are_one_for_each(lang: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert aged(lang, text) == expected


@pytest.mark.parametrize(
    "text", ["Се скараа меѓу 66-годишниот сосед и синот.", "Svađa između 66-godišnjeg susjeda i sina."]
)
def test_between_one_person_and_another_is_an_exact_age(text: str) -> None:
    assert ages("mk" if text[0] == "С" else "hbs", text) == [66]


def test_three_in_one_word_has_two_forms() -> None:
    assert ages("mk", "Ранет е педесет и трогодишниот возач.") == [53]


def test_a_sentence_may_end_a_paragraph_behind_an_age() -> None:
    assert ages("sq", "Në dhomë flinte babai, 58.\n\nPolicia erdhi.") == [58]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "An eleven-month-old boy escaped."),
        ("sq", "Pesë orë më vonë i dyshuari u kap."),
        ("ro", "Poliția a ridicat un pistol de 9 mm și 12 cartușe."),
        ("hbs", "Policija je u stanu našla pištolj, 30. Dva metka su ispaljena."),
    ],
)
def test_hours_months_and_pieces_are_neither_ages_nor_persons(lang: str, text: str) -> None:
    assert [(one.age, one.count) for one in persons(lang, text) if one.age or one.count > 1] == []


def test_kin_in_a_list_are_different_persons() -> None:
    assert ages("hbs", "Uperio je pušku u oca (66), majku (62) i sestru (29).") == [66, 62, 29]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Osuđen je na 12 godina zatvora."),
        ("mk", "Осуден е на 5 години затвор."),
        ("sq", "U dënua me 5 vjet burg."),
        ("ro", "Riscă 7 ani de închisoare."),
        ("ru", "Приговорён к 7 годам, ему грозит 12 лет лишения свободы."),
        ("en", "He was sentenced to 5 years in prison."),
        ("en", "Five years ago the man was hurt."),
        ("hbs", "Na 30. godišnjicu rata pucao je muškarac."),
        ("hbs", "Učenik, 8. razred, donio je pištolj."),
        ("hbs", "Traga se za muškarcem starim između 25 i 30 godina."),
        ("en", "The Police Act (1996) and the murder of a policeman (2017) are recalled."),
    ],
)
def test_years_that_nobody_has_lived_are_no_age(lang: str, text: str) -> None:
    assert ages(lang, text) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "The man attacked a 30-year-old woman.", [(None, "male"), (30, "female")]),
        ("en", "A father killed a neighbour, 65.", [(None, "male"), (65, "unreported")]),
        ("ro", "Soțul a ucis soția, de 65 de ani.", [(None, "male"), (65, "female")]),
        ("sq", "Djali e vrau babain, 60 vjeç.", [(None, "male"), (60, "male")]),
    ],
)
def test_who_did_it_and_who_suffered_it_are_two(lang: str, text: str, expected: list[tuple[int | None, str]]) -> None:
    assert [(one.age, one.sex) for one in persons(lang, text)] == expected


def test_pieces_behind_ages_are_no_persons() -> None:
    assert [one.count for one in persons("hbs", "Od muškaraca (25 i 31) oduzeta su 3 pištolja.") if one.count > 1] == [
        3
    ]

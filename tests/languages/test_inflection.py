"""The forms of place names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.canonical import canonical
from languages.home import home_languages
from languages.inflection import adjective_forms, word_forms
from languages.packs import packs


def all_forms(name: str, lang: str) -> set[str]:
    """The forms of a name of one word."""
    (forms,) = word_forms(name, lang)
    return set(forms)


@pytest.mark.parametrize(
    ("lang", "name", "forms"),
    [
        ("hbs", "Niš", "Niša Nišu Nišom"),
        ("hbs", "Kraljevo", "Kraljeva Kraljevu Kraljevom"),
        ("hbs", "Subotica", "Subotice Subotici Suboticu Suboticom"),
        ("hbs", "Leskovac", "Leskovca Leskovcu Leskovcem"),
        ("hbs", "Skadar", "Skadra Skadru Skadrom"),
        ("hbs", "Bar", "Bara Baru Barom"),
        ("hbs", "Gostivar", "Gostivara Gostivaru Gostivarom"),
        ("hbs", "Žabalj", "Žablja Žablju Žabljem"),
        ("hbs", "Čačak", "Čačka Čačku Čačkom"),
        ("hbs", "Vinkovci", "Vinkovaca Vinkovcima Vinkovce"),
        ("hbs", "Pale", "Pala Palama"),
        ("hbs", "Berane", "Berana Beranama"),
        ("hbs", "Tuzla", "Tuzle Tuzli Tuzlu Tuzlom"),
        ("hbs", "Brčko", "Brčkog Brčkom"),
        ("hbs", "Peć", "Peći"),
        ("hbs", "Bečej", "Bečeja Bečeju Bečejem"),
        ("sq", "Shkodër", "Shkodra Shkodrës Shkodrën"),
        ("sq", "Tiranë", "Tirana Tiranës Tiranën"),
        ("sq", "Durrës", "Durrësi Durrësit Durrësin"),
        ("sq", "Elbasan", "Elbasani Elbasanit Elbasanin"),
        ("sq", "Fier", "Fieri Fierit Fierin"),
        ("sq", "Ferizaj", "Ferizaji Ferizajt Ferizajn Ferizajin"),
        ("sq", "Drenas", "Drenasi Drenasit Drenasin"),
        ("sq", "Kaçanik", "Kaçaniku Kaçanikut Kaçanikun"),
        ("sq", "Gjilan", "Gjilani Gjilanit Gjilanin"),
        ("sq", "Lushnjë", "Lushnja Lushnjës Lushnjën"),
        ("sq", "Kukës", "Kukësi Kukësit Kukësin"),
        ("sq", "Viti", "Vitia Vitisë Vitinë"),
        ("mk", "Kumanovo", "Kumanovsko Kumanovskiot"),
        ("mk", "Bitola", "Bitolsko"),
        ("ro", "Orhei", "Orheiul Orheiului"),
        ("ro", "Bălți", "Bălților Bălțiului"),
        ("ro", "Soroca", "Sorocii Sorocăi"),
        ("ru", "Бельцы", "Belc Belcam Belcah Belcami"),
        ("ru", "Кишинёв", "Kišinëva Kišinëve Kišinëvu Kišinëvom"),
        ("ru", "Сороки", "Sorok Sorokam Sorokah"),
        ("ru", "Тирасполь", "Tiraspolja Tiraspole Tiraspolju"),
        ("ru", "Сынжерей", "Synžereja Synžeree Synžereem"),
        ("ru", "Бэчой", "Bečoja Bečoe Bečoem"),
        ("sq", "Llogara", "Llogarasë"),
        ("ru", "Тараклия", "Taraklii Tarakliej"),
        ("ru", "Приштина", "Prištiny Prištine Prištinu"),
    ],
)
def test_the_cases_of_a_name(lang: str, name: str, forms: str) -> None:
    assert set(forms.split()) - all_forms(name, lang) == set()


@pytest.mark.parametrize(
    ("lang", "name", "form"),
    [
        ("hbs", "Novi Pazar", "Novom Pazaru"),
        ("hbs", "Banja Luka", "Banjoj Luci"),
        ("hbs", "Bijelo Polje", "Bijelog Polja"),
        ("hbs", "Vrnjačka Banja", "Vrnjačkoj Banji"),
        ("hbs", "Petrovac na Mlavi", "Petrovcu na Mlavi"),
        ("hbs", "Herceg Novi", "Herceg Novom"),
        ("hbs", "Kosovska Mitrovica", "Kosovske Mitrovice"),
        ("sq", "Malësi e Madhe", "Malësinë e Madhe"),
        ("sq", "Fushë Kosovë", "Fushë Kosovës"),
        ("sq", "Mitrovicë e Veriut", "Mitrovicës së Veriut"),
        ("sq", "Hani i Elezit", "Hanin e Elezit"),
        ("sq", "Dheu i Bardhë", "Dheun e Bardhë"),
        ("ro", "Anenii Noi", "Anenii Noi"),
        ("ru", "Новые Анены", "Novyh Anenah"),
        ("ru", "Чадыр-Лунга", "Čadyr Lunge"),
    ],
)
def test_the_words_of_a_name_inflect_together(lang: str, name: str, form: str) -> None:
    forms = word_forms(name, lang)
    assert len(forms) == len(form.split())
    assert [word for word, known in zip(form.split(), forms, strict=True) if word not in known] == []


@given(st.sampled_from(sorted(packs())), st.text("abcčšđežnoj NVaou абвгдеј-", max_size=20))
def test_each_word_is_among_its_forms(lang: str, name: str) -> None:
    forms = word_forms(name, lang)
    words = canonical(name, lang).text.replace("-", " ").split()
    assert len(forms) == len(words)
    assert all(word in known for word, known in zip(words, forms, strict=True))


def test_a_language_without_a_pack_is_refused() -> None:
    with pytest.raises(KeyError):
        word_forms("Niš", "de")


@pytest.mark.parametrize(
    ("lang", "name", "forms"),
    [
        ("hbs", "Subotica", "subotički subotičke subotičkoj"),
        ("hbs", "Novi Sad", "novosadski novosadskim"),
        ("hbs", "Kragujevac", "kragujevačkom"),
        ("hbs", "Nikšić", "nikšićka"),
        ("hbs", "Banja Luka", "banjalučkog"),
        ("hbs", "Tuzla", "tuzlanskom"),
        ("mk", "Струга", "struškiot struškata"),
        ("mk", "Кавадарци", "kavadarečko"),
        ("ru", "Бельцы", "beleckij belckoj"),
        ("ru", "Рыбница", "rybnickogo"),
    ],
)
def test_the_adjective_of_a_town(lang: str, name: str, forms: str) -> None:
    assert set(forms.split()) - adjective_forms(name, lang) == set()


def test_languages_that_do_not_make_adjectives_have_none() -> None:
    assert adjective_forms("Shkodër", "sq") == frozenset()


def test_languages_at_home() -> None:
    assert home_languages("MD") == ("ro", "ru")
    assert home_languages("ZZ") == ()

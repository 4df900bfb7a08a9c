"""Places by any name in any script and inflected, alone and within a text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codebook.gazetteer import Gazetteer, Place, gazetteer
from languages.canonical import folded
from languages.inflection import inhabitant_forms, word_forms
from languages.packs import packs

PLACES = gazetteer().places()
CYRILLIC = str.maketrans({latin: cyrillic for cyrillic, latin in packs()["hbs"].letters.items() if len(latin) == 1})


@pytest.mark.parametrize(
    ("form", "place_id"),
    [
        ("u Novom Pazaru", "RS-novi-pazar"),
        ("во Куманово", "MK-kumanovo"),
        ("në Shkodër", "AL-shkoder"),
        ("Shkodrës", "AL-shkoder"),
        ("din Bălți", "MD-balti"),
        ("Priština", "XK-prishtine"),
        ("Приштини", "XK-prishtine"),
        ("Prishtinës", "XK-prishtine"),
        ("Uroševcu", "XK-ferizaj"),
        ("Vučitrn", "XK-vushtrri"),
        ("Kishinev", "MD-chisinau"),
        ("в Кишинёве", "MD-chisinau"),
        ("Бельцах", "MD-balti"),
        ("Tighina", "MD-bender"),
        ("Belgrade", "RS-beograd"),
        ("Скопје", "MK-skopje"),
        ("Shkupit", "MK-skopje"),
        ("Skoplju", "MK-skopje"),
        ("Tetova", "MK-tetovo"),
        ("Kërçovës", "MK-kicevo"),
        ("Ulqini", "ME-ulcinj"),
        ("Skadru", "AL-shkoder"),
        ("Drača", "AL-durres"),
        ("Sângerei", "MD-singerei"),
        ("Djakovici", "XK-gjakove"),
        ("u sjevernoj bosni u Bijeljini", ""),
    ],
)
def test_a_name_is_found_in_any_language_script_and_form(form: str, place_id: str) -> None:
    found = gazetteer().lookup(form)
    assert (found[0].id if found else "") == place_id


@pytest.mark.parametrize(
    ("district", "jurisdiction", "city"),
    [
        ("Novi Beograd", "RS", "Beograd"),
        ("Čair", "MK", "Skopje"),
        ("Alipašino Polje", "BA", "Sarajevo"),
        ("Laprakë", "AL", "Tiranë"),
        ("Botanica", "MD", "Chișinău"),
    ],
)
def test_districts_are_the_city(district: str, jurisdiction: str, city: str) -> None:
    found = gazetteer().lookup(district, jurisdiction)
    assert gazetteer().municipality_of(found[0]).name == city


def test_a_municipality_comes_before_a_settlement_of_the_same_name() -> None:
    assert [p.kind for p in gazetteer().lookup("Negotino", "MK")] == ["municipality", "settlement"]


def test_the_jurisdiction_narrows_a_lookup() -> None:
    assert {p.jurisdiction for p in gazetteer().lookup("Mitrovica")} >= {"XK"}
    assert gazetteer().lookup("Mitrovica", "MD") == []


def test_a_village_counts_as_its_municipality() -> None:
    same = gazetteer().same_municipality
    assert same("Ballsh", "Mallakastër", "AL")
    assert same("Laç", "Kurbin", "AL")
    assert same("Priština", "Prishtinë", "XK")
    assert not same("Prizren", "Prishtinë", "XK")
    assert not same("nowhere at all", "nowhere at all", "XK")


def test_a_commune_of_moldova_lies_in_its_raion() -> None:
    within = gazetteer().lies_in_raion
    assert within("Cosăuți", "Soroca")
    assert within("Косэуцы", "Soroca")
    assert not within("Cosăuți", "Orhei")
    assert not within("Soroca", "Cosăuți")


def test_unknown_names_find_nothing() -> None:
    assert gazetteer().lookup("Reykjavík") == []
    assert gazetteer().lookup("") == []
    with pytest.raises(KeyError):
        gazetteer().place("XK-atlantis")


def found_in(text: str, lang: str | None = None) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.places[0].id) for s in gazetteer().find(text, lang)]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        (
            "U Novom Pazaru i u Bijelom Polju.",
            "hbs",
            [("Novom Pazaru", "RS-novi-pazar"), ("Bijelom Polju", "ME-bijelo-polje")],
        ),
        ("Пуцњава у Косовској Митровици", "hbs", [("Косовској Митровици", "XK-mitrovice")]),
        ("u SEVERNOJ MITROVICI", "hbs", [("SEVERNOJ MITROVICI", "XK-mitrovice-e-veriut")]),
        ("në Mitrovicën e Veriut", "sq", [("Mitrovicën e Veriut", "XK-mitrovice-e-veriut")]),
        ("във Куманово и Kuma\u00adnovo", "mk", [("Куманово", "MK-kumanovo"), ("Kuma\u00adnovo", "MK-kumanovo")]),
        ("în satul Cotiujenii Mari", "ro", [("Cotiujenii Mari", "MD-cotiujenii-mari")]),
        ("в Чадыр-Лунге", "ru", [("Чадыр-Лунге", "MD-ceadir-lunga")]),
        ("a bar near the bor", "en", []),
    ],
)
def test_place_names_are_found_in_a_text(text: str, lang: str, expected: list[tuple[str, str]]) -> None:
    assert found_in(text, lang) == expected


def test_an_ambiguous_name_needs_a_preposition_of_place() -> None:
    assert found_in("Bar je zatvoren", "hbs") == []
    assert found_in("policija u Baru", "hbs") == [("Baru", "ME-bar")]
    assert found_in("Viti i kaluar", "sq") == []
    assert found_in("të shtëna në Viti", "sq") == [("Viti", "XK-viti")]
    assert found_in("šuma na obodu Bora", "hbs") == [("Bora", "RS-bor")]
    assert found_in("un locuitor al satului Larga", "ro") == [("Larga", "MD-larga")]
    assert found_in("saopštila je Policijska uprava Bor", "hbs") == [("Bor", "RS-bor")]
    assert found_in("на наплатната рампа Градско", "mk") == [("Градско", "MK-gradsko")]
    assert found_in("o vale Larga", "ro") == []
    assert found_in("cozi la postul Tudora", "ro") == [("Tudora", "MD-tudora")]
    assert found_in("в посёлке Маяк", "ru") == [("Маяк", "MD-maiac")]


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("BOR – Pucano je na kuću.", "hbs", [("BOR", "RS-bor")]),
        ("Lov.\n• KLJUČ: nađena puška", "hbs", [("KLJUČ", "BA-kljuc")]),
        ("Ključ (Fena) – Lovac je nađen.", "hbs", [("Ključ", "BA-kljuc")]),
        ("Бор /Танјуг/ - Гори шума.", "hbs", [("Бор", "RS-bor")]),
        ("Bor – raste u hladu", "hbs", []),
        ("Бор: дрво на годината", "mk", []),
        ("Bar: we serve until midnight", "en", []),
        ("Bar – no guns inside", "en", []),
        ("Kula. Stoji nad rijekom", "hbs", []),
        ("ПАЛЕ - Обијена викендица", "hbs", [("ПАЛЕ", "BA-pale")]),
        ("VITI. Dy vjedhje në treg", "sq", [("VITI", "XK-viti")]),
        ("Në rrugë, Viti 04.11.2022", "sq", [("Viti", "XK-viti")]),
        ("KRUJA – Two men were held.", "en", [("KRUJA", "AL-kruje")]),
        ("Bor je drvo. Ključ-kopija", "hbs", []),
        ("Viti 2024 ishte i qetë", "sq", []),
        ("Kjo ndodhi në kohën kur fshati nuk kishte as rrugë e as ujë. Viti 04.11.2022", "sq", []),
    ],
)
def test_an_ambiguous_name_counts_as_a_dateline(text: str, lang: str, expected: list[tuple[str, str]]) -> None:
    assert found_in(text, lang) == expected


def test_a_name_is_ambiguous_in_the_languages_that_have_the_word() -> None:
    assert found_in("The road to Plav and Viti", "en") == [("Plav", "ME-plav"), ("Viti", "XK-viti")]
    assert found_in("Plav je auto", "hbs") == []
    assert found_in("Otac je rekao", "hbs") == []


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("ka severnom delu Kosovske Mitrovice", "hbs", "XK-mitrovice-e-veriut"),
        ("на северу Косовске Митровице", "hbs", "XK-mitrovice-e-veriut"),
        ("u sjevernoj Mitrovici", "hbs", "XK-mitrovice-e-veriut"),
        ("nga pjesa veriore e Mitrovicës", "sq", "XK-mitrovice-e-veriut"),
        ("në veri të Mitrovicës", "sq", "XK-mitrovice-e-veriut"),
        ("në Mitrovicë Veri", "sq", "XK-mitrovice-e-veriut"),
        ("in the northern part of Mitrovica", "en", "XK-mitrovice-e-veriut"),
        ("u južnom delu Kosovske Mitrovice", "hbs", "XK-mitrovice"),
        ("un bar din sectorul Râșcani", "ro", "MD-riscani-chisinau"),
        ("în raionul Rîșcani", "ro", "MD-riscani"),
    ],
)
def test_a_part_of_a_town_may_begin_with_a_common_noun(text: str, lang: str, expected: str) -> None:
    assert [place_id for _, place_id in found_in(text, lang)] == [expected]


@pytest.mark.parametrize(
    ("text", "lang", "place_id"),
    [
        ("Скопјанецот П. Р. (40)", "mk", "MK-skopje"),
        ("Приведен Кумановец", "mk", "MK-kumanovo"),
        ("Крушевчани се чудат", "mk", "MK-krusevo"),
        ("Ранета Струмичанка", "mk", "MK-strumica"),
        ("Дебарчанец уапсен", "mk", "MK-debar"),
        ("младоженецот почина", "mk", ""),
        ("Podgoričanin P. R. (29)", "hbs", "ME-podgorica"),
        ("Суботичани на тргу", "hbs", "RS-subotica"),
        ("ranjena Cetinjanka", "hbs", "ME-cetinje"),
        ("uhapšen Beranac", "hbs", "ME-berane"),
        ("osuđen Mojkovčanin", "hbs", "ME-mojkovac"),
        ("Nišlija pred sudom", "hbs", "RS-nis"),
        ("ranjen Livnjak", "hbs", "BA-livno"),
        ("nova Bačka", "hbs", ""),
        ("Nišani su podešeni", "hbs", ""),
        ("kuća u selu Cetinjani", "hbs", ""),
        ("put iz Mojkovčana", "hbs", ""),
        ("puška nađena kod Cetinjanina", "hbs", "ME-cetinje"),
        ("оган во село Кумановци", "mk", ""),
        ("оган во село Крушевчани", "mk", ""),
        ("pećani su stari", "hbs", ""),
    ],
)
def test_inhabitants_name_their_town(text: str, lang: str, place_id: str) -> None:
    assert [found for _, found in found_in(text, lang)] == ([place_id] if place_id else [])


@pytest.mark.parametrize(
    ("text", "lang", "name"),
    [
        ("Granata je nađena iza škole, selo Orašac.", "hbs", "Orašac"),
        ("Glamočani su selo uz rijeku", "hbs", "Glamočani"),
        ("Beranci je selo blizu Bitole", "hbs", "Beranci"),
        ("zatvoren put do Petrovca", "hbs", "Petrovac"),
        ("Беранци остана без струја", "mk", "Beranci"),
    ],
)
def test_a_village_called_as_the_people_of_a_town_is_the_village(text: str, lang: str, name: str) -> None:
    meant = gazetteer().find(text, lang)[0].places
    assert all(any(folded(own).startswith(folded(name)) for own in place.names) for place in meant)


@pytest.mark.parametrize("lang", [lang for lang, pack in packs().items() if pack.places.inhabitant])
def test_no_town_is_found_by_the_name_of_another_place(lang: str) -> None:
    towns = [place for place in PLACES if place.kind == "municipality"]
    people = [(folded(form), town) for town in towns for form in inhabitant_forms(town.name, lang)]
    named = {folded(form) for place in PLACES for form in _forms_of(place, lang)}
    for form, town in people:
        if form in named and form not in {folded(own) for own in _forms_of(town, lang)}:
            assert town not in [place for span in gazetteer().find(form.title(), lang) for place in span.places]


def _forms_of(place: Place, lang: str) -> set[str]:
    """The forms of its names of one word."""
    words = [forms for name in place.names for forms in [word_forms(name, lang)] if len(forms) == 1]
    return {form for forms in words for form in forms[0]}


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("u novosadskom naselju", "hbs", [("novosadskom", "RS-novi-sad")]),
        ("podgoričke policije", "hbs", [("podgoričke", "ME-podgorica")]),
        ("Barska policija", "hbs", [("Barska", "ME-bar")]),
        ("у нишкој болници", "hbs", [("нишкој", "RS-nis")]),
        ("na niskoj ceni", "hbs", []),
        ("iz bjelopoljskog sela", "hbs", [("bjelopoljskog", "ME-bijelo-polje")]),
        ("iza bugojanske pekare", "hbs", [("bugojanske", "BA-bugojno")]),
        ("novobeogradske pošte", "hbs", [("novobeogradske", "RS-787607")]),
        ("visočke policije", "hbs", [("visočke", "BA-visoko")]),
        ("во чаирската населба", "mk", [("чаирската", "MK-833262")]),
        ("поле у границы Чадыр-Лунгского района", "ru", [("Чадыр-Лунгского района", "MD-ceadir-lunga")]),
        ("gradske i poljske vlasti", "hbs", []),
        ("во скопската населба", "mk", [("скопската", "MK-skopje")]),
        ("струшкото село", "mk", [("струшкото", "MK-struga")]),
        ("в Каларашском районе", "ru", [("Каларашском", "MD-calarasi")]),
        ("кишинёвской больницы", "ru", [("кишинёвской", "MD-chisinau")]),
        ("на украинской границе", "ru", []),
        ("в русском языке", "ru", []),
        ("a task for whiskey", "en", []),
    ],
)
def test_the_adjective_of_a_town_names_it(text: str, lang: str, expected: list[tuple[str, str]]) -> None:
    assert found_in(text, lang) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nisu pronađeni", []),
        ("Нису пронађени", []),
        ("Nišu je žao", [("Nišu", "RS-nis")]),
        ("u Nisu nema dijakritika", [("Nisu", "RS-nis")]),
        ("UHAPŠEN U NIŠU", [("NIŠU", "RS-nis")]),
        ("Peć i Đakovica", [("Peć", "XK-peje"), ("Đakovica", "XK-gjakove")]),
        ("Otac je rekao, stanari kažu. Stanari", []),
    ],
)
def test_a_short_name_has_its_diacritics_where_the_text_has_any(text: str, expected: list[tuple[str, str]]) -> None:
    assert found_in(text, "hbs") == expected


def test_a_language_without_a_pack_is_not_inflected() -> None:
    assert found_in("Prizren", "other") == [("Prizren", "XK-prizren")]
    assert found_in("Prizrenu", "other") == []


@given(st.sampled_from(PLACES), st.data())
@settings(max_examples=150, deadline=None)
def test_every_name_finds_its_place_in_both_scripts(place: Place, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(place.names))
    assert place in gazetteer().lookup(name, place.jurisdiction)
    assert place in gazetteer().lookup(name.upper(), place.jurisdiction)
    cyrillic = name.lower().translate(CYRILLIC)
    if not any(letter.isalpha() and letter.isascii() for letter in cyrillic):
        assert place in gazetteer().lookup(cyrillic, place.jurisdiction)


@given(
    st.lists(
        st.one_of(
            st.sampled_from([name for place in PLACES for name in place.names]),
            st.text(max_size=12),
            st.sampled_from([" u ", " në ", ", ", "-", "\n", "Novi ", "Нови "]),
        ),
        max_size=8,
    ).map("".join),
    st.sampled_from([None, "sq", "hbs", "mk", "ro", "ru", "en"]),
)
@settings(max_examples=100, deadline=None)
def test_spans_lie_in_the_text_without_overlap(text: str, lang: str | None) -> None:
    end = 0
    for span in gazetteer().find(text, lang):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start].isupper() or "k" in folded(text[span.start : span.end]), "or an adjective"
        assert span.places
        end = span.end


def test_a_gazetteer_can_be_made_of_any_places() -> None:
    place = Place("XK-x", "Xarrë", "XK", "municipality", "XK-x", "X", 42.0, 21.0, None, ("Xarrë",), False)
    small = Gazetteer([place], {"xarre": frozenset()})
    assert small.lookup("Xarrës") == [place]
    assert small.find("Xarra", "sq") == []
    assert [span.places for span in small.find("në Xarrë", "sq")] == [(place,)]


def test_places_that_begin_alike_are_inflected_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dozens begin as "Novi", and a text may repeat it as often as it has words."""
    inflected: list[str] = []

    def noted(name: str, lang: str) -> tuple[frozenset[str], ...]:
        inflected.append(name)
        return word_forms(name, lang)

    monkeypatch.setitem(vars(sys.modules[Gazetteer.__module__]), "word_forms", noted)
    gazetteer().find("Novi Pazar, pištolj", "hbs")
    inflected.clear()
    gazetteer().find("Novi Pazar, pištolj, " * 100, "hbs")
    assert not inflected

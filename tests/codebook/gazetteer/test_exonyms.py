"""Larger places by the names that the region's languages have for them; every municipality in every case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from codebook.gazetteer import Place, gazetteer
from languages.inflection import word_forms
from languages.packs import packs

CORPUS = Path(__file__).parents[3] / "classifiers" / "corpus"

EXONYMS = {
    "AL-tirane": "Tiranë, Tirana, Тирана, Tirani, Tiranës",
    "AL-durres": "Durrës, Durres, Drač, Драч, Drača, Drač, Дуррес, Durrësit",
    "AL-shkoder": "Shkodër, Shkodra, Skadar, Скадар, Skadra, Шкодер, Scutari, Shkodrës",
    "AL-vlore": "Vlorë, Vlora, Valona, Валона, Влёра, Vlorës",
    "AL-korce": "Korçë, Korca, Korča, Корча, Korçës",
    "AL-lezhe": "Lezhë, Lezha, Lješ, Љеш, Лежа, Lezhës",
    "AL-fier": "Fier, Fijer, Фијер, Фиери, Fierit",
    "AL-gjirokaster": "Gjirokastër, Gjirokastra, Đirokastra, Ѓирокастер, Гирокастра",
    "AL-lushnje": "Lushnjë, Lušnja, Лушња, Люшня, Lushnjës",
    "AL-kukes": "Kukës, Kukeš, Кукеш, Кукес, Kukësit",
    "AL-elbasan": "Elbasan, Елбасан, Эльбасан, Elbasanit",
    "XK-prishtine": "Prishtinë, Priština, Приштина, Pristina, Prishtinës, Приштине",
    "XK-prizren": "Prizren, Призрен, Prizrenit, Prizrenu",
    "XK-peje": "Pejë, Peja, Peć, Пећ, Peći, Печ, Pejës",
    "XK-gjakove": "Gjakovë, Gjakova, Đakovica, Ђаковица, Djakovica, Джяковица, Gjakovës",
    "XK-ferizaj": "Ferizaj, Uroševac, Урошевац, Ferizajt, Uroševcu",
    "XK-gjilan": "Gjilan, Gnjilane, Гњилане, Гнилане, Gjilanit, Gnjilanu",
    "XK-mitrovice": "Mitrovicë, Kosovska Mitrovica, Косовска Митровица, Mitrovicës, Косовской Митровице",
    "XK-mitrovice-e-veriut": "Mitrovicë e Veriut, Severna Mitrovica, Sjeverna Mitrovica, North Mitrovica, Mitrovicës së Veriut",
    "XK-vushtrri": "Vushtrri, Vučitrn, Вучитрн, Vushtrrisë",
    "XK-podujeve": "Podujevë, Podujevo, Подујево, Podujevës",
    "XK-skenderaj": "Skenderaj, Srbica, Србица, Skenderajt",
    "XK-drenas": "Drenas, Gllogoc, Glogovac, Глоговац, Drenasit",
    "XK-fushe-kosove": "Fushë Kosovë, Kosovo Polje, Косово Поље, Косово Поле, Fushë Kosovës",
    "XK-rahovec": "Rahovec, Orahovac, Ораховац, Rahovecit",
    "XK-suhareke": "Suharekë, Suva Reka, Сува Река, Suharekës",
    "XK-decan": "Deçan, Dečani, Дечани, Дечаны, Deçanit",
    "XK-istog": "Istog, Istok, Исток, Istogut",
    "XK-hani-i-elezit": "Hani i Elezit, Đeneral Janković, Hanit të Elezit",
    "ME-podgorica": "Podgorica, Подгорица, Podgoricë, Podgoricës",
    "ME-ulcinj": "Ulcinj, Улцињ, Ulqin, Ulqini, Улцинь, Ulqinit",
    "ME-bar": "Bar, Tivar, Бар, Tivarit",
    "ME-niksic": "Nikšić, Никшић, Nikshiq, Никшиќ, Никшич",
    "ME-plav": "Plav, Plavë, Плав",
    "ME-rozaje": "Rožaje, Rozhajë, Рожаје, Рожае",
    "ME-gusinje": "Gusinje, Guci, Гусиње, Гусине",
    "ME-tuzi": "Tuzi, Tuz, Тузи, Tuzima",
    "ME-bijelo-polje": "Bijelo Polje, Бијело Поље, Bijelog Polja, Бело Поле, Биело-Поле",
    "ME-herceg-novi": "Herceg Novi, Херцег Нови, Herceg Novom, Херцег-Нови",
    "MK-skopje": "Skopje, Скопје, Shkup, Shkupi, Skoplje, Скопље, Скопье, Shkupit, Skoplju",
    "MK-tetovo": "Tetovo, Тетово, Tetovë, Tetova, Tetovës",
    "MK-kumanovo": "Kumanovo, Куманово, Kumanovë, Kumanova, Kumanovës",
    "MK-gostivar": "Gostivar, Гостивар, Gostivarit, Gostivaru",
    "MK-struga": "Struga, Струга, Strugë, Strugës, Strugi",
    "MK-ohrid": "Ohrid, Охрид, Ohër, Ohrit, Ohridu",
    "MK-bitola": "Bitola, Битола, Manastir, Manastirit, Bitolj, Bitolju",
    "MK-kicevo": "Kičevo, Кичево, Kërçovë, Kërçovës, Kichevo",
    "MK-debar": "Debar, Дебар, Dibër e Madhe, Debru",
    "MK-stip": "Štip, Штип, Shtip, Shtipit",
    "MK-gevgelija": "Gevgelija, Гевгелија, Đevđelija, Ђевђелија, Gjevgjeli, Гевгелия",
    "MK-veles": "Veles, Велес, Velesi, Velesu",
    "MK-kocani": "Kočani, Кочани, Koçan, Kochani",
    "RS-beograd": "Beograd, Београд, Belgrade, Белград, Beogradi, Beogradit, Beogradu, Belgradul",
    "RS-novi-sad": "Novi Sad, Нови Сад, Novi Sadi, Нови-Сад, Novom Sadu",
    "RS-nis": "Niš, Ниш, Nish, Nishit, Nišu, Nis",
    "RS-novi-pazar": "Novi Pazar, Нови Пазар, Pazari i Ri, Novom Pazaru",
    "RS-bujanovac": "Bujanovac, Бујановац, Bujanoc, Bujanocit, Bujanovcu, Буяновац",
    "RS-presevo": "Preševo, Прешево, Preshevë, Presheva, Preshevës",
    "RS-medvedja": "Medveđa, Медвеђа, Medvegjë, Medvegja",
    "RS-kragujevac": "Kragujevac, Крагујевац, Kragujevc, Крагуевац, Kragujevcu",
    "RS-leskovac": "Leskovac, Лесковац, Leskoc, Leskovcu",
    "RS-krusevac": "Kruševac, Крушевац, Krushevc, Kruševcu",
    "RS-uzice": "Užice, Ужице, Uzhicë, Užicu",
    "RS-sabac": "Šabac, Шабац, Shabac, Šapcu",
    "RS-zabalj": "Žabalj, Жабаљ, Žablju, Жабаль",
    "RS-vrsac": "Vršac, Вршац, Vârșeț, Vršcu",
    "BA-sarajevo": "Sarajevo, Сарајево, Sarajevë, Sarajevës, Сараево, Sarajevu, Saraievo",
    "BA-banja-luka": "Banja Luka, Banjaluka, Бања Лука, Banjoj Luci, Банја Лука, Баня-Лука",
    "BA-mostar": "Mostar, Мостар, Mostaru, Mostarit",
    "BA-zenica": "Zenica, Зеница, Zenici, Zenicë",
    "BA-tuzla": "Tuzla, Тузла, Tuzli, Tuzlës",
    "BA-bihac": "Bihać, Бихаћ, Bihaq, Бихаќ, Бихач, Bihaću",
    "BA-bijeljina": "Bijeljina, Бијељина, Bijeljini, Биелина",
    "BA-brcko": "Brčko, Брчко, Brčkom, Brcko",
    "MD-chisinau": "Chișinău, Chişinău, Chisinau, Кишинёв, Кишинев, Kishinev, Kišinjev, Кишинёве, Chișinăului",
    "MD-balti": "Bălți, Бельцы, Balti, Бельцах, Bălților",
    "MD-tiraspol": "Tiraspol, Тирасполь, Tiraspolj, Тирасполе",
    "MD-bender": "Bender, Tighina, Бендеры, Бендерах",
    "MD-comrat": "Comrat, Комрат, Комрате",
    "MD-cahul": "Cahul, Кагул, Кагуле, Cahulului",
    "MD-soroca": "Soroca, Сороки, Сороках",
    "MD-orhei": "Orhei, Оргеев, Орхей, Оргееве",
    "MD-ungheni": "Ungheni, Унгены, Унгенах",
    "MD-ribnita": "Rîbnița, Râbnița, Рыбница, Рыбнице",
    "MD-hincesti": "Hîncești, Hâncești, Хынчешты, Хынчештах",
    "MD-straseni": "Strășeni, Страшены, Страшенах",
    "MD-singerei": "Sîngerei, Sângerei, Сынжерей, Сынжере, Сынжерее",
    "MD-cosauti": "Cosăuți, Косэуцы, Косауцы, Косоуцах",
    "MD-otaci": "Otaci, Атаки, Отаках",
    "MD-bacioi": "Băcioi, Бачой, Бэчое",
    "MD-sarata-galbena": "Sărata-Galbenă, Сэрата-Галбенэ, Сарата-Галбене",
    "MD-cismichioi": "Cișmichioi, Чишмикиоем, Чишмикёе",
    "MD-cioc-maidan": "Cioc-Maidan, Чок-Майдане",
    "MD-dorotcaia": "Doroțcaia, Дороцкая, Дороцкой",
    "MD-vadul-lui-voda": "Vadul lui Vodă, Вадул-луй-Водэ, Ваду-луй-Водэ",
    "MD-tatarauca-veche": "Tătărăuca Veche, Татараука Веке, Татаровка-Веке",
    "MD-ceadir-lunga": "Ceadîr-Lunga, Ceadâr-Lunga, Ciadîr-Lunga, Чадыр-Лунга, Чадыр-Лунге",
}  # fmt: skip
"""What each language and script calls a place, and some inflected forms."""


@pytest.mark.parametrize("place_id", EXONYMS)
def test_a_place_is_found_by_all_its_names(place_id: str) -> None:
    jurisdiction = place_id[:2]
    for name in EXONYMS[place_id].split(", "):
        found = [place.id for place in gazetteer().lookup(name, jurisdiction)]
        assert found[:1] == [place_id], name


def test_the_names_of_every_larger_place_are_listed_here() -> None:
    """Outside Moldova a place of 60,000 people has names in several languages of the region."""
    large = {p.id for p in gazetteer().places() if p.kind == "municipality" and (p.population or 0) >= 60_000}
    alike = {"AL-berat", "RS-subotica", "RS-zrenjanin", "RS-valjevo", "RS-smederevo", "RS-pancevo", "RS-cacak",
             "RS-kraljevo", "MK-prilep", "BA-ilidza"}  # fmt: skip
    assert large - alike - set(EXONYMS) == set()


@pytest.mark.parametrize("lang", sorted(packs()))
def test_every_municipality_is_found_in_a_sentence_in_every_case(lang: str) -> None:
    preposition = packs()[lang].places.prepositions[0]
    lost = []
    for place in gazetteer().places():
        if place.kind != "municipality":
            continue
        for form in cases(place.name, lang):
            spans = gazetteer().find(f"– {preposition} {form}, 12.", lang)
            told = [p.municipality_id for span in spans[:1] for p in span.places]
            if place.id not in told:
                lost.append((place.id, form))
    assert lost == []


def cases(name: str, lang: str) -> Iterator[str]:
    """The forms of a name in a language, as a text writes them."""
    for words in product(*word_forms(name, lang)):
        joint = "-" if "-" in name else " "
        yield joint.join(words)


def labelled_places() -> list[tuple[str, str]]:
    """Jurisdiction and place of every incident of the labelled articles."""
    files = sorted(CORPUS.glob("*.jsonl"))
    articles = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [
        (incident["jurisdiction"], incident["place"])
        for article in articles
        for incident in article["incidents"]
        if incident["place"]
    ]


def test_every_labelled_place_is_found_in_its_jurisdiction() -> None:
    labelled: set[tuple[str, str]] = set(labelled_places())
    assert len({jurisdiction for jurisdiction, _ in labelled}) == 7
    assert len(labelled) > 500
    assert [one for one in labelled if not gazetteer().lookup(one[1], one[0])] == []


def test_a_label_names_a_municipality_or_a_settlement_by_its_own_name() -> None:
    def named(place: Place, label: str) -> bool:
        return label.replace("-", " ") in [name.replace("-", " ") for name in place.names]

    odd = [
        (jurisdiction, label)
        for jurisdiction, label in set(labelled_places())
        if not named(gazetteer().lookup(label, jurisdiction)[0], label)
    ]
    assert odd == []

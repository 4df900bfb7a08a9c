"""Weapons that are told by what they leave, by their make or in another order of words, beside those named plainly."""

from __future__ import annotations

import pytest

from classifiers.counts import counted
from classifiers.features import document_features
from classifiers.gate import may_tell_an_incident
from classifiers.pipelines import parsed
from classifiers.weapons import candidates, named
from codebook.codes import code_list

NAMED = [
    ("hbs", "Uperio je u njih pištolj na gas.", "gas_pistol"),
    ("hbs", "U podrumu je nađena stara jednocijevka.", "rifle_shotgun"),
    ("hbs", "Код њега је нађена једноцевка без дозволе.", "rifle_shotgun"),
    ("hbs", "Pucao je iz strojnice.", "automatic"),
    ("hbs", "Oduzeto je kratko naoružanje.", "handgun"),
    ("mk", "Пукал со пумпарица.", "rifle_shotgun"),
    ("mk", "Во колата имало црвена застава и нож.", "handgun"),
    ("mk", "Одземен е пушкомитралез.", "automatic"),
    ("mk", "Најдени се дваесет топовски удари.", "pyrotechnic"),
    ("sq", "Plaku qëlloi me çiften, çiftja ishte e vjetër.", "rifle_shotgun"),
    ("sq", "Në sënduk u gjet një alltia e vjetër.", "handgun"),
    ("sq", "U sekuestruan dy zolla.", "other"),
    ("ro", "Moșul păstra sub fân o pușcă, de fapt o armă veche de vânătoare.", "rifle_shotgun"),
    ("ro", "Avea acasă o armă cu două țevi.", "rifle_shotgun"),
    ("ro", "Au ridicat un revolver cu gaz.", "gas_pistol"),
    ("ru", "У него изъят газовый револьвер.", "gas_pistol"),
    ("en", "He fired a pump-action gun twice.", "rifle_shotgun"),
    ("en", "They seized two converted starting guns.", "gas_pistol"),
]


@pytest.mark.parametrize(("lang", "text", "code"), NAMED)
def test_a_weapon_is_named_in_many_ways(lang: str, text: str, code: str) -> None:
    assert code in {weapon.code for weapon in named(parsed(lang, "", text)[:])}


TOLD = [
    ("hbs", "Pogođen je sačmom u nogu.", "rifle_shotgun"),
    ("hbs", "Potegao je devetku iz pojasa.", "handgun"),
    ("hbs", "Bačena je bomba u dvorište.", "hand_grenade"),
    ("hbs", "Одјекнула је експлозија испод аутомобила.", "explosive"),
    ("mk", "Ранет е со сачми во рамото.", "rifle_shotgun"),
    ("mk", "Силна експлозија ја разниша зградата.", "explosive"),
    ("sq", "U plagos me saçme në këmbë.", "rifle_shotgun"),
    ("sq", "Ekspertët thanë se revolja ishte e tipit të gazit.", "gas_pistol"),
    ("sq", "Arma që mbante ishte me gaz.", "gas_pistol"),
    ("sq", "Një shpërthim i fortë u dëgjua te dyqani.", "explosive"),
    ("ro", "A fost rănit de alice la picior.", "rifle_shotgun"),
    ("ro", "Bunicul aștepta lângă poartă cu dubla încărcată.", "rifle_shotgun"),
    ("ro", "O explozie a distrus mașina.", "explosive"),
    ("ro", "Soldații au coborât din camion cu automatele pe umăr.", "automatic"),
    ("ru", "Заряд картечи попал в дверь.", "rifle_shotgun"),
    ("ru", "Оружие оказалось газовым.", "gas_pistol"),
    ("ru", "Во дворе прогремел взрыв.", "explosive"),
    ("ru", "Он чистил ПМ и не заметил патрона.", "handgun"),
    ("en", "Pellets hit him in the back.", "rifle_shotgun"),
    ("en", "An explosion tore through the car.", "explosive"),
    ("en", "The boy showed a pistol of crude own making.", "other"),
]


@pytest.mark.parametrize(("lang", "text", "code"), TOLD)
def test_a_trace_tells_what_weapon_it_was(lang: str, text: str, code: str) -> None:
    part = parsed(lang, "", text)[:]
    assert code in {weapon.code for weapon in candidates(part)} - {weapon.code for weapon in named(part)}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ro", "Arbaleta regelui stă într-o vitrină."),
        ("hbs", "Na torti je gorela rimska sveća."),
        ("en", "The crossbow festival ended with a smoothbore engine display."),
        ("sq", "Vallja u kërcye nën dritën e flakadanëve."),
    ],
)
def test_a_trace_alone_opens_no_gate_and_tells_no_topic(lang: str, text: str) -> None:
    part = parsed(lang, "", text)[:]
    assert candidates(part)
    assert not may_tell_an_incident("", text)
    assert {f"concept {code}" for code in code_list("weapon").codes}.isdisjoint(document_features(part))


@pytest.mark.parametrize(
    ("lang", "text", "codes"),
    [
        ("hbs", "Pucao je iz lovačke puške, sačma ga je pogodila.", {"rifle_shotgun", "ammunition"}),
        ("sq", "Hodhi një granatë dhe shpërthimi i theu xhamat.", {"hand_grenade"}),
        ("en", "A grenade was thrown and the explosion broke windows.", {"hand_grenade"}),
    ],
)
def test_a_trace_of_what_is_named_tells_nothing_new(lang: str, text: str, codes: set[str]) -> None:
    part = parsed(lang, "", text)[:]
    assert {weapon.code for weapon in candidates(part)} == codes
    assert len(candidates(part)) == len(named(part))


EVERYDAY = [
    ("en", "Someone shot a man near the cinema. {}", "The nurse filled in a blank form by hand."),
    ("en", "Someone shot a man near the cinema. {}", "A hunting dog barked at the oven timer."),
    (
        "en",
        "Someone shot a man near the cinema. {}",
        "His is the long one, beside the homemade cakes and Magnum ice cream.",
    ),
    ("hbs", "Muškarac je ranjen iz pištolja ispred kafane. {}", "Odvezen je autom na plin, a devetka je stala."),
    ("hbs", "Muškarac je ranjen iz pištolja ispred kafane. {}", "Gorela je lovačka kuća sa šporetom na gas."),
    ("hbs", "Muškarac je ranjen iz pištolja ispred kafane. {}", "Proradila je automatska rampa i signalni uređaj."),
    ("mk", "Маж е ранет со пиштол пред кафеана. {}", "На вратата стои шпорет на гас и ловечки пес."),
    ("mk", "Маж е ранет со пиштол пред кафеана. {}", "Се отвори автоматската врата, направата пиштеше."),
    ("mk", "Маж е ранет со пиштол пред кафеана. {}", "Деветката доцнеше, светеа сигнални светла."),
    (
        "sq",
        "Një burrë u plagos me pistoletë para kafenesë. {}",
        "Fqinja ndezi sobën me gaz, bombola e gazit ishte plot.",
    ),
    ("sq", "Një burrë u plagos me pistoletë para kafenesë. {}", "Qeni i gjahut lehte, akrepi i orës qëndroi."),
    ("ro", "Un tânăr a fost împușcat cu un pistol. {}", "I s-a pus un dispozitiv medical și o dublă perfuzie."),
    ("ro", "Un tânăr a fost împușcat cu un pistol. {}", "Vecina gătea la aragazul cu gaz o plăcintă făcută acasă."),
    ("ro", "Un tânăr a fost împușcat cu un pistol. {}", "Un câine de vânătoare a lătrat la două mame oarbe."),
    ("ru", "Мужчина ранен из пистолета у кафе. {}", "Свидетель спешил на устройство на работу."),
    ("ru", "Мужчина ранен из пистолета у кафе. {}", "Рядом стоял газовый баллон, открылась автоматическая дверь."),
    ("ru", "Мужчина ранен из пистолета у кафе. {}", "Он холостяк, живёт напротив магазина «Охотник»."),
    ("mk", "Маж е ранет со пиштол пред кафеана. {}", "Децата јаделе магнум, а црвената застава се веела."),
    ("ro", "Un tânăr a fost împușcat cu un pistol. {}", "Alergătorii purtau torțele olimpice."),
    ("ru", "Мужчина ранен из пистолета у кафе. {}", "Работа подорвала его здоровье."),
]


@pytest.mark.parametrize(("lang", "report", "everyday"), EVERYDAY)
def test_an_everyday_word_in_a_report_of_a_shooting_tells_no_other_weapon(
    lang: str, report: str, everyday: str
) -> None:
    part = parsed(lang, "", report.format(everyday))[:]
    alone = parsed(lang, "", report.format(""))[:]
    assert {weapon.code for weapon in candidates(part)} == {weapon.code for weapon in candidates(alone)}


@pytest.mark.parametrize(
    ("lang", "text", "code"),
    [
        ("en", "He loaded the pistol with blank cartridges.", "gas_pistol"),
        ("hbs", "Oružje koje je nosio je oružje na gas.", "gas_pistol"),
        ("mk", "Кај него најдоа оружје на гас.", "gas_pistol"),
        ("sq", "I riu kishte gjashtë fishekë gjahu.", "rifle_shotgun"),
        ("ro", "Sub mașina primarului era un dispozitiv improvizat.", "explosive"),
        ("ru", "Под окном нашли самодельное устройство.", "explosive"),
    ],
)
def test_the_same_words_beside_a_weapon_tell_of_it(lang: str, text: str, code: str) -> None:
    assert code in {weapon.code for weapon in candidates(parsed(lang, "", text)[:])}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Povređen je M. (52) iz Bara."),
        ("hbs", "M. (48) je prijavljen."),
        ("sq", "M. (75) u dërgua në spital."),
        ("hbs", "Djeci su dijelili bombone."),
        ("ru", "Из 27 домов эвакуировали жителей."),
        ("ro", "Un cadou cu gazele din grădina zoologică."),
    ],
)
def test_what_only_looks_like_a_weapon_is_none(lang: str, text: str) -> None:
    assert candidates(parsed(lang, "", text)[:]) == []


def test_a_trace_is_no_piece_of_a_haul() -> None:
    assert counted(parsed("hbs", "", "Tri eksplozije i dvije devetke.")[:]) == []


@pytest.mark.parametrize(
    ("lang", "text", "code"),
    [
        ("sq", "U gjetën 30 fishekë gjahu.", "rifle_shotgun"),
        ("hbs", "Oduzeto je 30 lovačkih patrona.", "rifle_shotgun"),
        ("en", "Officers seized 30 blank cartridges.", "gas_pistol"),
        ("ru", "Изъяли 30 холостых патронов.", "gas_pistol"),
    ],
)
def test_cartridges_that_tell_their_weapon_do_not_make_it_a_piece_of_the_haul(lang: str, text: str, code: str) -> None:
    told = {weapon.code: weapon.for_ammunition for weapon in candidates(parsed(lang, "", text)[:])}
    assert told == {"ammunition": False, code: True}

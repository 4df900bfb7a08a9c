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
    ("ro", "A tras cu o armă semiautomată de vânătoare.", "rifle_shotgun"),
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
    ("sq", "Pistoleta është e tipit të gazit.", "gas_pistol"),
    ("sq", "Arma që mbante ishte me gaz.", "gas_pistol"),
    ("sq", "Një shpërthim i fortë u dëgjua te dyqani.", "explosive"),
    ("ro", "A fost rănit de alice la picior.", "rifle_shotgun"),
    ("ro", "A ieșit din casă cu dubla încărcată.", "rifle_shotgun"),
    ("ro", "O explozie a distrus mașina.", "explosive"),
    ("ro", "Au tras în aer cu automatele.", "automatic"),
    ("ru", "Заряд картечи попал в дверь.", "rifle_shotgun"),
    ("ru", "Оружие оказалось газовым.", "gas_pistol"),
    ("ru", "Во дворе прогремел взрыв.", "explosive"),
    ("ru", "Он чистил ПМ и не заметил патрона.", "handgun"),
    ("en", "Pellets hit him in the back.", "rifle_shotgun"),
    ("en", "An explosion tore through the car.", "explosive"),
    ("en", "He aimed a gun of his own making.", "other"),
]


@pytest.mark.parametrize(("lang", "text", "code"), TOLD)
def test_a_trace_tells_what_weapon_it_was(lang: str, text: str, code: str) -> None:
    part = parsed(lang, "", text)[:]
    assert code in {weapon.code for weapon in candidates(part)} - {weapon.code for weapon in named(part)}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ro", "Semafoare cu gaz și torțe pe stradă."),
        ("hbs", "Autobus na gas i stara škorpija na izložbi."),
        ("en", "The crossbow festival ended with a smoothbore engine display."),
        ("sq", "Furnizimi me gaz u rikthye."),
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


def test_cartridges_of_hunting_do_not_make_a_hunting_gun_of_the_haul() -> None:
    told = candidates(parsed("sq", "", "U gjetën 30 fishekë gjahu.")[:])
    assert [(weapon.code, weapon.for_ammunition) for weapon in told] == [("ammunition", False), ("rifle_shotgun", True)]

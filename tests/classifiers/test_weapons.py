"""Weapons named by their make, by other words or in another order of words."""

from __future__ import annotations

import pytest

from classifiers.pipelines import parsed
from classifiers.weapons import candidates

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

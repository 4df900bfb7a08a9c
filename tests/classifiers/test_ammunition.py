"""Weapons that only say what ammunition is for are neither weapons nor firearms of a seizure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pytest
from spacy.tokens import Span

from classifiers.counts import counted
from classifiers.judges import LinearJudge, Shares
from classifiers.pipelines import Stretch, parsed, stretch
from classifiers.reader import linear_reader
from classifiers.weapons import candidates, used
from codebook.records import Article

FOR_AMMUNITION = [
    ("hbs", "Nađeno je 120 metaka za automatsku pušku.", {"automatic"}, {"rounds": 120}),
    ("hbs", "Oduzeta su 54 komada municije za „kalašnjikov“ i pištolj.", {"automatic"}, {"rounds": 54, "firearms": 1}),
    ("hbs", "Nađeno je 30 metaka kalibra 7,62 mm za pušku i 12 za pištolj.", {"rifle_shotgun", "handgun"}, {"rounds": 42}),
    ("hbs", "Našli su municiju: 450 komada za automatsku pušku i dva pištolja.", {"automatic"}, {"rounds": 450, "firearms": 2}),
    ("hbs", "Oduzeto je 46 komada municije kalibra 7,62x39 mm za automatsku pušku.", {"automatic"}, {"rounds": 46}),
    ("hbs", "Nađeno je 30 metaka različitog kalibra za pištolj.", {"handgun"}, {"rounds": 30}),
    ("hbs", "Nađena su dva pištoljska okvira i 12 metaka.", {"handgun"}, {"rounds": 12}),
    ("ru", "Изъято 30 патронов калибра 7,62х39 мм к автомату Калашникова.", {"automatic"}, {"rounds": 30}),
    ("ro", "Au fost ridicate 20 de cartușe pentru un pistol.", {"handgun"}, {"rounds": 20}),
    ("en", "Police found 60 rounds intended for a Kalashnikov.", {"automatic"}, {"rounds": 60}),
    ("mk", "Пронајдени се 85 куршуми за пиштол и 40 за автоматска пушка.", {"handgun", "automatic"}, {"rounds": 125}),
    ("sq", "U gjetën 60 fishekë kallashnikovi dhe 20 fishekë pistolete.", {"automatic", "handgun"}, {"rounds": 80}),
    ("sq", "U gjetën fishekë të kalibrit 7.62 mm të armës kallashnikov.", {"automatic"}, {"rounds": 0}),
    ("hbs", "Nađena su dva okvira za automatsku pušku AK-47 i pištolj.", {"automatic"}, {"firearms": 1}),
    ("mk", "Пронајдена е рамка за пиштол и пушка.", {"handgun"}, {"firearms": 1}),
    ("ro", "Au ridicat un încărcător de pistol cu 8 cartușe.", {"handgun"}, {"rounds": 8}),
    ("ro", "Au ridicat 25 de cartușe de calibru 12 pentru arma de vânătoare.", {"rifle_shotgun"}, {"rounds": 25}),
    ("sq", "U gjetën 15 fishekë për armë gjahu.", {"rifle_shotgun"}, {"rounds": 15}),
    ("ro", "Au fost ridicate 30 de cartușe pentru pistolul Makarov.", {"handgun"}, {"rounds": 30}),
    ("ru", "Изъяты 45 патронов к автомату Калашникова.", {"automatic"}, {"rounds": 45}),
    ("en", "Police found 200 pistol rounds and 40 cartridges for a hunting rifle.", {"handgun", "rifle_shotgun"}, {"rounds": 240}),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "codes", "counts"), FOR_AMMUNITION)
def test_what_ammunition_is_for_is_no_piece(lang: str, text: str, codes: set[str], counts: dict[str, int]) -> None:
    part = parsed(lang, "", text)[:]
    assert {one.code for one in candidates(part) if one.for_ammunition} == codes
    totals: dict[str, int] = {}
    for count in counted(part):
        value = 1 if count.value is None and count.kind != "rounds" else count.value or 0
        totals[count.kind] = totals.get(count.kind, 0) + value
    assert totals == counts


BESIDE = [
    ("hbs", "Nađeni su pištolj i 12 metaka."),
    ("hbs", "Nađeno je 12 metaka i pištolj."),
    ("hbs", "Nađena je municija, a za pištolj nema dozvolu."),
    ("mk", "Пронајдени се куршуми, пиштол и пушка."),
    ("sq", "U gjetën 12 fishekë dhe një pistoletë e tipit TT."),
    ("sq", "U gjetën 12 fishekë e një pistoletë."),
    ("hbs", "Nađeni su meci od osumnjičenog i pištolj."),
    ("hbs", "Nađeni su jedan trotilski metak i skraćena sačmarica."),
    ("hbs", "Nađena je municija, za pištolj nema dozvolu."),
    ("ru", "Изъяты патроны к нему и пистолет."),
    ("ro", "Au fost ridicate cartușe de la suspect și pistolul."),
    ("hbs", "Nađeni su meci i od ranije traženi pištolj."),
    ("ro", "Au fost ridicate cartușe și un pistol."),
    ("ru", "Изъяты патроны и пистолет."),
    ("en", "Police found ammunition, a pistol and a rifle."),
]


@pytest.mark.parametrize(("lang", "text"), BESIDE)
def test_a_weapon_beside_ammunition_is_a_weapon(lang: str, text: str) -> None:
    assert not any(one.for_ammunition for one in candidates(parsed(lang, "", text)[:]))


def test_a_seizure_of_cartridges_for_a_rifle_is_one_of_ammunition() -> None:
    text = "Policija je u stanu u Nišu pronašla i oduzela 120 metaka za automatsku pušku. Vlasnik je uhapšen."
    day = dt.datetime(2026, 5, 18, 12, tzinfo=dt.UTC)
    article = Article(
        id="a", source_id="s", url="https://s/a", title="Zaplena u Nišu", text=text, published=day,
        published_from="page", fetched=day, source_jurisdiction="RS",
    )  # fmt: skip
    (mention,) = linear_reader().read(article).mentions
    assert mention.weapons == ("ammunition",)
    assert mention.seizure is not None
    assert (mention.seizure.firearms, mention.seizure.rounds) == (None, 120)


class EverythingThere(LinearJudge):
    """Takes every weapon named for one of the event."""

    def of_part(self, question: str, part: Span) -> Shares:
        return {"yes": 1.0} if question.startswith("weapon ") and "handgun" in question else {}

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:
        return {"event": 1.0}

    def words(self, field: str, part: Span) -> Stretch | None:
        return stretch(part.doc, 0, 1)


@pytest.mark.parametrize(
    ("text", "seized", "codes"),
    [
        ("Police found 30 rounds for a pistol.", True, {"ammunition"}),
        ("Police found 30 rounds for a pistol, and a pistol.", True, {"ammunition", "handgun"}),
        ("Casings of a pistol lay in the street.", False, {"ammunition", "handgun"}),
    ],
)
def test_only_in_a_seizure_is_it_no_weapon(text: str, seized: bool, codes: set[str]) -> None:
    part = parsed("en", "", text)[:]
    assert set(used(candidates(part), part, EverythingThere({}), seized=seized)) == codes

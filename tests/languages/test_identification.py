"""Language identification on short texts of our own, in the manner of the region's news."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.identification import OTHER, identify, label_language
from languages.packs import packs

TEXTS = [
    ("sq", "Latn", "Policia ka arrestuar një 34-vjeçar i cili dyshohet se ka qëlluar me armë në drejtim të fqinjit."),
    ("sq", "Latn", "Policia ka arrestuar nje 34-vjecar, i cili dyshohet se ka qelluar me arme dhe eshte larguar."),
    ("hbs", "Latn", "Policija je uhapsila muškarca koji je pucao iz pištolja u dvorištu kuće u kojoj je živio."),
    ("hbs", "Latn", "Policija je uhapsila muskarca koji je sinoc pucao iz pistolja kod kuce, nakon svadje."),
    ("hbs", "Cyrl", "Полиција је ухапсила мушкарца који је синоћ пуцао из пиштоља код куће."),
    ("mk", "Cyrl", "Полицијата приведе маж кој синоќа пукал со пиштол во дворот на куќата во која живеел."),
    ("mk", "Latn", "Policijata privede maz koj sinoka pukal so pistol vo dvorot na kukata vo koja ziveel, deka bil pijan."),
    ("ro", "Latn", "Poliția a reținut un bărbat care a tras cu pistolul în curtea casei în care locuiește."),
    ("ro", "Latn", "Politia a retinut un barbat care a fost vazut cu o arma de vanatoare in curtea casei din sat."),
    ("ru", "Cyrl", "Полиция задержала мужчину, который стрелял из пистолета во дворе своего дома."),
    ("en", "Latn", "Police have arrested a man who was seen with a pistol in the yard of the house in Shkodër."),
    (OTHER, "Cyrl", "Полицията задържа мъж, който е стрелял с пистолет във въздуха в двора на къщата си."),
    (OTHER, "Latn", "Policija je pridržala moškega, ki je streljal s pištolo na dvorišču hiše, kjer živi tudi žena."),
    (OTHER, "Latn", ""),
    (OTHER, "Latn", "12.30 – 14.00"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "script", "text"), TEXTS)
def test_language_of_a_sentence(lang: str, script: str, text: str) -> None:
    found = identify(text)
    assert (found.lang, found.script) == (lang, script)


def test_no_letters_no_confidence() -> None:
    assert identify("12.30").confidence == 0


def test_jurisdiction_tips_a_doubtful_title() -> None:
    title = "Бомба кај Битола"
    assert identify(title, "MK").lang == "mk"
    assert identify(title, "MK").confidence > identify(title).confidence


@given(st.text(st.characters(exclude_categories=())), st.sampled_from([None, "RS", "MK", "ZZ"]))
def test_any_text_has_an_answer(text: str, jurisdiction: str | None) -> None:
    found = identify(text, jurisdiction)
    assert found.lang in {*packs(), OTHER}
    assert 0 <= found.confidence <= 1


@pytest.mark.parametrize(
    ("lang", "jurisdiction", "label"),
    [("hbs", "RS", "sr"), ("hbs", "BA", "bs"), ("hbs", "ME", "cnr"), ("hbs", "XK", "sr"), ("hbs", None, "sr"),
     ("sq", "MK", "sq"), ("other", "MD", "other")],
)  # fmt: skip
def test_label_language(lang: str, jurisdiction: str | None, label: str) -> None:
    assert label_language(lang, jurisdiction) == label

"""Language identification on short texts of our own, in the manner of the region's news."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.identification import OTHER, identify, label_language
from languages.packs import packs

TEXTS = [
    ("sq", "Latn", "Policia mbylli rrugën sepse një burrë kishte qëlluar nga çatia mbi makinën e gjitonit."),
    ("sq", "Latn", "Policia mbylli rrugen sepse nje burre kishte qelluar nga catia dhe eshte fshehur ne ahur."),
    ("hbs", "Latn", "Policija je uhapsila muškarca koji je pucao iz pištolja po vratima garaže koju mu je posudio stric."),
    ("hbs", "Latn", "Policija je uhapsila muskarca koji je sinoc pucao iz pistolja kod kuce, nakon svadje."),
    ("hbs", "Cyrl", "Полиција је ухапсила мушкарца који је синоћ пуцао из пиштоља код куће."),
    ("mk", "Cyrl", "Полицијата приведе маж кој синоќа пукал со пиштол во дворот на куќата во која живеел."),
    ("mk", "Latn", "Policijata privede maz koj sinoka pukal so pistol vo dvorot na kukata vo koja ziveel, deka bil pijan."),
    ("ro", "Latn", "Poliția a reținut un pescar care trăsese cu pistolul în gardul casei în care locuiește."),
    ("ro", "Latn", "Politia a retinut un pescar care a fost vazut pe pod cu doua pusti in curtea scolii din sat."),
    ("ru", "Cyrl", "Полиция задержала мужчину, который стрелял из пистолета во дворе своего дома."),
    ("en", "Latn", "Police have arrested a man who was seen with a pistol on the roof of a bakery in Shkodër."),
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

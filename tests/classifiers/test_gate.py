from __future__ import annotations

import pytest

from classifiers.gate import may_tell_an_incident
from classifiers.labelled import load
from classifiers.training import CORPUS


@pytest.mark.parametrize(
    "text",
    [
        "Muškarac ranjen iz pištolja.",
        "Мушкарац рањен из пиштоља.",
        "Muskarac ranjen iz pistolja.",
        "Маж ранет од ловечка пушка.",
        "Plagoset me armë zjarri një 30-vjeçar.",
        "Plagoset me arme zjarri nje 30-vjecar.",
        "Un bărbat a fost împușcat.",
        "Un barbat a fost impuscat.",
        "Мужчина ранен выстрелом из ружья.",
        "A man was shot in the leg.",
        "Muškarac ranjen iz piš\u00adtolja.",
        "NAPAD KALAŠNJIKOVOM",
    ],
)
def test_a_weapon_or_a_shot_opens_the_gate(text: str) -> None:
    assert may_tell_an_incident("", text)
    assert may_tell_an_incident(text, "")


@pytest.mark.parametrize(
    "text",
    [
        "Општина Прилеп го усвои буџетот за наредната година.",
        "Cijene goriva od sutra niže za pet feninga.",
        "Kuvendi miratoi buxhetin për vitin e ardhshëm.",
        "Guvernul a aprobat bugetul pentru anul viitor.",
        "Завтра ожидается дождь, местами туман.",
        "The council approved a new bus line.",
        "",
    ],
)
def test_other_news_stays_out(text: str) -> None:
    assert not may_tell_an_incident("", text)


def test_no_relevant_training_article_stays_out() -> None:
    kept_out = [
        labelled.id
        for file in ("train.jsonl", "linking_train.jsonl")
        for labelled in load(CORPUS / file)
        if labelled.relevant and not may_tell_an_incident(labelled.title, labelled.text)
    ]
    assert kept_out == []

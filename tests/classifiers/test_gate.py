from __future__ import annotations

import pytest

from classifiers.gate import GATE_CONCEPTS, may_tell_an_incident
from classifiers.labelled import load
from classifiers.lexicon import LANGUAGES, written_terms
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


@pytest.mark.parametrize(
    "text",
    [
        "Пушкарање во Чаир", "пронајде десет мини", "Puškaranje u Zemunu", "Dječak poginuo na mini",
        "E pushkatoi para shtëpisë", "Pushkat e gjuetisë u sekuestruan",
    ],
)  # fmt: skip
def test_a_word_that_begins_like_an_everyday_one_opens_the_gate(text: str) -> None:
    assert may_tell_an_incident("", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_everyday_word_of_any_language_shuts_out_a_term(lang: str) -> None:
    terms = [
        term
        for kind, concepts in written_terms(lang).items()
        for concept, written in concepts.items()
        for term in written
        if kind in GATE_CONCEPTS and concept in (GATE_CONCEPTS[kind] or concepts)
    ]
    assert [term for term in terms if not may_tell_an_incident("", term.replace("*", ""))] == []


def test_no_relevant_training_article_stays_out() -> None:
    kept_out = [
        labelled.id
        for file in ("train.jsonl", "linking_train.jsonl")
        for labelled in load(CORPUS / file)
        if labelled.relevant and not may_tell_an_incident(labelled.title, labelled.text)
    ]
    assert kept_out == []

from __future__ import annotations

import pytest

from classifiers.incident_types import type_concepts
from classifiers.lexicon import LANGUAGES, Lexicon, Term, lexicon, written_terms
from codebook.codes import code_list
from languages.canonical import folded


def _concepts(lang: str) -> set[tuple[str, str]]:
    return {(kind, concept) for kind, concepts in written_terms(lang).items() for concept in concepts}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_words_for_every_concept(lang: str) -> None:
    assert _concepts(lang) == _concepts("en")
    assert all(terms for concepts in written_terms(lang).values() for terms in concepts.values())


def test_weapon_concepts_are_codes_of_the_codebook_but_for_two() -> None:
    assert set(written_terms("en")["weapon"]) - set(code_list("weapon").codes) == {"launcher", "firearm"}


def test_every_type_names_concepts_that_exist() -> None:
    known = {concept for _, concept in _concepts("en")}
    assert set(type_concepts()) == {*code_list("incident_type").codes, "any"}
    assert all(known.issuperset(concepts) for concepts in type_concepts().values())


def test_the_script_does_not_matter() -> None:
    for word in ("pištoljem", "Пиштољем", "PISTOLJEM"):
        assert "handgun" in {m.concept for m in lexicon("hbs").matches([folded(word, "hbs")])}


def test_stems_exact_words_and_phrases() -> None:
    terms = [Term("a", "k", ("gun*",)), Term("b", "k", ("air", "gun*")), Term("c", "k", ("tt",))]
    found = Lexicon(terms).matches(["air", "guns", "tt", "ttx", "air"])
    assert [(m.start, m.end, m.concept) for m in found] == [(0, 2, "b"), (1, 2, "a"), (2, 3, "c")]


@pytest.mark.parametrize(
    ("lang", "word", "weapon"),
    [
        ("hbs", "ministar", False), ("hbs", "минута", False), ("hbs", "mina", True), ("hbs", "minsko", True),
        ("ru", "тоже", False), ("ru", "тоз", True), ("ro", "carabinierii", False), ("ro", "carabină", True),
        ("sq", "bombola", False), ("sq", "bomba", True), ("mk", "министерот", False), ("en", "bulletins", False),
    ],
)  # fmt: skip
def test_words_that_only_begin_like_a_weapon_are_none(lang: str, word: str, weapon: bool) -> None:
    kinds = {match.kind for match in lexicon(lang).matches([folded(word, lang)])}
    assert ("weapon" in kinds) == weapon


def test_an_unknown_language_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        lexicon("de")

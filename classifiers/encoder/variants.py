"""The same article as another outlet would print it: in the other script, or without diacritics.

The encoder then learns that neither matters. The labels' words are changed alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from classifiers.labelled import LabelEvidence, LabelledArticle
from languages.canonical import canonical
from languages.identification import reading_language
from languages.serbian_cyrillic import in_serbian_cyrillic


def variants(labelled: LabelledArticle) -> Iterator[LabelledArticle]:
    """Other ways the article could have been printed, itself not among them."""
    if reading_language(labelled.lang) == "hbs":
        other = _in_latin if labelled.script == "Cyrl" else in_serbian_cyrillic
        yield _rewritten(labelled, other, "Latn" if labelled.script == "Cyrl" else "Cyrl")
    if labelled.script == "Latn" and labelled.lang != "en":
        yield _rewritten(labelled, without_diacritics, "Latn")


def without_diacritics(text: str) -> str:
    """Latin letters without their marks, as many portals write."""
    plain = "".join(ch for ch in unicodedata.normalize("NFD", text) if not unicodedata.combining(ch))
    return plain.replace("đ", "dj").replace("Đ", "Dj")


def _in_latin(text: str) -> str:
    return canonical(text, "hbs").text


def _rewritten(labelled: LabelledArticle, rewrite: Callable[[str], str], script: str) -> LabelledArticle:
    return labelled.model_copy(
        update={
            "title": rewrite(labelled.title),
            "text": rewrite(labelled.text),
            "script": script,
            "incidents": tuple(
                incident.model_copy(update={"evidence": incident.evidence and _evidence(incident.evidence, rewrite)})
                for incident in labelled.incidents
            ),
        }
    )


def _evidence(evidence: LabelEvidence, rewrite: Callable[[str], str]) -> LabelEvidence:
    def words(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(words(one) for one in value)
        return rewrite(value) if isinstance(value, str) else value

    return LabelEvidence.model_validate({field: words(value) for field, value in evidence})

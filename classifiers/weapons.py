"""With what: the weapons of the event among all weapons an article names."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import context_features, terms_in
from classifiers.linear import Head

CODE_OF = {"launcher": "other"}
"""Concepts of the lexicon that are not themselves a code of the weapon list."""
UNTOLD = "firearm"
"""The concept of words that name no kind of weapon."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One weapon named in the article."""

    span: Span
    code: str
    features: tuple[str, ...]


def candidates(part: Span) -> list[Candidate]:
    """Every weapon named in `part` by its kind; of overlapping names the longest ("gas pistol", not "pistol")."""
    named = [t for t in terms_in(part.doc, part.start, part.end) if t.id_ == "weapon" and t.label_ != UNTOLD]
    kept = [
        t
        for t in named
        if not any(o is not t and o.start <= t.start and t.end <= o.end and len(o) > len(t) for o in named)
    ]
    codes = {CODE_OF.get(t.label_, t.label_) for t in kept}
    return [
        Candidate(
            t,
            CODE_OF.get(t.label_, t.label_),
            (
                *context_features(t, part),
                f"code {t.label_}",
                f"word {part.doc.user_data['lang']} {t.text[:8].lower()}",
                *(f"{t.label_} beside {code}" for code in codes),
                f"alone {len(codes) == 1}",
            ),
        )
        for t in kept
    ]


def used(found: list[Candidate], head: Head) -> dict[str, tuple[float, Span]]:
    """The weapons of the event: code → probability and the words that name it best."""
    best: dict[str, tuple[float, Span]] = {}
    for candidate in found:
        probability = head.probabilities(candidate.features)["event"]
        if probability > best.get(candidate.code, (0.5, None))[0]:
            best[candidate.code] = (probability, candidate.span)
    return best

"""What kind of place it happened at: the kind of the event's place among all kinds an article has words for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import context_features, longest
from classifiers.judges import Judge, likeliest
from classifiers.pipelines import Stretch, layout_of, within

UNTOLD = "unreported"
WHOLE = 0.1
"""What the whole part's word counts beside that of the words in it, of 1."""
LEAST = 0.25
"""Probability that a word tells the kind from which it is told sooner than not. Both numbers: the best of a few on two
fifths of the training events, the heads fitted to the others: 79 in 100 kinds right."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words of the article that may tell the kind of the event's place."""

    found: Stretch
    code: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindOfPlace:
    """The kind of place, how sure, and the words that tell it."""

    code: str
    confidence: float
    found: Stretch


def candidates(part: Span, incident_type: str) -> list[Candidate]:
    """Every word in `part` for a kind of place, of overlapping ones the longest; some words are of two kinds."""
    layout = layout_of(part.doc)
    words = longest(within(layout.place_words, part.start, part.end))
    codes = {one.label for one in words}
    return [Candidate(one, one.label, tuple(_features(one, part, codes, incident_type))) for one in words]


def kind_of_place(part: Span, judge: Judge, incident_type: str) -> KindOfPlace | None:
    """The kind of place most likely the event's by all words for it; None where it is likelier that none tells it.

    The evidence is the word with the highest probability of its own.
    """
    missed: dict[str, float] = {}
    best: dict[str, tuple[float, Stretch]] = {}
    for one in candidates(part, incident_type):
        share = judge.of_stretch("place word", part, one.found, one.features).get("event", 0.0)
        missed[one.code] = missed.get(one.code, 1.0) * (1.0 - share)
        if one.code not in best or share > best[one.code][0]:
            best[one.code] = share, one.found
    told = {code: 1.0 - miss for code, miss in missed.items()} | {UNTOLD: LEAST}
    whole = judge.of_part("place type", part)
    scores = {code: share ** (1 - WHOLE) * whole.get(code, 1.0) ** WHOLE for code, share in told.items()}
    code = likeliest(scores)
    return None if code == UNTOLD else KindOfPlace(code, scores[code] / sum(scores.values()), best[code][1])


def _features(found: Stretch, part: Span, codes: set[str], incident_type: str) -> Iterator[str]:
    layout = layout_of(part.doc)
    yield from context_features(found, part)
    yield f"code {found.label}"
    yield f"code {found.label} {incident_type}"
    yield f"word {layout.lang} {layout.keys[found.start][:8]} {found.label}"
    yield from (f"{found.label} beside {code}" for code in codes)
    yield f"alone {len(codes) == 1}"

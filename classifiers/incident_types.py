"""What kind of incident, and the lawfulness of possession: told by a part of an article, not by one word."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Span

from classifiers.judges import Judge, likeliest
from classifiers.lexicon import PACKS
from classifiers.pipelines import Stretch, layout_of

POSSESSION_CONCEPTS = {
    "legal": ("legal", "police_fire", "police"),
    "illegal": ("illegal", "seizure", "theft"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A code with its probability and the words it rests on (None when no single word shows it)."""

    code: str
    confidence: float
    found: Stretch | None


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """Type and subtype, the words they rest on, how likely each type is, and the subtype if the type is right."""

    incident_type: str
    subtype: str | None
    subtype_confidence: float
    found: Stretch | None
    shares: Mapping[str, float]


def label_of(incident_type: str, subtype: str | None) -> str:
    """The label the type head knows a type and subtype by."""
    return f"{incident_type}/{subtype}" if subtype else incident_type


def incident_kind(part: Span, judge: Judge) -> IncidentKind:
    """The likeliest type of what `part` tells, then the likeliest subtype within it."""
    shares = judge.of_part("type", part)
    by_type: dict[str, float] = {}
    for label, share in shares.items():
        by_type[label.partition("/")[0]] = by_type.get(label.partition("/")[0], 0.0) + share
    best = likeliest(by_type)
    label = likeliest({one: share for one, share in shares.items() if one.partition("/")[0] == best})
    found = judge.words("type", part) or _first(part, (*type_concepts()[best], *type_concepts()["any"]))
    return IncidentKind(best, label.partition("/")[2] or None, shares[label] / by_type[best], found, by_type)


def possession(part: Span, judge: Judge) -> Told:
    """Whether the weapon was held lawfully, as `part` tells it; without a word that shows it, it is not told."""
    shares = judge.of_part("possession", part)
    code = likeliest(shares)
    if code != "unreported":
        found = judge.words("possession", part) or _first(part, POSSESSION_CONCEPTS.get(code, ()))
        if found is not None:
            return Told(code, shares[code], found)
    return Told("unreported", shares["unreported"], None)


def _first(part: Span, concepts: tuple[str, ...]) -> Stretch | None:
    """The first term of the first concept that `part` has."""
    terms = layout_of(part.doc).terms_in(part.start, part.end)
    return next((term for concept in concepts for term in terms if term.label == concept), None)


@cache
def type_concepts() -> Mapping[str, tuple[str, ...]]:
    """Type → the concepts whose words show it."""
    data = tomllib.loads((PACKS / "types.toml").read_text(encoding="utf-8"))
    return {kind: tuple(concepts) for kind, concepts in data.items()}

"""Where it happened: the event's place among all places an article names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import context_features
from classifiers.judges import Judge
from classifiers.pipelines import Stretch, layout_of, within
from codebook.gazetteer import Place, gazetteer


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place named in the article, resolved to the municipality it most likely means."""

    found: Stretch
    place: Place
    municipality: Place
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """The event's municipality, the place named in it, how sure, and the words that name it; how likely each
    municipality named is, by id."""

    municipality: Place
    place: Place
    confidence: float
    found: Stretch
    shares: Mapping[str, float]


def municipalities(part: Span) -> set[str]:
    """The ids of all municipalities that `part` names, or places in them."""
    return {municipality.id for _, _, municipality in _named(part)}


def candidates(part: Span) -> list[Candidate]:
    """Every place named in `part`; between places of one name the source's jurisdiction decides."""
    named = _named(part)
    times = Counter(municipality.id for _, _, municipality in named)
    seen: set[str] = set()
    candidates = []
    for order, (found, place, municipality) in enumerate(named):
        features = _features(found, part, place, order, times, municipality.id)
        first = f"first {municipality.id not in seen}"
        seen.add(municipality.id)
        candidates.append(Candidate(found, place, municipality, (*features, first)))
    return candidates


def located(candidates: Sequence[Candidate], part: Span, judge: Judge) -> Located | None:
    """The municipality of the name most likely the event's place; None when none is named.

    How often a town is named says how sure it is and not which it is: the one a report is sent from is named most
    (docs/decisions/0013).
    """
    if not candidates:
        return None
    scored = [(judge.of_stretch("place", part, one.found, one.features)["event"], one) for one in candidates]
    _, best = max(scored, key=lambda pair: pair[0])
    missed: dict[str, float] = {}
    for score, one in scored:
        missed[one.municipality.id] = missed.get(one.municipality.id, 1.0) * (1.0 - score)
    shares = {municipality: 1.0 - miss for municipality, miss in missed.items()}
    return Located(best.municipality, best.place, shares[best.municipality.id], best.found, shares)


def _named(part: Span) -> list[tuple[Stretch, Place, Place]]:
    """Every name of a place in `part`, the place it is resolved to and that one's municipality."""
    layout = layout_of(part.doc)
    named = within(layout.places, part.start, part.end)
    resolved = ((found, _resolved(found.value.places, layout.jurisdiction)) for found in named)
    return [(found, place, gazetteer().municipality_of(place)) for found, place in resolved]


def _resolved(places: Sequence[Place], jurisdiction: str | None) -> Place:
    return next((place for place in places if place.jurisdiction == jurisdiction), places[0])


def _features(
    found: Stretch, part: Span, place: Place, order: int, times: Counter[str], municipality: str
) -> Iterator[str]:
    """All but whether it is the first of its municipality; `times` counts how often each is named."""
    layout = layout_of(part.doc)
    yield from context_features(found, part)
    yield f"kind {place.kind}"
    yield f"named {min(times[municipality], 3)} of {min(len(times), 4)}"
    yield f"order {min(order, 4)}"
    yield f"home {place.jurisdiction == layout.jurisdiction}"
    yield f"share {round(4 * times[municipality] / times.total())}"
    if part.doc[found.start].is_upper:
        yield "dateline"

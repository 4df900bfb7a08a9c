"""Where it happened: the event's place among all places an article names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import context_features, in_title, spans_in
from classifiers.linear import Head
from codebook.gazetteer import Place, PlaceSpan, gazetteer


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place named in the article, resolved to the municipality it most likely means."""

    span: Span
    place: Place
    municipality: Place
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """The event's municipality, how sure, and the words that name it."""

    municipality: Place
    place: Place
    confidence: float
    span: Span


def candidates(part: Span, jurisdiction: str | None) -> list[Candidate]:
    """Every place named in `part`; `jurisdiction` is the source's, which decides between places of one name."""
    named = [(span, value.places) for span, value in spans_in(part, "places") if isinstance(value, PlaceSpan)]
    resolved = [(span, _resolved(places, jurisdiction)) for span, places in named if places]
    municipalities = [gazetteer().municipality_of(place) for _, place in resolved]
    return [
        Candidate(span, place, municipality, tuple(_features(span, part, place, n, municipalities, jurisdiction)))
        for n, ((span, place), municipality) in enumerate(zip(resolved, municipalities, strict=True))
    ]


def located(found: Sequence[Candidate], head: Head) -> Located | None:
    """The municipality with the highest score summed over the times it is named; None when none is named.

    The evidence is the name with the highest score of its own.
    """
    if not found:
        return None
    scores = [head.probabilities(candidate.features)["event"] for candidate in found]
    absent: dict[str, float] = {}
    for candidate, score in zip(found, scores, strict=True):
        absent[candidate.municipality.id] = absent.get(candidate.municipality.id, 1.0) * (1.0 - score)
    best = min(absent, key=lambda municipality: absent[municipality])
    score, candidate = max(
        ((s, c) for s, c in zip(scores, found, strict=True) if c.municipality.id == best), key=lambda pair: pair[0]
    )
    return Located(candidate.municipality, candidate.place, 1.0 - absent[best], candidate.span)


def _resolved(places: Sequence[Place], jurisdiction: str | None) -> Place:
    return next((place for place in places if place.jurisdiction == jurisdiction), places[0])


def _features(
    span: Span, part: Span, place: Place, order: int, municipalities: Sequence[Place], jurisdiction: str | None
) -> Iterator[str]:
    yield from context_features(span, part)
    own = municipalities[order]
    times = sum(other.id == own.id for other in municipalities)
    yield f"kind {place.kind}"
    yield f"named {min(times, 3)} of {min(len({other.id for other in municipalities}), 4)}"
    yield f"order {min(order, 4)}"
    yield f"first {all(other.id != own.id for other in municipalities[:order])}"
    yield f"home {place.jurisdiction == jurisdiction}"
    yield f"share {round(4 * times / len(municipalities))}"
    if in_title(span):
        yield "title"
    if span.text.isupper():
        yield "dateline"
    if span.end < len(span.doc) and span.doc[span.end].text in ("–", "-", "—", ":"):
        yield "headed"

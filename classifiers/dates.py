"""When it happened: the event's day among all days an article names, the day of publication among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import context_features, spans_in, terms_in
from classifiers.linear import Head
from languages.dates import DateSpan


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day the event may have happened on. `span` is None for the day of publication when no word names it."""

    date: dt.date
    precision: str
    span: Span | None
    features: tuple[str, ...]


def candidates(part: Span, published: dt.date | None) -> list[Candidate]:
    """Every day named in `part`, and the day of publication (LABELLING rule 16)."""
    named = [(span, value) for span, value in spans_in(part, "dates") if isinstance(value, DateSpan)]
    named = [(span, value) for span, value in named if value.date is not None]
    found = [
        Candidate(value.date, value.precision, span, tuple(_features(span, value, n, part, published)))
        for n, (span, value) in enumerate(named)
    ]
    if published is not None:
        found.append(Candidate(published, "day", None, tuple(_unnamed_features(part, found, published))))
    return found


def dated(found: list[Candidate], head: Head) -> tuple[Candidate, float] | None:
    """The most likely day with its probability; None where no day is likelier than not to be the event's."""
    scored = [(head.probabilities(candidate.features)["event"], candidate) for candidate in found]
    if not scored:
        return None
    probability, best = max(scored, key=lambda pair: pair[0])
    return (best, probability) if probability >= LEAST else None


LEAST = 0.35
"""Probability from which a day is taken: where the best fitting day is right more often than no day at all."""


def _features(span: Span, value: DateSpan, order: int, part: Span, published: dt.date | None) -> Iterator[str]:
    yield "named"
    yield from context_features(span, part)
    yield f"order {min(order, 3)}"
    yield f"relative {value.is_relative}"
    yield f"precision {value.precision}"
    yield f"words {' '.join(token.norm_ for token in span)[:20]}"
    if published is not None and value.date is not None:
        yield f"age {_band((published - value.date).days)}"


def _unnamed_features(part: Span, named: list[Candidate], published: dt.date) -> Iterator[str]:
    yield "publication"
    yield f"named days {min(len(named), 3)}"
    for candidate in named:
        yield f"beside {_band((published - candidate.date).days)}"
        if candidate.date == published:
            yield "is named"
    for term in terms_in(part.doc, part.start, part.end):
        yield f"publication with {term.label_}"


def _band(days: int) -> str:
    for limit, band in ((-1, "future"), (0, "same"), (1, "day before"), (7, "week"), (45, "month"), (400, "year")):
        if days <= limit:
            return band
    return "old"

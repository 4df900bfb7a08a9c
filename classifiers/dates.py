"""When it happened: the event's day among all days an article names, the day of publication among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import context_features
from classifiers.judges import Judge
from classifiers.pipelines import Layout, Stretch, layout_of, within


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day the event may have happened on. `found` is None for the day of publication when no word names it."""

    date: dt.date
    precision: str
    time_of_day: str | None
    found: Stretch | None
    features: tuple[str, ...]


def candidates(part: Span) -> list[Candidate]:
    """Every day named in `part`, and the day of publication: breaking news names no day."""
    layout = layout_of(part.doc)
    published = layout.published.date() if layout.published else None
    days = [
        Candidate(
            found.value.date,
            found.value.precision,
            found.value.time_of_day,
            found,
            tuple(_features(found, order, part, published)),
        )
        for order, found in enumerate(within(layout.dates, part.start, part.end))
    ]
    if published is not None:
        days.append(Candidate(published, "day", None, None, tuple(_unnamed_features(part, days, published))))
    return days


def clock(day: Candidate, layout: Layout) -> Stretch | None:
    """The words that tell the time of day; None where none is told."""
    if day.found is None or day.found.value.time_words is None:
        return None
    start, end = day.found.value.time_words
    touched = layout.stretch_of("clock", start, end, None)
    words = [at for at in range(touched.start, touched.end) if layout.words[at]]
    return layout.whole_tokens(words[0], words[-1] + 1) if words else None


def weighed(found: list[Candidate], part: Span, judge: Judge) -> list[tuple[float, Candidate]]:
    """The days, each with the probability that it is the event's."""
    return [(judge.of_stretch("date", part, one.found, one.features)["event"], one) for one in found]


def likeliest_day(days: list[tuple[float, Candidate]]) -> tuple[float, Candidate] | None:
    """The most likely day with its probability; None where none is likely enough."""
    likely = [(share, one) for share, one in days if share >= (LEAST if one.found else LEAST_UNNAMED)]
    return max(likely, key=lambda pair: pair[0]) if likely else None


def by_day(days: list[tuple[float, Candidate]]) -> dict[dt.date, float]:
    """How likely each day is by the surest words that name it; weeks and months are no days."""
    shares: dict[dt.date, float] = {}
    for share, one in days:
        if one.precision == "day":
            shares[one.date] = max(share, shares.get(one.date, 0.0))
    return shares


LEAST = 0.35
"""Probability from which a named day is taken: where the best fitting day is right more often than no day at all."""
LEAST_UNNAMED = 0.5
"""The same of the day of publication, which is wrong wherever a later hearing or arrest is told: .35 and .55 give 116
and 122 of 134 reports of untaught families their day, 164 and 163 of 174 plain ones."""


def _features(found: Stretch, order: int, part: Span, published: dt.date | None) -> Iterator[str]:
    layout = layout_of(part.doc)
    yield "named"
    yield from context_features(found, part)
    yield f"order {min(order, 3)}"
    yield f"relative {found.value.is_relative}"
    yield f"precision {found.value.precision}"
    yield f"words {' '.join(layout.keys[found.start : found.end])[:20]}"
    if published is not None:
        yield f"age {_band((published - found.value.date).days)}"


def _unnamed_features(part: Span, named: list[Candidate], published: dt.date) -> Iterator[str]:
    yield "publication"
    yield f"named days {min(len(named), 3)}"
    for candidate in named:
        yield f"beside {_band((published - candidate.date).days)}"
        if candidate.date == published:
            yield "is named"
    for label in {term.label for term in layout_of(part.doc).terms_in(part.start, part.end)}:
        yield f"publication with {label}"


def _band(days: int) -> str:
    for limit, band in ((-1, "future"), (0, "same"), (1, "day before"), (7, "week"), (45, "month"), (400, "year")):
        if days <= limit:
            return band
    return "old"

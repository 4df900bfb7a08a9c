"""How far two readers agree: Cohen's kappa and Krippendorff's alpha, per field, pair and period."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.parts import PARTS, unordered
from store.schema import StoredReading
from store.second_reading import verdict

FIELDS = ("decision", *PARTS)


@dataclass(frozen=True, slots=True)
class ReadTwice:
    """Two people's readings of one version of an item."""

    first: StoredReading
    second: StoredReading

    @property
    def pair(self) -> tuple[str, str]:
        """The names, in alphabetical order."""
        one, other = sorted((self.first.by, self.second.by))
        return one, other

    def labels(self, field: str) -> tuple[Hashable, Hashable] | None:
        """What the two say of a field, the alphabetically first person first; null where one of them rejected."""
        ordered = (self.first, self.second) if self.first.by < self.second.by else (self.second, self.first)
        if field == "decision":
            return ordered[0].reason or "approved", ordered[1].reason or "approved"
        told = [verdict(reading).facts for reading in ordered]
        if told[0] is None or told[1] is None:
            return None
        one, other = (tuple(unordered(getattr(facts, name)) for name in PARTS[field]) for facts in told)
        return one, other


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far readers agree on a field: over so many items, in so many of them exactly; the coefficients are null
    where they are not defined, as when all say the same of everything."""

    field: str
    items: int
    equal: int
    kappa: float | None
    alpha: float | None


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Agreement of two raters beyond chance, after Cohen (1960); null without a pair, or where both use one and the
    same category alone."""
    if not pairs:
        return None
    total = len(pairs)
    one, other = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(a == b for a, b in pairs) / total
    expected = sum(number * other[category] for category, number in one.items()) / total**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Reliability of nominal data, after Krippendorff: of each unit the values given, by however many observers. Null
    where no unit has two values, or all values are the same."""
    coincidences: Counter[tuple[Hashable, Hashable]] = Counter()
    for values in units:
        if len(values) < 2:
            continue
        times = Counter(values)
        for a, number in times.items():
            for b, others in times.items():
                together = number * (others - (a == b)) / (len(values) - 1)
                coincidences[a, b] += together  # type: ignore[assignment]
    totals: Counter[Hashable] = Counter()
    for (a, _), number in coincidences.items():
        totals[a] += number
    n = totals.total()
    expected = n**2 - sum(number**2 for number in totals.values())
    if not expected:
        return None
    disagreeing = sum(number for (a, b), number in coincidences.items() if a != b)
    return 1 - (n - 1) * disagreeing / expected


def agreement(read: Sequence[ReadTwice]) -> list[Agreement]:
    """The agreement on every field."""
    found = []
    for field in FIELDS:
        pairs = [labels for each in read if (labels := each.labels(field)) is not None]
        equal = sum(a == b for a, b in pairs)
        found.append(Agreement(field, len(pairs), equal, cohen_kappa(pairs), krippendorff_alpha(pairs)))
    return found


def read_twice(session: Session, since: dt.datetime, until: dt.datetime) -> list[ReadTwice]:
    """What was read a second time in a period. Left out is what changed between the two readings: there they were not
    asked the same."""
    of_items = select(StoredReading.candidate_id).where(
        StoredReading.part == "second", StoredReading.at >= since, StoredReading.at < until
    )
    query = select(StoredReading).where(StoredReading.candidate_id.in_(of_items)).order_by(StoredReading.id)
    waiting: dict[str, StoredReading] = {}
    found: list[ReadTwice] = []
    for reading in session.scalars(query):
        if reading.part == "first":
            waiting[reading.candidate_id] = reading
        elif reading.part == "second":
            first = waiting.pop(reading.candidate_id)
            if since <= reading.at < until and first.version == reading.version:
                found.append(ReadTwice(first, reading))
    return found

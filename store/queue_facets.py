"""How much of what waits in the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, literal_column, select
from sqlalchemy.orm import Session

from store.questions import askers
from store.queue_filter import AGES, CERTAINTIES, QueueFilter, days_ago, waits_for
from store.schema import Candidate, Source

COUNTED = ("jurisdiction", "incident_type", "certainty", "age", "kind", "lang")
"""The filters that are counted together; sources are too many for that."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Items that are alike: their values by filter of `COUNTED` (one or more of each) or their source, for whom they do
    not wait (who read them first or asked about them), how many they are."""

    values: tuple[tuple[str, ...], ...]
    not_for: frozenset[str]
    number: int


@dataclass(frozen=True, slots=True)
class Cube:
    """What waits, counted by all filters at once, and by source alone."""

    cells: Sequence[Cell]
    by_source: Sequence[Cell]

    @property
    def size(self) -> int:
        return sum(cell.number for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Facets:
    """How much waits for a person.

    Attributes:
        everything: without any filter.
        waiting: under all filters.
        counts: by filter and value, how much would wait with that value under the other filters; by source, how much
            waits without any.
        without: by active filter, how much would wait without it.
    """

    everything: int
    waiting: int
    counts: Mapping[str, Mapping[str, int]]
    without: Mapping[str, int]


def cube(session: Session, source: str | None = None) -> Cube:
    """Count what waits, of one source if one is named. It reads the whole queue, which takes a while where that is
    long."""
    columns = (
        Candidate.jurisdiction,
        Candidate.incident_type,
        case(*((Candidate.certainty < below, name) for name, (_, below) in CERTAINTIES.items())),
        case(*((Candidate.created_at > days_ago(below), name) for name, (_, below) in AGES.items())),
        case((Candidate.official, "official"), else_="media"),
        Candidate.langs,
    )
    cells = [
        Cell((*((value,) if value else () for value in one), tuple(langs)), not_for, number)
        for (*one, langs), not_for, number in _waiting_by(session, columns, QueueFilter(source=source).conditions())
    ]
    return Cube(cells, [] if source else _by_source(session))


def facets(whole: Cube, of_source: Cube | None, chosen: QueueFilter, user: str) -> Facets:
    """The counts for a person under a filter; `of_source` is the cube of its source, where it names one. What they
    read first or asked about does not wait for them."""
    active = chosen.without("source")
    narrow = _facets(of_source or whole, active, user)
    counts = narrow.counts | {"source": _sources(whole, user)}
    if of_source is None:
        return Facets(narrow.everything, narrow.waiting, counts, narrow.without)
    wide = _facets(whole, active, user)
    return Facets(wide.everything, narrow.waiting, counts, narrow.without | {"source": wide.waiting})


def source_names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The names of sources by id, in the order of the names."""
    query = select(Source.id, Source.name).where(Source.id.in_(ids)).order_by(Source.name, Source.id)
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class _Counted:
    everything: int
    waiting: int
    counts: dict[str, Mapping[str, int]]
    without: dict[str, int]


def _facets(counted: Cube, chosen: QueueFilter, user: str) -> _Counted:
    wanted = [(at, getattr(chosen, name)) for at, name in enumerate(COUNTED) if getattr(chosen, name)]
    counts: list[Counter[str]] = [Counter() for _ in COUNTED]
    missed: Counter[int] = Counter()
    everything = waiting = 0
    for cell in counted.cells:
        if user in cell.not_for:
            continue
        everything += cell.number
        misses = [at for at, value in wanted if value not in cell.values[at]]
        if len(misses) == 1:
            missed[misses[0]] += cell.number
        elif not misses:
            waiting += cell.number
        if len(misses) < 2:  # a value of the one filter that misses would let the cell in
            for at in misses or range(len(COUNTED)):
                for value in cell.values[at]:
                    counts[at][value] += cell.number
    without = {COUNTED[at]: waiting + missed[at] for at, _ in wanted}
    return _Counted(everything, waiting, dict(zip(COUNTED, counts, strict=True)), without)


def _sources(counted: Cube, user: str) -> dict[str, int]:
    numbers: Counter[str] = Counter()
    for cell in counted.by_source:
        if user not in cell.not_for:
            numbers[cell.values[0][0]] += cell.number
    return dict(numbers)


def _by_source(session: Session) -> list[Cell]:
    return [
        Cell(((source,),), not_for, number)
        for (source,), not_for, number in _waiting_by(session, [func.unnest(Candidate.source_ids)], [])
    ]


def _waiting_by(
    session: Session, columns: Sequence[SQLColumnExpression[Any]], conditions: Sequence[ColumnElement[bool]]
) -> Iterator[tuple[Sequence[Any], frozenset[str], int]]:
    """How much waits, by these columns and by those for whom it does not wait."""
    asked = askers()
    query = (
        select(*columns, Candidate.first_reader, asked.c.names, func.count())
        .outerjoin(asked, asked.c.candidate_id == Candidate.id)
        .where(*waits_for(None), *conditions)
        .group_by(*(literal_column(str(place)) for place in range(1, len(columns) + 3)))
    )
    for *values, reader, names, number in session.execute(query):
        yield values, frozenset([reader] if reader else []).union(names or ()), number

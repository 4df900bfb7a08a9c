"""How much of what waits in the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, literal_column, select
from sqlalchemy.orm import Session

from store.queue_filter import AGES, CERTAINTIES, QueueFilter, days_ago, waits_for
from store.schema import Candidate, Source

COUNTED = ("jurisdiction", "incident_type", "certainty", "age", "kind", "lang")
"""The filters that are counted together; sources are too many for that."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Items that are alike: their values by filter of `COUNTED` (one or more of each), who read them first, how many
    they are."""

    values: tuple[tuple[str, ...], ...]
    first_reader: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Cube:
    """What waits, counted by all filters at once, and by source alone."""

    cells: Sequence[Cell]
    by_source: Mapping[str, int]

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
        Candidate.first_reader,
    )
    of_source = QueueFilter(source=source).conditions()
    rows = session.execute(
        select(*columns, func.count()).where(*waits_for(None), *of_source).group_by(*map(literal_column, "1234567"))
    )
    cells = [
        Cell((*((value,) if value else () for value in one), tuple(langs)), reader, number)
        for *one, langs, reader, number in rows
    ]
    return Cube(cells, {} if source else _by_source(session))


def facets(whole: Cube, of_source: Cube | None, chosen: QueueFilter, user: str) -> Facets:
    """The counts for a person under a filter; `of_source` is the cube of its source, where it names one. What they
    read first does not wait for them."""
    active = chosen.without("source")
    narrow = _facets(of_source or whole, active, user)
    if of_source is None:
        return Facets(narrow.everything, narrow.waiting, narrow.counts | {"source": whole.by_source}, narrow.without)
    wide = _facets(whole, active, user)
    without = dict(narrow.without) | {"source": wide.waiting}
    return Facets(wide.everything, narrow.waiting, narrow.counts | {"source": whole.by_source}, without)


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
        if cell.first_reader == user:
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


def _by_source(session: Session) -> dict[str, int]:
    each = select(func.unnest(Candidate.source_ids).label("id")).where(*waits_for(None)).subquery()
    return dict(session.execute(select(each.c.id, func.count()).group_by(each.c.id)).all())

"""The daily figures of sources and the events of items, written where collecting writes its effects.

Every function works in the transaction of what it counts, so that a killed crawl leaves neither without the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

from sqlalchemy import Date, cast, func
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from store.gathered import Row, write
from store.schema import ItemEvent, PendingItem, SourceDay

TODAY = cast(func.timezone("UTC", func.now()), Date)
"""The day of this transaction."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Entries that a feed listed and that do not become items, by reason: `known` ones are pending or have their
    outcome (or stand twice in the document), `too_old` are dated before `crawl.max_item_age_days`, `over_limit` come
    after `crawl.max_items_per_feed`, `no_address` lead to no http or https address."""

    known: int = 0
    too_old: int = 0
    over_limit: int = 0
    no_address: int = 0

    def __add__(self, other: PassedOver) -> PassedOver:
        return PassedOver(
            self.known + other.known,
            self.too_old + other.too_old,
            self.over_limit + other.over_limit,
            self.no_address + other.no_address,
        )

    @property
    def total(self) -> int:
        """How many entries were passed over."""
        return self.known + self.too_old + self.over_limit + self.no_address


NOTHING_PASSED = PassedOver()


def count(session: Session, source_id: str, **figures: int) -> None:
    """Adds to figures of a source's day, named as the columns of `SourceDay`."""
    write(session, _add, {"source_id": source_id, **figures})


def _add(session: Session, rows: list[Row]) -> None:
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        sums[row["source_id"]].update({name: figure for name, figure in row.items() if name != "source_id"})
    names = tuple(sorted(set(chain.from_iterable(sums.values()))))
    values = [
        {"source_id": source_id} | {name: figures[name] for name in names}
        for source_id, figures in sorted(sums.items())
    ]
    session.execute(_adding(names), values)


@cache
def _adding(names: tuple[str, ...]) -> Insert:
    """Many short statements rather than one of many rows, which would be put together anew for each number of rows."""
    added = insert(SourceDay).values(day=TODAY)
    update = {name: getattr(SourceDay, name) + added.excluded[name] for name in names}
    return added.on_conflict_do_update(index_elements=[SourceDay.source_id, SourceDay.day], set_=update)


def note_listed(session: Session, feed_url: str, items: Iterable[tuple[str, str]]) -> None:
    """Notes that a feed listed items, each as its normal form and its link."""
    rows = [{"url": url, "what": "listed", "feed_url": feed_url, "address": link} for url, link in items]
    if rows:
        _note(session, rows)


def note_attempt(
    session: Session,
    item: PendingItem,
    what: str,
    reason: str | None,
    *,
    article_id: str | None = None,
    address: str | None = None,
    stored: str | None = None,
) -> None:
    """Notes an attempt to fetch an item: `what` is its outcome, or `postponed`."""
    row = {
        "url": item.url,
        "what": what,
        "reason": reason,
        "attempt": item.attempts + 1,
        "article_id": article_id,
        "address": address,
        "stored": stored,
    }
    write(session, _note, row)


def _note(session: Session, rows: list[Row]) -> None:
    session.execute(insert(ItemEvent), rows)

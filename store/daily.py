"""The daily figures of sources and the events of items, written where collecting writes its effects.

Every function works in the transaction of what it counts, so that a killed crawl leaves neither without the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Date, cast, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

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
    row = insert(SourceDay).values(source_id=source_id, day=TODAY, **figures)
    added = {name: getattr(SourceDay, name) + row.excluded[name] for name in figures}
    session.execute(row.on_conflict_do_update(index_elements=[SourceDay.source_id, SourceDay.day], set_=added))


def note_listed(session: Session, feed_url: str, items: Iterable[tuple[str, str]]) -> None:
    """Notes that a feed listed items, each as its normal form and its link."""
    rows = [{"url": url, "what": "listed", "feed_url": feed_url, "address": link} for url, link in items]
    if rows:
        session.execute(insert(ItemEvent), rows)


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
    session.execute(
        insert(ItemEvent).values(
            url=item.url,
            what=what,
            reason=reason,
            attempt=item.attempts + 1,
            article_id=article_id,
            address=address,
            stored=stored,
        )
    )

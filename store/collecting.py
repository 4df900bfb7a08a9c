"""Items from when a feed lists them until they are fetched: which are unseen, which wait, which are due.

An item seen in a feed is a `PendingItem` until its outcome is final; then it is one `FetchOutcome` (`store.outcomes`).
Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, aliased

from store import identities
from store.daily import PassedOver, count, note_listed
from store.schema import Feed, FetchOutcome, PendingItem

TITLE_LIMIT = 1000
"""Characters of a title that are kept."""

ROWS_AT_ONCE = 1000
"""Rows that one statement writes."""

REVISIT_AFTER = dt.timedelta(hours=6)
"""A page whose feed entry claims an update is fetched again no sooner than this: some feeds date every entry now."""

AGAIN_AFTER = dt.timedelta(days=1)
"""An item that failed and is still listed is taken up again so long after it failed."""

MOST_AGAIN = 2
"""So often in a row an item is taken up again; what fails for ever would be asked for for ever."""


@dataclass(frozen=True, slots=True)
class SeenItem:
    """One entry of a feed. `url` is the normal form of `link`. `changed`: the page is known to have changed, so that
    it is fetched again whenever it was fetched. `again`: it failed before, and is taken up once more."""

    url: str
    link: str
    host: str
    guid: str | None = None
    title: str | None = None
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    changed: bool = False
    again: bool = False


def unseen(session: Session, items: Sequence[SeenItem]) -> list[SeenItem]:
    """The items that are neither pending nor have an outcome, each once, and those that have changed, whose feed entry
    claims an update since they were fetched, or that failed a while ago and not too often. A guid that the feed gives
    to several is no guid."""
    items = _without_shared_guids(items)
    urls = [item.url for item in items]
    pending = set(session.scalars(select(PendingItem.url).where(PendingItem.url.in_(urls))))
    # An address whose form was another one under earlier rules has no outcome, but its article is known
    outcomes = {url: _Known("fetched", at, 0) for url, at in identities.fetched_at(session, urls).items()}
    outcomes |= {
        row.url: _Known(row.outcome, row.at, row.failed_times)
        for row in session.scalars(select(FetchOutcome).where(FetchOutcome.url.in_(urls)))
    }
    fresh: dict[str, SeenItem] = {}
    for item in items:
        if item.url in pending or item.url in fresh:
            continue
        known = outcomes.get(item.url)
        if known is None or item.changed or known.is_outdated_by(item):
            fresh[item.url] = item
        elif known.may_be_tried_again():
            fresh[item.url] = replace(item, again=True)
    return list(fresh.values())


@dataclass(frozen=True, slots=True)
class _Known:
    """The outcome of an item, when it was, and how often in a row it failed."""

    outcome: str
    at: dt.datetime
    failed_times: int

    def is_outdated_by(self, item: SeenItem) -> bool:
        now = dt.datetime.now(dt.UTC)
        if self.outcome != "fetched" or item.updated is None:
            return False
        return self.at < item.updated <= now and now - self.at > REVISIT_AFTER

    def may_be_tried_again(self) -> bool:
        is_due = dt.datetime.now(dt.UTC) - self.at >= AGAIN_AFTER
        return self.outcome == "failed" and self.failed_times <= MOST_AGAIN and is_due


def _without_shared_guids(items: Sequence[SeenItem]) -> list[SeenItem]:
    urls: dict[str, set[str]] = {}
    for item in items:
        if item.guid:
            urls.setdefault(item.guid, set()).add(item.url)
    return [replace(item, guid=None) if item.guid and len(urls[item.guid]) > 1 else item for item in items]


def add_backfilled(session: Session, feed: Feed, items: Sequence[SeenItem], passed: PassedOver) -> None:
    """Makes items pending that a back-fill found in the archive of a feed: they give way to all others. `passed`
    counts the other entries of the archive's page."""
    count(session, feed.source_id, listed=passed.total, **asdict(passed))
    for first in range(0, len(items), ROWS_AT_ONCE):
        add_pending(session, feed, items[first : first + ROWS_AT_ONCE], fresh=False, backfill=True)


def hurry(session: Session, items: Sequence[SeenItem]) -> None:
    """Lets items go first that a back-fill found and that a feed lists now."""
    urls = [item.url for item in items]
    session.execute(update(PendingItem).where(PendingItem.url.in_(urls), PendingItem.backfill).values(backfill=False))


def add_pending(
    session: Session, polled: Feed, items: Sequence[SeenItem], *, fresh: bool, backfill: bool = False
) -> None:
    """Makes items pending and counts them as listed and seen; one that is pending already is counted as known."""
    if not items:
        return
    rows = [
        {
            "url": item.url,
            "source_id": polled.source_id,
            "feed_url": polled.url,
            "link": item.link,
            "host": item.host,
            "guid": item.guid,
            "title": item.title,
            "published": item.published,
            "fresh": fresh and not item.again,
            "backfill": backfill,
            "attempts": 0,
        }
        for item in items
    ]
    adding = insert(PendingItem).on_conflict_do_nothing().returning(PendingItem.url)
    added = session.scalars(adding, rows).all()
    known = len(items) - len(added)
    backfilled = len(added) if backfill else 0
    count(session, polled.source_id, listed=len(items), seen=len(added), known=known, backfilled=backfilled)
    links = {item.url: item.link for item in items}
    note_listed(session, polled.url, [(url, links[url]) for url in added])


def due_items(session: Session, sources: Collection[str], busy_hosts: Collection[str], limit: int) -> list[PendingItem]:
    """Items to fetch now, the longest due of every host that is not busy; those of a back-fill after all others, and
    before them those that the feed of another site listed: it must not keep a site's own news waiting."""
    foreign = ~PendingItem.host.endswith(PendingItem.source_id)  # an id is the domain
    first_of_host = (
        select(PendingItem)
        .where(
            PendingItem.due_at <= func.now(),
            PendingItem.source_id.in_(sources),
            PendingItem.host.not_in(busy_hosts),
        )
        .ext(distinct_on(PendingItem.host))
        .order_by(PendingItem.host, PendingItem.backfill, foreign, PendingItem.due_at, PendingItem.url)
    )
    first = aliased(PendingItem, first_of_host.subquery())
    return list(session.scalars(select(first).order_by(first.backfill, first.due_at, first.url).limit(limit)))


def pending_count(session: Session, sources: Collection[str], *, reachable: bool = False) -> int:
    """How many items of these sources have no final outcome yet; `reachable`: without those that wait for a site of
    which nothing can be had."""
    counted = select(func.count()).select_from(PendingItem).where(PendingItem.source_id.in_(sources))
    if reachable:
        counted = counted.where(PendingItem.away_since.is_(None))
    return session.execute(counted).scalar_one()

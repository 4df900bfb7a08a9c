"""What polling writes about feeds beside the poll itself: trust, wishes, gaps, and the log that explains them.

Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from store.schema import BackfillStep, Feed, FeedLogEntry, FetchedPage, PendingItem

LOG_KEPT = 100
"""Entries of the log that are kept of every feed, the newest."""

GAP_DECAY = 0.98
"""By so much the usual gap shrinks with every poll that brings something: what was silent once is not so for ever."""

Event = Literal["interval", "failing", "recovered", "gone", "lies"]


def waiting_of(session: Session, feed_url: str) -> int:
    """How many items that a feed listed wait to be fetched; without those of a back-fill."""
    counted = select(func.count()).select_from(PendingItem)
    return session.scalars(counted.where(PendingItem.feed_url == feed_url, ~PendingItem.backfill)).one()


def changes_of(session: Session, url: str, since: dt.datetime) -> int:
    """How often the page at an address, in its normal form, was fetched since then, because its words had changed."""
    counted = select(func.count()).select_from(FetchedPage)
    return session.scalars(counted.where(FetchedPage.url == url, FetchedPage.fetched >= since)).one()


def note(session: Session, url: str, event: Event, detail: str) -> None:
    """Writes one line into a feed's log and drops the oldest ones."""
    session.add(FeedLogEntry(feed_url=url, event=event, detail=detail))
    session.flush()
    kept = select(FeedLogEntry.id).where(FeedLogEntry.feed_url == url).order_by(FeedLogEntry.id.desc()).limit(LOG_KEPT)
    oldest = select(func.min(kept.subquery().c.id)).scalar_subquery()
    session.execute(delete(FeedLogEntry).where(FeedLogEntry.feed_url == url, FeedLogEntry.id < oldest))


def feed_log(session: Session, url: str, limit: int = LOG_KEPT) -> list[FeedLogEntry]:
    """What happened to a feed, the newest first."""
    of_feed = select(FeedLogEntry).where(FeedLogEntry.feed_url == url)
    return list(session.scalars(of_feed.order_by(FeedLogEntry.id.desc()).limit(limit)))


def note_success(
    session: Session, known: Feed, *, not_modified: bool, brought: bool, wish: dt.timedelta | None, now: dt.datetime
) -> None:
    """Records what a successful poll of `known`, the row before it, says of the feed. `not_modified`: the answer was
    304. `brought`: it listed something unseen. `wish` is the interval that the site asks for."""
    values: dict[str, object] = {
        "not_modified": known.not_modified + 1 if not_modified else 0,
        "gone_since": None,
        "last_error_kind": None,
        "wished_seconds": round(wish.total_seconds()) if wish is not None else None,
    }
    if brought and known.last_new_item is not None:
        gap = (now - known.last_new_item).total_seconds()
        values["usual_gap_seconds"] = round(max(gap, GAP_DECAY * (known.usual_gap_seconds or 0)))
    session.execute(update(Feed).where(Feed.url == known.url).values(**values))
    if known.last_error is not None:
        note(session, known.url, "recovered", f"it answers again, after: {known.last_error}")


def note_failure(session: Session, known: Feed, error_kind: str, detail: str, *, gone: bool) -> None:
    """Records the kind of a failed poll of `known`, the row before it, and what follows. `gone`: the site says that
    the feed is gone, and its removal is proposed until it answers again."""
    values: dict[str, object] = {"last_error_kind": error_kind}
    if gone and known.gone_since is None:
        values["gone_since"] = func.now()
        note(session, known.url, "gone", "HTTP 410: its removal is proposed; it is asked ever more rarely")
    session.execute(update(Feed).where(Feed.url == known.url).values(**values))
    note(session, known.url, "failing", detail)


def put_off(session: Session, url: str, next_poll: dt.datetime) -> None:
    """Records that a feed was not asked, because its site had asked for a pause: that is no failure of the feed."""
    session.execute(update(Feed).where(Feed.url == url).values(next_poll=next_poll))


def put_off_item(session: Session, url: str, reason: str, wait: dt.timedelta) -> None:
    """Leaves an item pending because its site may not be asked for now: that is no attempt."""
    values = {"reason": reason, "due_at": func.now() + wait}
    session.execute(update(PendingItem).where(PendingItem.url == url).values(**values))


def put_off_hosts(
    session: Session, hosts: Collection[str], reason: str, wait: dt.timedelta, *, seen_within: dt.timedelta
) -> int:
    """Leaves all items of some hosts pending that are due and were seen of late, as `put_off_item` does one; returns
    how many there are."""
    values = {"reason": reason, "due_at": func.now() + wait}
    due = (PendingItem.host.in_(hosts), PendingItem.due_at <= func.now())
    of_late = PendingItem.seen_at > func.now() - seen_within
    put = session.scalars(update(PendingItem).where(*due, of_late).values(**values).returning(PendingItem.url))
    return len(put.all())


def wake_overslept(session: Session, longest: dt.timedelta) -> None:
    """Has nothing wait longer than it may: what was put off while the clock was ahead, and then set back, is due."""
    for row in (PendingItem, BackfillStep):
        session.execute(update(row).where(row.due_at > func.now() + longest).values(due_at=func.now()))


def forget_lie(session: Session, url: str) -> None:
    """Forgets that a feed's "not modified" was untrue: its source sends no condition any more, by its own switch. When
    that is turned on again, the server is believed again until it is found out."""
    session.execute(update(Feed).where(Feed.url == url).values(lies_since=None))


def renew_lie(session: Session, url: str) -> None:
    """Records that a feed was found out again: it is tried no sooner than after another while."""
    session.execute(update(Feed).where(Feed.url == url).values(lies_since=func.now()))


def note_lie(session: Session, url: str, detail: str) -> None:
    """Records that a feed's "not modified" cannot be believed: no condition is sent to it any more."""
    session.execute(
        update(Feed).where(Feed.url == url, Feed.lies_since.is_(None)).values(lies_since=func.now(), not_modified=0)
    )
    note(session, url, "lies", detail)

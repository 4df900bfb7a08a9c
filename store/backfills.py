"""Back-fills: which archives are to be read for which period, and how far each has come.

An order stands in the database, so that whichever crawler runs takes it up, and goes on with it after an interruption.
Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.schema import BackfillStep, FetchOutcome, PendingItem, StoredArticle


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the back-fills of a period are: archives still to be read, read, given up; items found."""

    open: int
    done: int
    failed: int
    found: int


def order(session: Session, steps: Sequence[BackfillStep]) -> None:
    """Orders archives to be read. One that was ordered before for the same period goes on, or stays done; one that was
    given up is tried again."""
    for step in steps:
        row = insert(BackfillStep).values(
            source_id=step.source_id,
            feed_url=step.feed_url,
            way=step.way,
            address=step.address,
            since=step.since,
            until=step.until,
            position=step.position,
            page=1,
            found=0,
            attempts=0,
            state="open",
        )
        again = {"state": "open", "attempts": 0, "due_at": func.now()}
        columns = [BackfillStep.feed_url, BackfillStep.address, BackfillStep.since, BackfillStep.until]
        session.execute(
            row.on_conflict_do_update(index_elements=columns, set_=again, where=BackfillStep.state == "failed")
        )


def progress(session: Session, since: dt.date, until: dt.date) -> Progress:
    """How far the back-fills of a period are."""
    counted = dict.fromkeys(("open", "done", "failed"), 0)
    found = 0
    of_period = select(BackfillStep.state, func.count(), func.sum(BackfillStep.found)).where(
        BackfillStep.since == since, BackfillStep.until == until
    )
    for state, count, items in session.execute(of_period.group_by(BackfillStep.state)):
        counted[state] = count
        found += items
    return Progress(**counted, found=found)


def until_of_open(session: Session, since: dt.date) -> dt.date | None:
    """The last day of the back-fill from `since` on that is not done; None where there is none."""
    days = select(func.max(BackfillStep.until)).where(BackfillStep.since == since, BackfillStep.state == "open")
    return session.scalars(days).one()


def open_count(session: Session, feeds: Collection[str]) -> int:
    """How many archives of these feeds are still to be read."""
    counted = select(func.count()).select_from(BackfillStep)
    return session.scalars(counted.where(BackfillStep.state == "open", BackfillStep.feed_url.in_(feeds))).one()


def due_steps(session: Session, feeds: Collection[str], limit: int) -> list[BackfillStep]:
    """Archives of these feeds to read now, the longest due first: those of whose feed nothing found before still waits
    for its first turn, so that an archive is not listed faster than it is fetched."""
    waiting = exists().where(
        PendingItem.feed_url == BackfillStep.feed_url, PendingItem.backfill, PendingItem.due_at <= func.now()
    )
    due = select(BackfillStep).where(
        BackfillStep.state == "open",
        BackfillStep.due_at <= func.now(),
        BackfillStep.feed_url.in_(feeds),
        ~waiting,
    )
    return list(session.scalars(due.order_by(BackfillStep.due_at, BackfillStep.id).limit(limit)))


def newest_published(session: Session, urls: Collection[str]) -> dt.datetime | None:
    """When the newest of the articles behind these addresses was published, as far as they are fetched and dated."""
    dates = select(func.max(StoredArticle.published)).join(FetchOutcome, FetchOutcome.article_id == StoredArticle.id)
    return session.scalars(dates.where(FetchOutcome.url.in_(urls))).one()


def advance(session: Session, step: BackfillStep, position: str, listed: Sequence[str], found: int) -> None:
    """Records that a page of an archive was read, and which is next."""
    _update(
        session,
        step,
        position=position,
        page=step.page + 1,
        listed=list(listed),
        found=step.found + found,
        attempts=0,
        due_at=func.now(),
    )


def settle(session: Session, step: BackfillStep, state: Literal["done", "failed"], note: str, found: int = 0) -> None:
    """Records that an archive needs no more reading, and why."""
    _update(session, step, state=state, note=note, listed=[], found=step.found + found)


def postpone(session: Session, step: BackfillStep, note: str, wait: dt.timedelta) -> None:
    """Records an attempt in vain; another is made after `wait`."""
    _update(session, step, note=note, attempts=step.attempts + 1, due_at=func.now() + wait)


def _update(session: Session, step: BackfillStep, **values: object) -> None:
    session.execute(update(BackfillStep).where(BackfillStep.id == step.id).values(**values))

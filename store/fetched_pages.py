"""Every fetched page with its place in the archive: written as it is fetched, listed to be read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from codebook.records import Archived
from store.gathered import Row, write
from store.schema import FetchedPage, PendingItem


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A page's place in the order in which pages are read again."""

    fetched: dt.datetime
    path: str
    offset: int


def archived(page: FetchedPage) -> Archived:
    """Where a page lies."""
    return Archived(
        path=page.archive_path, offset=page.archive_offset, length=page.archive_length, sha256=page.archive_sha256
    )


def record_page(
    session: Session,
    item: PendingItem,
    archived: Archived,
    fetched: dt.datetime,
    *,
    article_id: str | None = None,
    reason: str | None = None,
) -> None:
    """Records where the page of an item lies: that of an article, or of none for a reason."""
    row = {
        "archive_path": archived.path,
        "archive_offset": archived.offset,
        "archive_length": archived.length,
        "archive_sha256": archived.sha256,
        "url": item.url,
        "source_id": item.source_id,
        "article_id": article_id,
        "reason": reason,
        "guid": item.guid,
        "title": item.title,
        "published": item.published,
        "fresh": bool(item.fresh),
        "fetched": fetched,
    }
    write(session, _record, row)


def _record(session: Session, rows: list[Row]) -> None:
    session.execute(insert(FetchedPage).on_conflict_do_nothing(), rows)


def to_read_again(
    session: Session, since: dt.datetime, source_id: str | None, changing: Collection[str] = ()
) -> list[Place]:
    """The newest fetched page of every article, and of every item that gave none, fetched at `since` or later: their
    places, in order. Of the addresses `changing`, under which another article stands every day, every page that gave
    none."""
    by_itself = func.concat(FetchedPage.archive_path, " ", FetchedPage.archive_offset)
    key = func.coalesce(FetchedPage.article_id, case((FetchedPage.url.in_(changing), by_itself), else_=FetchedPage.url))
    newest = (
        select(FetchedPage.fetched, FetchedPage.archive_path, FetchedPage.archive_offset)
        .where(FetchedPage.fetched >= since)
        .ext(distinct_on(key))
        .order_by(key, FetchedPage.fetched.desc(), FetchedPage.archive_path.desc(), FetchedPage.archive_offset.desc())
    )
    if source_id is not None:
        newest = newest.where(FetchedPage.source_id == source_id)
    return sorted(Place(*row) for row in session.execute(newest))


def page_at(session: Session, place: Place) -> FetchedPage:
    """The page at a place that `to_read_again` gave."""
    return session.get_one(FetchedPage, (place.path, place.offset))

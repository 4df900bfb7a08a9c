"""The sitemaps of an index: when each was last read and last brought something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.schema import SitemapChild


def children_of(session: Session, feed_url: str) -> dict[str, SitemapChild]:
    """The sitemaps known of an index, by address."""
    known = session.scalars(select(SitemapChild).where(SitemapChild.feed_url == feed_url))
    return {child.url: child for child in known}


def note_read(session: Session, feed_url: str, url: str, lastmod: dt.datetime | None, *, brought: bool) -> None:
    """Records that a sitemap was read. `lastmod`: what the index stated; `brought`: something in it was unseen."""
    values: dict[str, Any] = {"lastmod": lastmod, "read_at": func.now()}
    if brought:
        values["last_new_item"] = func.now()
    session.execute(
        insert(SitemapChild)
        .values(feed_url=feed_url, url=url, nested=False, **values)
        .on_conflict_do_update(index_elements=[SitemapChild.feed_url, SitemapChild.url], set_=values)
    )


def note_nested(session: Session, feed_url: str, urls: Iterable[str]) -> None:
    """Records sitemaps that a sitemap of the index names: an index within an index."""
    rows = [{"feed_url": feed_url, "url": url, "nested": True} for url in dict.fromkeys(urls)]
    if rows:
        session.execute(insert(SitemapChild).values(rows).on_conflict_do_nothing())

"""The sitemaps of an index: when each was last read and last brought something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.schema import SitemapChild

FORGOTTEN_AFTER = dt.timedelta(days=60)
"""A sitemap that was not seen named for so long is forgotten: an index that names others each day would grow for ever.
It is longer than the rotation of most indexes takes, and one named again later is read anew: that costs a request."""

STAMPED_EVERY = dt.timedelta(days=1)
"""To so much it is known when a sitemap was last seen named: a write at each poll would tell no more."""


def children_of(session: Session, feed_url: str) -> dict[str, SitemapChild]:
    """The sitemaps known of an index, by address."""
    known = session.scalars(select(SitemapChild).where(SitemapChild.feed_url == feed_url))
    return {child.url: child for child in known}


def note_read(session: Session, feed_url: str, url: str, lastmod: dt.datetime | None, *, brought: bool) -> None:
    """Records that a sitemap was read. `lastmod`: what the index stated; `brought`: something in it was unseen."""
    values: dict[str, Any] = {"lastmod": lastmod, "read_at": func.now(), "named_at": func.now()}
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
        named_again = {"named_at": func.now()}
        session.execute(
            insert(SitemapChild)
            .values(rows)
            .on_conflict_do_update(index_elements=[SitemapChild.feed_url, SitemapChild.url], set_=named_again)
        )


def note_named(session: Session, feed_url: str, urls: Collection[str]) -> None:
    """Records that an index names these sitemaps now, and forgets those that nothing has named for long."""
    of_feed = SitemapChild.feed_url == feed_url
    stale = SitemapChild.named_at < func.now() - STAMPED_EVERY
    named = update(SitemapChild).where(of_feed, stale, SitemapChild.url.in_(urls))
    session.execute(named.values(named_at=func.now()))
    session.execute(delete(SitemapChild).where(of_feed, SitemapChild.named_at < func.now() - FORGOTTEN_AFTER))

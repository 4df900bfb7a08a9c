"""Which sitemaps of an index one poll reads. Pure.

The newest is read each time, for the news is there and `lastmod` is often untrue; of the next ones those that say they
changed. One of the others is read in its turn, so that none is forgotten whatever the index says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from crawlers.feeds.listing import Child
from store.schema import SitemapChild

CHANGED = 3
"""Sitemaps that one poll reads because they are new or have changed, the newest included."""

ROTATED = 1
"""Sitemaps that one poll reads because it is their turn."""

EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


def chosen(listed: Sequence[Child], known: Mapping[str, SitemapChild]) -> list[Child]:
    """The sitemaps to read now. `listed` is what the index names; nested ones among `known` belong to it, too."""
    named = {child.url for child in listed}
    nested = [Child(row.url) for row in known.values() if row.nested and row.url not in named]
    newest_first = sorted([*listed, *nested], key=lambda child: _recency(child, known.get(child.url)), reverse=True)
    picked = newest_first[:1]
    picked += [child for child in newest_first[1:] if _may_have_changed(child, known.get(child.url))][: CHANGED - 1]
    rest = [child for child in newest_first if child not in picked]
    rest.sort(key=lambda child: _read_at(known.get(child.url)))
    return picked + rest[:ROTATED]


def _recency(child: Child, row: SitemapChild | None) -> dt.datetime:
    return child.lastmod or (row and row.last_new_item) or EARLIEST


def _read_at(row: SitemapChild | None) -> dt.datetime:
    return (row and row.read_at) or EARLIEST


def _may_have_changed(child: Child, row: SitemapChild | None) -> bool:
    if row is None or row.read_at is None:
        return True
    if child.lastmod is None:
        return False
    if row.lastmod is None or child.lastmod > row.lastmod:
        return True
    is_day = child.lastmod.time() == dt.time()  # a mere date says the same until the day is over
    return is_day and row.read_at < child.lastmod + dt.timedelta(days=1)

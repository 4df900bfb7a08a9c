"""What an archive's addresses and dates say of a period. Pure.

Of an item the moment of publication decides, else the date in its address, else when it last changed, which is the
same day or some days later for nearly all news.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.extraction.dates import URL_DATE
from crawlers.feeds.listing import Child
from store.collecting import SeenItem

SLACK = dt.timedelta(days=7)
"""So long after its publication a report is still edited."""

MONTH = re.compile(r"(?<!\d)(20\d\d)[-_/.]?(1[0-2]|0?[1-9])(?!\d)")
"""A month in the address of a sitemap: sitemap-pt-post-p2025-03.xml, /2025-3.xml, posts_202503.xml."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `since` to `until`, both included, in UTC."""

    since: dt.date
    until: dt.date

    def is_before(self, moment: dt.datetime) -> bool:
        """Whether the moment lies before the period."""
        return moment.astimezone(dt.UTC).date() < self.since

    def holds(self, item: SeenItem) -> bool | None:
        """Whether an item was published in the period; None where nothing tells."""
        day = _day(item)
        if day is not None:
            return self.since <= day <= self.until
        if item.updated is None:
            return None
        changed = item.updated.astimezone(dt.UTC).date()
        return self.since <= changed <= self.until + SLACK

    def may_hold(self, child: Child) -> bool:
        """Whether a sitemap may list items of the period."""
        months = _months(child.url)
        if months:
            return any(first <= self.until and last >= self.since for first, last in months)
        return child.lastmod is None or not self.is_before(child.lastmod)

    def is_stated_by(self, address: str) -> bool:
        """Whether the address of a sitemap bears a month that overlaps with the period."""
        return any(first <= self.until and last >= self.since for first, last in _months(address))


def _day(item: SeenItem) -> dt.date | None:
    if item.published is not None:
        return item.published.astimezone(dt.UTC).date()
    match = URL_DATE.search(item.link)
    if match is None:
        return None
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def _months(address: str) -> list[tuple[dt.date, dt.date]]:
    parts = urlsplit(address)
    found = [(int(match[1]), int(match[2])) for match in MONTH.finditer(f"{parts.path}?{parts.query}")]
    return [
        (dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])) for year, month in found
    ]


def paged(feed: str, number: int) -> str:
    """The address of page `number` of a feed, as WordPress has it; other systems ignore it and give page 1."""
    parts = urlsplit(feed)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))]), fragment=""))

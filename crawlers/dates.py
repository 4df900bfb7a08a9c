"""When a page was published, and how that is known: page, feed, address or fetch; never silently today."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any, Literal
from zoneinfo import ZoneInfo

from htmldate import find_date
from lxml import etree

from languages.dates import timezone_of

EARLIEST = dt.datetime(1995, 1, 1, tzinfo=dt.UTC)
"""No news site is older; earlier dates are unset clocks."""

TOLERANCE = dt.timedelta(days=1)
"""How far in the future a date may lie: clocks and time zones are set wrong by hours."""

Provenance = Literal["page", "feed", "url", "fetch"]

META_DATES = (
    "article:published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "publication_date",
    "pubdate",
    "publishdate",
    "parsely-pub-date",
    "dcterms.date",
    "dc.date",
    "date",
)
"""Names of the meta elements in which pages state the moment of publication, the most reliable first; JSON-LD comes
before them."""

TIME_DATES = ("//*[@itemprop='datePublished']/@datetime", "//article//time[@pubdate]/@datetime")
"""Where elements in the page's body do."""

URL_DATE = re.compile(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")


def publication(
    document: Any, url: str, jurisdiction: str, fetched: dt.datetime, feed_date: dt.datetime | None, *, fresh: bool
) -> tuple[dt.datetime | None, Provenance | None]:
    """The moment of publication of a parsed page and its provenance; (None, None) when nothing tells it.

    In this order: a moment the page states in its markup, the feed's, a date found on the page (as local
    midnight), a date in the address. `fresh` says that the item appeared in its feed between two polls: then, and
    only then, the moment of fetching stands in, marked so. Dates before 1995 or in the future count as not stated.
    """
    zone = timezone_of(jurisdiction)

    def plausible(moment: dt.datetime | None) -> bool:
        return moment is not None and EARLIEST <= moment <= fetched + TOLERANCE

    stated = next((m for m in _stated(document, zone) if plausible(m)), None)
    if stated is not None:
        return stated, "page"
    if plausible(feed_date):
        return feed_date, "feed"
    shown = _shown(document, zone, fetched)
    if plausible(shown):
        return shown, "page"
    in_url = _in_url(url, zone)
    if plausible(in_url):
        return in_url, "url"
    return (fetched, "fetch") if fresh else (None, None)


def _stated(document: Any, zone: ZoneInfo) -> Iterator[dt.datetime]:
    for script in document.xpath("//script[@type='application/ld+json']/text()"):
        yield from filter(None, (_moment(value, zone) for value in _json_dates(script)))
    stated = _metas(document)
    values = [value for name in META_DATES for value in stated.get(name, [])]
    values += [value for path in TIME_DATES for value in document.xpath(path)]
    yield from filter(None, (_moment(value, zone) for value in values))


def _metas(document: Any) -> dict[str, list[str]]:
    """The contents of the page's meta elements by their names in lower case."""
    found: dict[str, list[str]] = {}
    for meta in document.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            if name := (meta.get(attribute) or "").strip().lower():
                found.setdefault(name, []).append(meta.get("content") or "")
    return found


def _json_dates(script: str) -> Iterator[str]:
    """Every datePublished of a JSON-LD script, from the outside in."""
    try:
        waiting: list[Any] = [json.loads(script, strict=False)]
    except ValueError:
        return
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            if isinstance(value := node.get("datePublished"), str):
                yield value
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _moment(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """An ISO 8601 moment; one without a zone is local."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _shown(document: Any, zone: ZoneInfo, fetched: dt.datetime) -> dt.datetime | None:
    """The date that htmldate finds on the page, without guessing from loose numbers."""
    try:
        found = find_date(
            document,
            original_date=True,
            extensive_search=False,
            max_date=(fetched + TOLERANCE).strftime("%Y-%m-%d"),
        )
    except (ValueError, TypeError, etree.LxmlError):
        return None
    return _moment(found, zone) if found else None


def _in_url(url: str, zone: ZoneInfo) -> dt.datetime | None:
    match = URL_DATE.search(url)
    if match is None:
        return None
    try:
        return dt.datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=zone).astimezone(dt.UTC)
    except ValueError:
        return None

"""When a page was published, and how that is known: page, feed, address or fetch; never silently today."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, Literal
from zoneinfo import ZoneInfo

from htmldate import find_date
from lxml import etree, html

from crawlers.extraction import linked_data
from crawlers.extraction.blocks import blocks, names_of, text_of
from crawlers.extraction.shown_dates import date_names, shown_moment
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

NEAR_BLOCKS = 8
SHORT_LINE = 60
NAMED_LINE = 200
FEW_CHILDREN = 12
"""Where a shown date may stand: so many blocks behind the heading; characters of a line that is not named a date, and
of one that is; elements within a named one."""

URL_DATE = re.compile(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")


def publication(
    document: Any,
    url: str,
    jurisdiction: str,
    fetched: dt.datetime,
    feed_date: dt.datetime | None,
    *,
    fresh: bool,
    body: Any = None,
    selected: str = "",
) -> tuple[dt.datetime | None, Provenance | None]:
    """The moment of publication of a parsed page and its provenance; (None, None) when nothing tells it.

    In this order: what the source's selector shows (`selected`), a moment the page states in its markup, the feed's, a
    date shown on the page (a day alone as local midnight), a date in the address. `body` is the page without what is
    not its article, so that a menu's "today" is not taken. `fresh` says that the item appeared in its feed between two
    polls: then, and only then, the moment of fetching stands in, marked so. Dates before 1995 or in the future count
    as not stated.
    """
    zone = timezone_of(jurisdiction)

    def plausible(moment: dt.datetime | None) -> bool:
        return moment is not None and EARLIEST <= moment <= fetched + TOLERANCE

    if selected and (chosen := shown_moment(selected, fetched, zone)) and plausible(chosen.moment):
        return chosen.moment, "page"
    stated = next((m for m in _stated(document, zone) if plausible(m)), None)
    if stated is not None:
        return stated, "page"
    if plausible(feed_date):
        return feed_date, "feed"
    article = document if body is None else body
    shown = next((m for m in _shown(article, zone, fetched) if plausible(m)), None)
    if shown is not None:
        return shown, "page"
    in_url = _in_url(url, zone)
    if plausible(in_url):
        return in_url, "url"
    return (fetched, "fetch") if fresh else (None, None)


def _stated(document: Any, zone: ZoneInfo) -> Iterator[dt.datetime]:
    ld = linked_data.nodes(document)
    for node in sorted(ld, key=lambda node: not linked_data.is_article(node)):
        if isinstance(value := node.get("datePublished"), str) and (moment := _moment(value, zone)):
            yield moment
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


def _moment(text: str, zone: ZoneInfo) -> dt.datetime | None:
    """An ISO 8601 moment; one without a zone is local."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _shown(document: html.HtmlElement, zone: ZoneInfo, fetched: dt.datetime) -> Iterator[dt.datetime]:
    """The moments that the page shows near its heading or under a name of a date, then the date that htmldate finds,
    without guessing from loose numbers."""
    for element, text in _places(document):
        if (attribute := element.get("datetime")) and ":" in attribute and (moment := _moment(attribute, zone)):
            yield moment
        if (found := shown_moment(text, fetched, zone)) is not None:
            yield found.moment
        elif attribute and (moment := _moment(attribute, zone)):
            yield moment
    if (moment := _by_htmldate(document, zone, fetched)) is not None:
        yield moment


def _places(document: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str]]:
    """Elements that may show the moment of publication, the likeliest first: short lines behind the heading, named
    elements behind it, those right before it, named elements anywhere but in the page's head."""
    shown = blocks(document)
    heading = next((number for number, block in enumerate(shown) if block.is_heading), None)
    if heading is not None:
        behind = shown[heading + 1 : heading + 1 + NEAR_BLOCKS]
        yield from (
            (b.element, b.text) for b in behind if len(b.text) <= (NAMED_LINE if _is_named(b.element) else SHORT_LINE)
        )
        before = shown[max(0, heading - 2) : heading]
        yield from ((b.element, b.text) for b in reversed(before) if len(b.text) <= SHORT_LINE and _is_named(b.element))
    for element in document.iter("time", "span", "div", "p", "td", "small", "em", "b", "i", "li", "abbr"):
        if _is_named(element) and not any(one.tag in ("header", "nav", "footer") for one in element.iterancestors()):
            text = text_of(element) if len(element) <= FEW_CHILDREN else ""
            if 0 < len(text) <= NAMED_LINE:
                yield element, text


def _is_named(element: html.HtmlElement) -> bool:
    if element.tag == "time":
        return True
    return not date_names().isdisjoint(re.split(r"[\s_-]+", names_of(element, "class", "id", "itemprop")))


def _by_htmldate(document: html.HtmlElement, zone: ZoneInfo, fetched: dt.datetime) -> dt.datetime | None:
    article = copy.deepcopy(document)
    for head in list(article.iter("header")):  # it shows the day of reading
        if next(head.iter("h1"), None) is None and head.getparent() is not None:
            head.drop_tree()
    try:
        found = find_date(
            article,
            original_date=True,
            extensive_search=False,
            max_date=(fetched + TOLERANCE).strftime("%Y-%m-%d"),
        )
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, etree.LxmlError):
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

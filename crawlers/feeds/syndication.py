"""RSS 0.9x, 1 and 2, RDF and Atom through feedparser; JSON Feed (jsonfeed.org)."""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

from crawlers.extraction.shown_dates import shown_moment
from crawlers.feeds.listing import FeedDocument, NotAFeed, listed, plain_title, seen_item
from crawlers.feeds.repair import ENTRY, ENTRY_END, Repaired
from crawlers.feeds.sitemaps import SPARE, iso_moment
from languages.dates import timezone_of
from store.collecting import SeenItem

UNREADABLE = (LookupError, AttributeError, TypeError, ValueError, AssertionError, RecursionError)
"""What feedparser was seen or is bound to raise over elements in places where it does not expect them."""

# It seeks an address in whoever signed an entry, which takes hours over a word of a megabyte; no author is kept here
_FeedParserMixin._sync_author_detail = lambda _self, _key="author": None

COMMENT_LINK = re.compile(r"#comment-\d+$|#respond$")

PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
"""Hours of `sy:updatePeriod`: the RSS 1.0 syndication module."""

NO_COMMENTS = "a feed of comments: declare the feed of the articles"


def syndicated(document: Repaired, url: str, limit: int) -> FeedDocument:
    """What an RSS or Atom document lists.

    Raises:
        NotAFeed: it is none, or lists comments.
    """
    text, unread = _shortened(document.text, limit)
    found = _parsed(text)
    if not found.version and not found.entries:
        raise NotAFeed(f"no RSS or Atom: {found.get('bozo_exception', 'nothing in it is a feed')}")
    notes = [*document.notes]
    if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
        if not found.entries:
            raise NotAFeed(f"malformed, and nothing could be read: {_where(found.bozo_exception)}")
        notes.append(f"malformed, read all the same: {_where(found.bozo_exception)}")
    items = [_entry(entry, url) for entry in found.entries]
    _refuse_comments(items)
    return replace(
        listed(items, notes, limit, url, unread),
        title=plain_title(found.feed.get("title")) or None,
        language=found.feed.get("language") or None,
        every=_every(found.feed),
    )


def _parsed(text: str) -> Any:
    # A stream: bytes would be tried as the name of a file first
    stream = BytesIO(text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except UNREADABLE as error:
        raise NotAFeed(f"malformed beyond what feedparser reads: {type(error).__name__}: {str(error)[:100]}") from None


def _where(error: Exception) -> str:
    return str(error).removeprefix("<unknown>:")


def _shortened(text: str, limit: int) -> tuple[str, int]:
    """The document with its first entries alone, and how many were left out: feedparser keeps all that it is given."""
    starts = [match.start() for match in ENTRY.finditer(text)]
    kept = limit * SPARE
    if len(starts) <= kept:
        return text, 0
    tail = max((match.end() for match in ENTRY_END.finditer(text, starts[-1])), default=len(text))
    return text[: starts[kept]] + text[tail:], len(starts) - kept


def _refuse_comments(items: list[SeenItem | None]) -> None:
    links = [item.link for item in items if item]
    if links and all(COMMENT_LINK.search(link) for link in links):
        raise NotAFeed(NO_COMMENTS)


def _entry(entry: Any, base: str) -> SeenItem | None:
    link = entry.get("link") or next((found.get("href") for found in entry.get("links", [])), None)
    return seen_item(
        link,
        base,
        guid=entry.get("id"),
        title=entry.get("title"),
        published=_moment(entry.get("published_parsed")) or _in_words(entry.get("published")),
        # feedparser answers with the date of publication where there is no other, unless asked so
        updated=_moment(entry["updated_parsed"] if "updated_parsed" in entry else None),  # noqa: SIM401
    )


def _moment(parsed: time.struct_time | None) -> dt.datetime | None:
    """feedparser's dates are UTC."""
    if parsed is None:
        return None
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _in_words(text: str | None) -> dt.datetime | None:
    """A date with the names of days and months in a language of the region, on Belgrade's clock: a feed does not
    tell where it stands."""
    shown = shown_moment(text, dt.datetime.now(dt.UTC), timezone_of(None)) if text else None
    return shown.moment if shown else None


def _every(feed: Any) -> dt.timedelta | None:
    """The time between two readings that the feed asks for: RSS 2.0's ttl in minutes, or `sy:updatePeriod`."""
    minutes = _number(feed.get("ttl"))
    if minutes is None and (hours := PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())):
        minutes = hours * 60 / (_number(feed.get("sy_updatefrequency")) or 1)
    return dt.timedelta(minutes=minutes) if minutes else None


def _number(text: str | None) -> float | None:
    stated = (text or "").strip()
    return float(stated) if stated.isascii() and stated.isdigit() and len(stated) < 7 else None


def json_feed(document: Repaired, url: str, limit: int) -> FeedDocument:
    """What a JSON Feed lists.

    Raises:
        NotAFeed: it is other JSON, or none.
    """
    try:
        feed = json.loads(document.text)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"no RSS or Atom but broken JSON: {error}") from None
    if (
        not isinstance(feed, dict)
        or not isinstance(feed.get("items"), list)
        or "jsonfeed.org" not in _text(feed)("version")
    ):
        raise NotAFeed("no RSS or Atom but JSON, and no JSON Feed: declare another feed")
    items = [_json_item(_text(item), url) for item in feed["items"] if isinstance(item, dict)]
    text = _text(feed)
    found = listed(items, document.notes, limit, url)
    return replace(found, title=plain_title(text("title")) or None, language=text("language") or None)


def _text(values: dict[str, Any]) -> Callable[[str], str]:
    """A value as text; "" for what is none."""
    return lambda name: value if isinstance(value := values.get(name), str) else ""


def _json_item(text: Callable[[str], str], base: str) -> SeenItem | None:
    return seen_item(
        text("url") or text("external_url"),
        base,
        guid=text("id") or None,
        title=text("title"),
        published=iso_moment(text("date_published")),
        updated=iso_moment(text("date_modified")),
    )

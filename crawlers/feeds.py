"""What a feed lists: RSS and Atom through feedparser, sitemaps, section pages.

A document that is not what its feed is declared to be raises `NotAFeed`, whatever HTTP status it came with: many
sites of the region answer any address with 200 and an HTML page.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from lxml import etree, html

from crawlers.charset import decoded
from crawlers.identity import NotAnAddress, host_of, normalised
from store.collecting import TITLE_LIMIT, SeenItem

MAX_CHILDREN = 3
"""Sitemaps of an index that one poll reads, the newest first: the news is there."""

HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
"""What feedparser finds fault with and reads rightly: a header that contradicts the document, or has no type."""

LONGEST_GUID = 500
"""A longer guid, which a database index might not take, is dropped: the address identifies the article."""

MIN_HEADLINE_CHARACTERS = 15
"""A link of a section page with a shorter text is navigation."""


class NotAFeed(Exception):
    """The document is no feed of the declared kind; its text says what it is instead."""


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """What one document lists. `children` are the sitemaps of a sitemap index. `note` says what is wrong with a
    document that could be read all the same."""

    items: tuple[SeenItem, ...]
    children: tuple[str, ...] = ()
    title: str | None = None
    note: str | None = None


def parse(body: bytes, content_type: str | None, url: str, kind: str, limit: int) -> FeedDocument:
    """Reads a document of a feed of `kind`; at most `limit` items. `url` resolves relative links.

    Raises:
        NotAFeed: it is something else.
    """
    body = _inflated(body, limit=50_000_000)
    if not body.strip():
        raise NotAFeed("the document is empty")
    if kind == "section":
        return _section(body, content_type, url, limit)
    root = _root(body)
    if root == "html":
        raise NotAFeed(f"an HTML page instead of a feed of kind {kind}")
    if kind == "sitemap":
        return _sitemap(body, url, limit)
    if root in ("urlset", "sitemapindex"):
        raise NotAFeed("a sitemap: declare kind sitemap")
    return _syndication(body, content_type, url, limit)


def _inflated(body: bytes, limit: int) -> bytes:
    """The content of a .gz document, not more than `limit` bytes of it."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        inflated = zlib.decompressobj(wbits=31).decompress(body, limit + 1)
    except zlib.error as error:
        raise NotAFeed(f"a broken gzip file: {error}") from None
    if len(inflated) > limit:
        raise NotAFeed(f"a gzip file of more than {limit} bytes")
    return inflated


def is_feed(body: bytes) -> bool:
    """Whether the document presents itself as a feed or a sitemap."""
    return _root(body) in ("rss", "rdf", "feed", "urlset", "sitemapindex")


ROOT_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


def _root(body: bytes) -> str:
    """The name of the first element, in lower case; "html" for an HTML doctype."""
    head = re.sub(rb"<!--.*?-->|<\?.*?\?>", b"", body[:20_000].replace(b"\0", b""), flags=re.DOTALL)
    if re.match(rb"\W*<!doctype\s+html", head, re.IGNORECASE):
        return "html"
    match = ROOT_TAG.search(head)
    return match[1].decode("ascii").lower() if match else ""


def _syndication(body: bytes, content_type: str | None, url: str, limit: int) -> FeedDocument:
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    document = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not document.version and not document.entries:
        raise NotAFeed(f"no RSS or Atom: {document.get('bozo_exception', 'nothing in it is a feed')}")
    note = None
    if document.bozo and not isinstance(document.bozo_exception, HARMLESS):
        note = f"malformed, read all the same: {document.bozo_exception}"
    items = (_entry(entry, url) for entry in document.entries[:limit])
    return FeedDocument(items=tuple(item for item in items if item), title=document.feed.get("title"), note=note)


def _entry(entry: Any, base: str) -> SeenItem | None:
    link = entry.get("link") or next((found.get("href") for found in entry.get("links", [])), None)
    return _item(
        link,
        base,
        guid=entry.get("id"),
        title=entry.get("title"),
        published=_moment(entry.get("published_parsed")),
        # feedparser answers with the date of publication where there is no other, unless asked so
        updated=_moment(entry["updated_parsed"] if "updated_parsed" in entry else None),  # noqa: SIM401
    )


def _item(
    link: str | None,
    base: str,
    *,
    guid: str | None = None,
    title: str | None = None,
    published: dt.datetime | None = None,
    updated: dt.datetime | None = None,
) -> SeenItem | None:
    try:
        absolute = urljoin(base, (link or "").strip())
        url = normalised(absolute)
    except (NotAnAddress, ValueError):
        return None
    if not link:
        return None
    return SeenItem(
        url=_storable(url),
        link=_storable(absolute),
        host=host_of(absolute),
        guid=_storable(guid) if guid and len(guid) <= LONGEST_GUID else None,
        title=_storable(title)[:TITLE_LIMIT] if title else None,
        published=published,
        updated=updated,
    )


def _storable(text: str) -> str:
    """Text as PostgreSQL takes it: no NUL, no lone surrogates, white space as single spaces."""
    return " ".join(text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").split())


def _moment(parsed: time.struct_time | None) -> dt.datetime | None:
    """feedparser's dates are UTC."""
    if parsed is None:
        return None
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _sitemap(body: bytes, url: str, limit: int) -> FeedDocument:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotAFeed(f"no XML: {error}") from None
    if root is None:
        raise NotAFeed("no XML")
    name = etree.QName(root).localname.lower()
    if name == "sitemapindex":
        return FeedDocument(items=(), children=tuple(_children(root, url)))
    if name != "urlset":
        raise NotAFeed(f"no sitemap but {name}")
    note = f"malformed, read all the same: {parser.error_log[0].message}" if len(parser.error_log) else None
    items = [item for element in root if (item := _sitemap_item(element, url))]
    items.sort(key=lambda item: item.published or item.updated or _EARLIEST, reverse=True)
    return FeedDocument(items=tuple(items[:limit]), note=note)


_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


def _values(element: Any) -> dict[str, str]:
    """The texts of an element's descendants by local name, the first of each."""
    found: dict[str, str] = {}
    for child in element.iterdescendants():
        if isinstance(child.tag, str) and child.text and child.text.strip():
            found.setdefault(etree.QName(child).localname, child.text.strip())
    return found


def _sitemap_item(element: Any, base: str) -> SeenItem | None:
    values = _values(element)
    return _item(
        values.get("loc"),
        base,
        title=values.get("title"),
        published=iso_moment(values.get("publication_date")),
        updated=iso_moment(values.get("lastmod")),
    )


def _children(root: Any, base: str) -> Iterator[str]:
    found = [(iso_moment(values.get("lastmod")), values["loc"]) for values in map(_values, root) if "loc" in values]
    newest_first = sorted(found, key=lambda child: child[0] or _EARLIEST, reverse=True)
    for _, location in newest_first[:MAX_CHILDREN]:
        yield urljoin(base, location)


def iso_moment(text: str | None) -> dt.datetime | None:
    """A W3C date or date and time; one without a zone is taken as UTC. None where it is no such thing."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _section(body: bytes, content_type: str | None, url: str, limit: int) -> FeedDocument:
    """The links of a page that lead below its own path on its own host and read like a headline."""
    text, _ = decoded(body, content_type)
    try:
        document = html.document_fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError as error:
        raise NotAFeed(f"no HTML page: {error}") from None
    section = urlsplit(url)
    below = section.path.rstrip("/") + "/"
    headlines: dict[str, SeenItem] = {}
    for anchor in document.iter("a"):
        title = " ".join(anchor.text_content().split())
        item = _item(anchor.get("href"), url, title=title)
        if item is None or len(title) < MIN_HEADLINE_CHARACTERS or item.host != section.hostname:
            continue
        path = urlsplit(item.link).path
        if path.startswith(below) and path != below:
            headlines.setdefault(item.url, item)
    if not headlines:
        raise NotAFeed("a page without headlines below its own path: declare another section")
    return FeedDocument(items=tuple(headlines.values())[:limit])

"""What a feed lists in all its documents: the sitemaps of an index, the pages of a section, a page that changes."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser

from crawlers.extraction.charset import decoded
from crawlers.extraction.child_process import PAGE_SECONDS, ExtractionBroke
from crawlers.extraction.html_depth import is_too_deep
from crawlers.feeds import formats, sections
from crawlers.feeds.formats import FeedDocument, NotAFeed
from crawlers.feeds.listing import Child
from crawlers.feeds.rotation import chosen
from crawlers.fetching.fetcher import Fetched, FetchFailed
from crawlers.identity.normal_form import host_of, normalised
from crawlers.registry import FeedEntry
from crawlers.run import Run
from store import collecting
from store.collecting import SeenItem
from store.daily import NOTHING_PASSED, PassedOver
from store.schema import SitemapChild
from store.sitemap_children import children_of

log = logging.getLogger(__name__)

Result = TypeVar("Result")

INVISIBLE = ["script", "style", "noscript", "template", "svg", "iframe"]
"""What changes in a page without its words changing."""

MOST_NESTED = 2_000
"""Sitemaps of an index from which on no more are noted that its sitemaps name themselves: indexes can name each other
for ever, always with new addresses. Real ones have some hundreds."""

MOST_NOTES = 5
"""Documents of an index whose notes are kept."""


@dataclass(frozen=True, slots=True)
class ReadChild:
    """A sitemap of an index as read: the addresses of its items, and the sitemaps it names itself."""

    child: Child
    urls: frozenset[str]
    nested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one poll read. `children` are the sitemaps read, None where the feed is no index; `named` are all that an
    index names; `every` is how often the document asks to be read."""

    items: tuple[SeenItem, ...] = ()
    passed: PassedOver = NOTHING_PASSED
    note: str | None = None
    every: dt.timedelta | None = None
    children: tuple[ReadChild, ...] | None = None
    named: tuple[str, ...] = ()


def fingerprint(kind: str, page: Fetched) -> str:
    """What stays the same while nothing changed: the SHA-256 of the body; of a changing page, of its visible words."""
    markup = decoded(page.body, page.header("content-type"))[0] if kind == "page" else ""
    if kind != "page" or is_too_deep(markup):
        return hashlib.sha256(page.body).hexdigest()
    tree = LexborHTMLParser(markup)
    tree.strip_tags(INVISIBLE)
    words = " ".join((tree.body.text(separator=" ") if tree.body else "").split())
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


async def read_feed(run: Run, entry: FeedEntry, page: Fetched) -> Reading:
    """What a feed lists, given its first document.

    Raises:
        FetchFailed, NotAFeed: that document, or all further ones that had to be read.
        StoreUnavailable: the database does not answer.
    """
    if entry.kind == "page":
        return _changing_page(entry)
    document = await _parsed(run, entry, page)
    if document.children:
        return await _index(run, entry, document)
    if entry.pages > 1:
        document = await _further_pages(run, entry, page, document)
    return _limited(run, Reading(document.items, document.passed, document.note, document.every))


def _changing_page(entry: FeedEntry) -> Reading:
    """The page itself, to be fetched again although it was fetched before."""
    item = SeenItem(url=normalised(entry.url), link=entry.url, host=host_of(entry.url), changed=True)
    return Reading(items=(item,))


async def fingerprint_of(run: Run, kind: str, page: Fetched) -> str:
    """`fingerprint`, where it may take as long as it takes.

    Raises:
        NotAFeed: a page takes too long.
    """
    if kind == "page":
        return await read_apart(run, fingerprint, kind, page)
    return await run.worker.do(fingerprint, kind, page)


async def read_apart(run: Run, function: Callable[..., Result], *arguments: object) -> Result:
    """What a function of a module makes of a document, called in the process that reads what sites sent: a document
    that is made to take for ever holds up nothing else for long.

    Raises:
        NotAFeed: it takes too long, or ends the process.
        whatever the function raises.
    """
    try:
        return await run.extraction.do(function, *arguments)
    except ExtractionBroke:
        raise NotAFeed(f"it breaks its reader, or takes longer than {PAGE_SECONDS:.0f} s to read") from None


def document_of(page: Fetched, entry: FeedEntry, limit: int, below: str | None = None) -> FeedDocument:
    """What a document of a feed lists, at most `limit` items.

    Raises:
        NotAFeed: it is something else.
    """
    header = page.header("content-type")
    return formats.parse(page.body, header, page.url, entry.kind, limit, entry.links, below)


async def _parsed(run: Run, entry: FeedEntry, page: Fetched, below: str | None = None) -> FeedDocument:
    return await read_apart(run, document_of, page, entry, run.settings.max_items_per_feed, below)


def _limited(run: Run, reading: Reading) -> Reading:
    limit = run.settings.max_items_per_feed
    if len(reading.items) <= limit:
        return reading
    passed = reading.passed + PassedOver(over_limit=len(reading.items) - limit)
    return replace(reading, items=reading.items[:limit], passed=passed)


# -- an index of sitemaps


async def _index(run: Run, entry: FeedEntry, document: FeedDocument) -> Reading:
    """The items of the sitemaps whose turn it is. Those that cannot be had are passed over while one can; they are
    asked again at the next poll."""
    items, passed, read, failures = list(document.items), document.passed, [], []
    notes = [document.note] if document.note else []
    known = await run.worker.do(_known_children, run, entry.url)
    turn, room = chosen(document.children, known), max(0, MOST_NESTED - len(known))
    for child in turn:
        try:
            listed = await _parsed(run, entry, await run.fetcher.get(child.url))
        except (FetchFailed, NotAFeed) as failure:
            log.warning("%s: %s", child.url, failure)
            failures.append(failure)
            notes.append(f"{child.url}: {failure}")
            continue
        if listed.note:
            notes.append(f"{child.url}: {listed.note}")
        kept = [item for item in listed.items if not _is_too_old(run, item, child)]
        items += kept
        passed += listed.passed + PassedOver(too_old=len(listed.items) - len(kept))
        nested = tuple(one.url for one in listed.children[:room])
        room -= len(nested)
        if len(nested) < len(listed.children):
            log.warning("%s: names %d sitemaps, of which %d are noted", child.url, len(listed.children), len(nested))
        read.append(ReadChild(child, frozenset(item.url for item in kept), nested))
    if failures and len(failures) == len(turn):
        raise failures[0]
    named = tuple(child.url for child in document.children)
    return _limited(run, Reading(tuple(items), passed, _told(notes), document.every, tuple(read), named))


def _told(notes: Sequence[str]) -> str | None:
    """The notes on an index and its sitemaps as one; of many the first."""
    more = [f"and {len(notes) - MOST_NOTES} more"] if len(notes) > MOST_NOTES else []
    return "; ".join([*notes[:MOST_NOTES], *more]) or None


def _known_children(run: Run, feed_url: str) -> Mapping[str, SitemapChild]:
    with run.database.session() as session:
        return children_of(session, feed_url)


def _is_too_old(run: Run, item: SeenItem, child: Child) -> bool:
    """Whether an item without a date stands in a sitemap that has not changed for longer than news is news."""
    days = run.settings.max_item_age_days
    if days is None or child.lastmod is None or item.published or item.updated:
        return False
    return child.lastmod < dt.datetime.now(dt.UTC) - dt.timedelta(days=days)


# -- the pages of a section


async def _further_pages(run: Run, entry: FeedEntry, page: Fetched, first: FeedDocument) -> FeedDocument:
    """The first page with those after it, up to the first that lists nothing unseen: what is behind it was read
    before. A further page that cannot be had ends the reading, not the poll."""
    items, passed, notes = list(first.items), first.passed, [first.note] if first.note else []
    newest, visited, number = first.items, {page.url}, 1
    while number < entry.pages and await run.worker.do(_any_unseen, run, newest):
        number += 1
        address = await read_apart(run, next_address, entry, page, number)
        if address is None or address in visited:
            break
        visited.add(address)
        try:
            page = await run.fetcher.get(address)
            document = await _parsed(run, entry, page, entry.url)
        except (FetchFailed, NotAFeed) as failure:
            notes.append(f"page {number}: {failure}")
            break
        known = {item.url for item in items}
        newest = tuple(item for item in document.items if item.url not in known)
        items += newest
        passed += document.passed + PassedOver(known=len(document.items) - len(newest))
    return FeedDocument(tuple(items), note="; ".join(notes) or None, every=first.every, passed=passed)


def next_address(entry: FeedEntry, page: Fetched, number: int) -> str | None:
    """Where page `number` of a section lies, given the page before it; None when that is the last."""
    if entry.page_address is not None:
        return entry.page_address.replace("{page}", str(number))
    if entry.next is None:
        return None
    return sections.next_page(page.body, page.header("content-type"), page.url, entry.next)


def _any_unseen(run: Run, items: tuple[SeenItem, ...]) -> bool:
    with run.database.session() as session:
        return bool(collecting.unseen(session, items))

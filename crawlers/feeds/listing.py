"""What a feed, a sitemap or a section page lists, whatever form it has."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, urljoin

from crawlers.extraction.dates import EARLIEST, TOLERANCE
from crawlers.fetching.answers import UNSHOWN, in_one_line
from crawlers.identity.normal_form import NotAnAddress, host_of, normalised
from store.collecting import TITLE_LIMIT, SeenItem
from store.daily import NOTHING_PASSED, PassedOver

LONGEST_GUID = 500
"""A longer guid, which a database index might not take, is dropped: the address identifies the article."""

LONGEST_RAW_TITLE = 20 * TITLE_LIMIT
"""Characters of a title that are looked at: markup and white space are among them."""

TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")


class NotAFeed(Exception):
    """The document is no feed of the declared kind; its text says what it is instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(in_one_line(reason))


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index names, with the moment at which the index says it last changed."""

    url: str
    lastmod: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """What one document lists.

    `children` are the sitemaps of a sitemap index, the newest first. `note` says what is wrong with a document that
    could be read all the same. `language` is what the document says of itself, as it says it. `every` is how often it
    asks to be read. `passed` counts the entries that are not among `items`.
    """

    items: tuple[SeenItem, ...]
    children: tuple[Child, ...] = ()
    title: str | None = None
    note: str | None = None
    language: str | None = None
    every: dt.timedelta | None = None
    passed: PassedOver = NOTHING_PASSED


def listed(
    items: Iterable[SeenItem | None], notes: Iterable[str], limit: int, base: str, unread: int = 0
) -> FeedDocument:
    """A document of these items, each address once and at most `limit` of them, without what tells nothing: a guid
    that several addresses bear. None is an entry without an address to fetch; `unread` entries are not among them.

    Raises:
        NotAFeed: there are entries, and none has an address to fetch.
    """
    entries = list(items)
    distinct: dict[str, SeenItem] = {}
    for item in entries:
        if item is not None:
            distinct.setdefault(item.url, item)
    said = [*notes]
    nameless = entries.count(None)
    if nameless:
        said.append(f"{nameless} of {len(entries)} entries have no address to fetch")
    if nameless and nameless == len(entries):
        raise NotAFeed("; ".join(said))
    kept = list(distinct.values())
    passed = PassedOver(
        known=len(entries) - nameless - len(kept), over_limit=max(0, len(kept) - limit) + unread, no_address=nameless
    )
    if passed.over_limit:
        said.append(f"it lists {len(entries) + unread} entries: {min(limit, len(kept))} are read")
    kept, shared = _without_shared_guids(kept[:limit])
    if shared:
        said.append(f"{shared} items share their guid with others: the address identifies them")
    if (foreign := sum(not _same_site(item.host, host_of(base)) for item in kept)) * 2 > len(kept):
        said.append(f"{foreign} of {len(kept)} links lead to other sites: declare the feeds of those")
    return FeedDocument(items=tuple(kept), note="; ".join(dict.fromkeys(said)) or None, passed=passed)


def _without_shared_guids(items: list[SeenItem]) -> tuple[list[SeenItem], int]:
    counts: dict[str, int] = {}
    for item in items:
        if item.guid:
            counts[item.guid] = counts.get(item.guid, 0) + 1
    shared = {guid for guid, count in counts.items() if count > 1}
    return [replace(item, guid=None) if item.guid in shared else item for item in items], sum(
        item.guid in shared for item in items
    )


def _same_site(one: str, other: str) -> bool:
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def seen_item(
    link: str | None,
    base: str,
    *,
    guid: str | None = None,
    title: str | None = None,
    published: dt.datetime | None = None,
    updated: dt.datetime | None = None,
) -> SeenItem | None:
    """The item of one entry; None where its link is no address to fetch. `base` resolves a relative link."""
    if not link or not link.strip():
        return None
    try:
        absolute = urljoin(base, _with_scheme(_spelt(link), base))
        url = normalised(absolute)
    except (NotAnAddress, ValueError):
        return None
    return SeenItem(
        url=storable(url),
        link=storable(absolute),
        host=host_of(absolute),
        guid=storable(guid) if guid and len(guid) <= LONGEST_GUID else None,
        title=plain_title(title) or None,
        published=believed(published),
        updated=believed(updated),
    )


def _spelt(link: str) -> str:
    """A link as browsers take it: no line breaks within, other spaces and control characters escaped."""
    spelt = re.sub(r"[\t\r\n]+\s*", "", link.strip()).replace(" ", "%20")
    return UNSHOWN.sub(lambda found: quote(found[0]), spelt)


def _with_scheme(link: str, base: str) -> str:
    """A link that begins with the host's name, or with www., lacks its scheme."""
    first = link.split("/", 1)[0].split(":", 1)[0].lower()
    host = host_of(base)
    if first and (first.startswith("www.") or first.removeprefix("www.") == host.removeprefix("www.")):
        return f"//{link}"
    return link


def believed(moment: dt.datetime | None) -> dt.datetime | None:
    """A moment as a feed states it, None where it cannot be: before there were news sites, or in the future."""
    if moment is None or not EARLIEST <= moment <= dt.datetime.now(dt.UTC) + TOLERANCE:
        return None
    return moment


def plain_title(title: str | None) -> str:
    """A title without markup and entities, which some feeds escape twice."""
    text = TAG.sub(" ", html.unescape((title or "")[:LONGEST_RAW_TITLE]))
    return storable(html.unescape(text))[:TITLE_LIMIT]


def storable(text: str) -> str:
    """Text as PostgreSQL takes it and terminals show it: no control characters, no lone surrogates, white space as
    single spaces."""
    return " ".join(UNSHOWN.sub("", text).encode("utf-8", "replace").decode("utf-8").split())

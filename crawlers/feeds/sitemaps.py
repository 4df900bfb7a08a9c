"""Sitemaps, Google News sitemaps and sitemap indexes: sitemaps.org, read as a stream, so that a map of 50,000 pages
takes no more memory than its newest."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from crawlers.feeds.listing import Child, FeedDocument, NotAFeed, believed, listed, seen_item, storable
from crawlers.feeds.repair import Repaired
from store.collecting import SeenItem

MAX_CHILDREN = 50_000
"""Sitemaps that an index may name: sitemaps.org."""

SPARE = 2
"""So many times the limit of items are entries kept: those without a link, or there twice, give none."""

_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


def sitemap(document: Repaired, url: str, limit: int) -> FeedDocument:
    """What a sitemap lists, the newest `limit` of it; of an index, its sitemaps, the newest first.

    Raises:
        NotAFeed: it cannot be parsed at all.
    """
    elements = _Elements(document.text)
    if document.root == "sitemapindex":
        children = tuple(sorted(_children(elements, url), key=lambda child: child.lastmod or _EARLIEST, reverse=True))
        return FeedDocument((), children, note="; ".join((*document.notes, *elements.notes())) or None)
    newest, count = _newest(elements, limit * SPARE)
    notes = [*document.notes, *elements.notes()]
    if not count and notes:
        raise NotAFeed(f"nothing could be read: {notes[-1]}")
    found = listed((_item(values, url) for values in newest), notes, limit, url, count - len(newest))
    languages = Counter(values["language"] for values in newest if "language" in values)
    return replace(found, language=next((name for name, _ in languages.most_common(1)), None))


def _newest(entries: Iterable[dict[str, str]], most: int) -> tuple[list[dict[str, str]], int]:
    """The newest entries, the newest first, in their order where they bear no date; and how many there are."""
    newest: list[tuple[dt.datetime, int, dict[str, str]]] = []
    count = 0
    for count, values in enumerate(entries, start=1):
        stated = iso_moment(values.get("publication_date")) or iso_moment(values.get("lastmod"))
        entry = (believed(stated) or _EARLIEST, -count, values)
        if len(newest) < most:
            heapq.heappush(newest, entry)
        else:
            heapq.heappushpop(newest, entry)
    return [values for _, _, values in sorted(newest, key=lambda entry: entry[:2], reverse=True)], count


class _Elements:
    """The texts of each entry of a sitemap by local name; an entry is forgotten once it is read."""

    def __init__(self, text: str) -> None:
        self._parsing = etree.iterparse(
            BytesIO(text.encode("utf-8", "replace")),
            events=("end",),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            encoding="utf-8",
        )

    def __iter__(self) -> Iterator[dict[str, str]]:
        try:
            for _, element in self._parsing:
                if _local(element) in ("url", "sitemap"):
                    yield _values(element)
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            raise NotAFeed(f"no XML: {error}") from None

    def notes(self) -> list[str]:
        """What was wrong with the XML."""
        errors = self._parsing.error_log
        return [f"malformed, read all the same: {errors[0].message} in line {errors[0].line}"] if len(errors) else []


def _local(element: Any) -> str:
    """The name without its namespace, or without a prefix that was never declared."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def _values(entry: Any) -> dict[str, str]:
    """The texts of an entry's children and of those of its `news` child; pictures and videos have titles, too."""
    found: dict[str, str] = {}
    for child in entry:
        elements = child.iterdescendants() if _local(child) == "news" else [child]
        for element in elements:
            if text := (element.text or "").strip():
                found.setdefault(_local(element), text)
    return found


def _item(values: dict[str, str], base: str) -> SeenItem | None:
    return seen_item(
        values.get("loc"),
        base,
        title=values.get("title"),
        published=iso_moment(values.get("publication_date")),
        updated=iso_moment(values.get("lastmod")),
    )


def _children(elements: _Elements, base: str) -> Iterator[Child]:
    for values in islice(elements, MAX_CHILDREN):
        if location := values.get("loc"):
            try:
                yield Child(storable(urljoin(base, location)), believed(iso_moment(values.get("lastmod"))))
            except ValueError:
                continue


def iso_moment(text: str | None) -> dt.datetime | None:
    """A W3C date or date and time; one without a zone is taken as UTC. None where it is no such thing."""
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None

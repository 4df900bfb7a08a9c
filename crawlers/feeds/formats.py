"""What a feed lists: RSS and Atom, JSON Feed, sitemaps, section pages.

A document that is not what its feed is declared to be raises `NotAFeed`, whatever HTTP status it came with: many
sites of the region answer any address with 200 and an HTML page. One that can be read although something is wrong
with it says so in its `note`.
"""

from __future__ import annotations

import re

from crawlers.feeds.listing import Child, FeedDocument, NotAFeed
from crawlers.feeds.repair import ROOT_NAMES, SITEMAP_NAMES, Repaired, repaired
from crawlers.feeds.sections import section
from crawlers.feeds.sitemaps import sitemap
from crawlers.feeds.syndication import json_feed, syndicated

__all__ = ["Child", "FeedDocument", "NotAFeed", "is_feed", "parse"]

BOT_CHECK = re.compile(
    r"captcha|cf-chl|challenge-platform|just a moment\.\.\.|attention required!|ddos[ -]guard|verify you are human",
    re.IGNORECASE,
)
"""Words of the pages by which sites and their networks keep programs out."""


def parse(
    body: bytes,
    content_type: str | None,
    url: str,
    kind: str,
    limit: int,
    links: str | None = None,
    below: str | None = None,
) -> FeedDocument:
    """Reads a document of a feed of `kind`; at most `limit` items. `url` resolves relative links; `links` and `below`
    say which links of a section page are articles (`sections.section`).

    Raises:
        NotAFeed: it is something else.
    """
    document = repaired(body, content_type)
    if kind == "section":
        return _section(document, body, content_type, url, limit, links, below)
    if document.root == "html":
        raise NotAFeed(_page_instead(document.text, kind))
    if kind == "sitemap":
        if document.root in SITEMAP_NAMES:
            return sitemap(document, url, limit)
        raise NotAFeed(f"no sitemap but {document.root}: declare its kind" if document.root else "no XML")
    if document.root in SITEMAP_NAMES:
        raise NotAFeed("a sitemap: declare kind sitemap")
    if document.root in ROOT_NAMES:
        return _feed(document, url, kind, limit)
    if document.text[:1] in ("{", "["):
        return json_feed(document, url, limit)
    raise NotAFeed(f"no RSS or Atom: it begins with {document.text[:40]!r}")


def _feed(document: Repaired, url: str, kind: str, limit: int) -> FeedDocument:
    in_page = any("HTML page" in note for note in document.notes)
    try:
        found = syndicated(document, url, limit)
    except NotAFeed:
        if in_page:  # a drawing in a page has RDF in it
            raise NotAFeed(_page_instead(document.text, kind)) from None
        raise
    if in_page and not found.items:
        raise NotAFeed(_page_instead(document.text, kind))
    return found


def _section(
    document: Repaired,
    body: bytes,
    content_type: str | None,
    url: str,
    limit: int,
    links: str | None,
    below: str | None,
) -> FeedDocument:
    if document.root in ROOT_NAMES and not document.notes:
        raise NotAFeed("a feed instead of a section page: declare its kind, which is better")
    try:
        return section(body, content_type, url, limit, links, below)
    except NotAFeed:
        if BOT_CHECK.search(document.text):
            raise NotAFeed(_page_instead(document.text, "section")) from None
        raise


def _page_instead(text: str, kind: str) -> str:
    if BOT_CHECK.search(text):
        return f"a page that keeps programs out, instead of a feed of kind {kind}: ask the outlet for access"
    return f"an HTML page instead of a feed of kind {kind}"


def is_feed(body: bytes) -> bool:
    """Whether the document presents itself as a feed or a sitemap."""
    try:
        document = repaired(body, None)
    except NotAFeed:
        return False
    return document.root in ROOT_NAMES and not any("before the feed" in note for note in document.notes)

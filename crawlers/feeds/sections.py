"""The headlines of a section page."""

from __future__ import annotations

from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.extraction.charset import decoded
from crawlers.extraction.html_depth import is_too_deep
from crawlers.feeds.listing import FeedDocument, NotAFeed, listed, seen_item
from store.collecting import SeenItem

MIN_HEADLINE_CHARACTERS = 15
"""A link of a section page with a shorter text is navigation."""

MOST_HEADLINES = 5000
"""Headlines of one page that are looked at."""


def section(
    body: bytes, content_type: str | None, url: str, limit: int, links: str | None = None, below: str | None = None
) -> FeedDocument:
    """The links of a section page that lead to articles: those that the CSS selector `links` selects or, without it,
    those that lead below the path of the section `below` (the page itself, when it is not named) on its own host and
    read like a headline.

    Raises:
        NotAFeed: there are none.
    """
    document = _document(body, content_type)
    if links is not None:
        chosen = _selected(document, links, url)
        if not chosen:
            raise NotAFeed(f"a page without a link that links = {links!r} selects: correct the selector")
    else:
        chosen = _headlines(document, url, below or url)
        if not chosen:
            raise NotAFeed("a page without headlines below its own path: declare another section, or links")
    return listed(chosen, (), limit, url)


def next_page(body: bytes, content_type: str | None, url: str, selector: str) -> str | None:
    """The address of the next page of a section, to which the link leads that `selector` selects; None on the last."""
    anchor = _document(body, content_type).css_first(selector)
    item = seen_item(anchor.attributes.get("href"), url) if anchor is not None else None
    return item.link if item is not None else None


def _document(body: bytes, content_type: str | None) -> LexborHTMLParser:
    text, _ = decoded(body, content_type)
    if is_too_deep(text):
        raise NotAFeed("a page whose elements are nested too deeply to be read")
    return LexborHTMLParser(text)


def _selected(document: LexborHTMLParser, links: str, url: str) -> list[SeenItem]:
    found: dict[str, SeenItem] = {}
    for node in document.css(links):
        anchor = node if node.tag == "a" else node.css_first("a")
        if anchor is None:
            continue
        title = " ".join(anchor.text().split()) or anchor.attributes.get("title")
        item = seen_item(anchor.attributes.get("href"), url, title=title)
        # A picture often bears the same link as the headline below it, and no words
        if item is not None and (item.url not in found or not found[item.url].title):
            found[item.url] = item
    return list(found.values())


def _headlines(document: LexborHTMLParser, url: str, section: str) -> list[SeenItem]:
    below = urlsplit(section).path.rstrip("/") + "/"
    headlines: dict[str, SeenItem] = {}
    for anchor in document.css("a"):
        title = " ".join(anchor.text().split())
        if len(title) < MIN_HEADLINE_CHARACTERS:
            continue
        item = seen_item(anchor.attributes.get("href"), url, title=title)
        if item is None or item.host != urlsplit(url).hostname:
            continue
        path = urlsplit(item.link).path
        if path.startswith(below) and path != below:
            headlines.setdefault(item.url, item)
        if len(headlines) == MOST_HEADLINES:
            break
    return list(headlines.values())

"""The headlines of a section page."""

from __future__ import annotations

from urllib.parse import urlsplit

from lxml import etree, html

from crawlers.charset import decoded
from crawlers.listing import FeedDocument, NotAFeed, listed, seen_item
from store.collecting import SeenItem

MIN_HEADLINE_CHARACTERS = 15
"""A link of a section page with a shorter text is navigation."""


def section(body: bytes, content_type: str | None, url: str, limit: int) -> FeedDocument:
    """The links of a page that lead below its own path on its own host and read like a headline.

    Raises:
        NotAFeed: there are none.
    """
    text, _ = decoded(body, content_type)
    try:
        document = html.document_fromstring(
            text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except etree.LxmlError as error:
        raise NotAFeed(f"no HTML page: {error}") from None
    below = urlsplit(url).path.rstrip("/") + "/"
    headlines: dict[str, SeenItem] = {}
    for anchor in document.iter("a"):
        title = " ".join(anchor.text_content().split())
        if len(title) < MIN_HEADLINE_CHARACTERS:
            continue
        item = seen_item(anchor.get("href"), url, title=title)
        if item is None or item.host != urlsplit(url).hostname:
            continue
        path = urlsplit(item.link).path
        if path.startswith(below) and path != below:
            headlines.setdefault(item.url, item)
    if not headlines:
        raise NotAFeed("a page without headlines below its own path: declare another section")
    return listed(headlines.values(), (), limit, url)

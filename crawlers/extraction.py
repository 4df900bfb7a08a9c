"""From a fetched page to an article: charset, main text, title, date."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass

import trafilatura
from lxml import etree, html
from trafilatura.settings import Document

from codebook.records import Archived, Article, capped_text
from crawlers.charset import decoded
from crawlers.dates import publication
from crawlers.fetching import Fetched
from crawlers.identity import NotAnAddress, article_id
from crawlers.registry import SourceEntry
from store.articles import PageFacts
from store.collecting import TITLE_LIMIT
from store.schema import PendingItem

HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"})
"""Media types under which sites send pages; the empty one is a missing header."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


class Unusable(Exception):
    """The page is no article. `permanent`: another attempt will not change that."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.permanent = reason, permanent


@dataclass(frozen=True, slots=True)
class Taken:
    """An article, and what the store keeps of its page besides."""

    article: Article
    facts: PageFacts


@dataclass(frozen=True, slots=True)
class Extracted:
    """Title and text of a page."""

    title: str
    text: str


def article_of(
    page: Fetched, item: PendingItem, source: SourceEntry, archived: Archived, min_text_characters: int
) -> Taken:
    """The article that a page is.

    Raises:
        Unusable: it is none.
    """
    try:
        identity = article_id(page.url)
    except NotAnAddress as error:
        raise Unusable(str(error), permanent=True) from None
    document = _document(page)
    extracted = _extracted(document, page, item.title, min_text_characters)
    published, published_from = publication(
        document, page.url, source.jurisdiction, page.at, item.published, fresh=item.fresh
    )
    text, truncated = capped_text(extracted.text)
    article = Article(
        id=identity,
        source_id=source.id,
        url=page.url,
        title=extracted.title,
        text=text,
        text_truncated=truncated,
        published=published,
        published_from=published_from,
        fetched=page.at,
        source_jurisdiction=source.jurisdiction,
        source_kind=source.kind,
        archived=archived,
    )
    return Taken(article, PageFacts(extraction="precision"))


def _document(page: Fetched) -> html.HtmlElement:
    if page.content_type not in HTML_TYPES:
        raise Unusable(f"{page.content_type} is no page", permanent=True)
    if not page.body.strip():
        raise Unusable("the page is empty")
    text, _ = decoded(page.body, page.header("content-type"))
    if "<" not in text:
        raise Unusable("no HTML page", permanent=True)
    try:
        return html.document_fromstring(
            text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except etree.LxmlError as error:
        raise Unusable(f"the page cannot be parsed: {error}") from None


def _extracted(
    document: html.HtmlElement, page: Fetched, feed_title: str | None, min_text_characters: int
) -> Extracted:
    found = trafilatura.bare_extraction(
        copy.deepcopy(document),
        url=page.url,
        favor_precision=True,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
    )
    found = found.as_dict() if isinstance(found, Document) else found or {}
    text = _clean(found.get("text") or "")
    if len(text) < min_text_characters:
        raise Unusable(f"no article text: {len(text)} characters")
    title = _title(found.get("title") or "", feed_title)
    if not title:
        raise Unusable("no title")
    return Extracted(title, text)


def _title(page_title: str, feed_title: str | None) -> str:
    """The page's title; the feed's where the page has none or only adds the site's name to it."""
    on_page, in_feed = " ".join(_clean(page_title).split()), " ".join(_clean(feed_title or "").split())
    title = in_feed if in_feed and (not on_page or in_feed in on_page) else on_page
    return title[:TITLE_LIMIT]


def _clean(text: str) -> str:
    """Text as PostgreSQL and JSON take it: no control characters, no lone surrogates."""
    return CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8")).strip()

"""From a fetched page to an article: charset, main text, title, author, lead, date; or what the page is instead."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

from codebook.records import Archived, Article, capped_text
from crawlers.extraction import linked_data, verdicts
from crawlers.extraction.blocks import Block, blocks
from crawlers.extraction.boilerplate import cleaned
from crawlers.extraction.charset import decoded
from crawlers.extraction.dates import publication
from crawlers.extraction.methods import Selected, selected, texts
from crawlers.extraction.page_facts import author_of, lead_of, metas, shown_lead, title_of
from crawlers.extraction.pruning import headlines_of, prune
from crawlers.fetching.answers import in_one_line
from crawlers.fetching.fetcher import Fetched
from crawlers.identity.declared_address import declared_address
from crawlers.identity.normal_form import NotAnAddress, article_id, normalised
from crawlers.registry import SourceEntry
from store.articles import PageFacts
from store.collecting import TITLE_LIMIT
from store.schema import PendingItem

HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream"})
"""Media types under which sites send pages; the empty one is a missing header."""

MOST_CHARACTERS = 3_000_000
"""Of a page's markup; what stands behind is not read. A news page has a tenth of it."""

LIST_CHARACTERS = 400
"""Where one method found the summaries of other articles, what another finds must be longer than one of them."""

NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|65534|65535)|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|[fF]{3}[eEfF]))(?!\w);?"
)
"""Characters, and references to them, that no XML tree takes: lxml reads them in a page, and then cannot move them."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""What is no text: control characters, and those that turn the direction of the text behind them, which no language
of the region needs."""


class Unusable(Exception):
    """The page is no article. `permanent`: another attempt will not change that."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        self.reason, self.permanent = in_one_line(reason), permanent
        super().__init__(self.reason)


def unexpected(error: Exception) -> str:
    """What an outcome says of a defect of ours that a page met."""
    return f"unexpected {type(error).__name__}: {error}"[:200]


@dataclass(frozen=True, slots=True)
class Taken:
    """An article, and what the store keeps of its page besides."""

    article: Article
    facts: PageFacts


@dataclass(frozen=True, slots=True)
class Extracted:
    """What of a page is its article. `body` is the page without what is not."""

    title: str
    text: str
    facts: PageFacts
    body: html.HtmlElement


def article_of(
    page: Fetched, item: PendingItem, source: SourceEntry, archived: Archived, min_text_characters: int
) -> Taken:
    """The article that a page is.

    Raises:
        Unusable: it is none.
    """
    try:
        normalised(page.url)
    except NotAnAddress as error:
        raise Unusable(str(error), permanent=True) from None
    if verdicts.leads_to_front_page(item.link, page.url):
        raise _unusable(verdicts.FRONT_PAGE)
    markup, document = _parsed(page)
    identity = article_id(declared_address(document, page.url) or page.url)
    chosen = selected(markup, source.selectors)
    extracted = _extracted(document, chosen, page.url, item.title, min_text_characters)
    published, published_from = publication(
        document,
        page.url,
        source.jurisdiction,
        page.at,
        item.published,
        fresh=item.fresh,
        body=extracted.body,
        selected=chosen.date,
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
    return Taken(article, extracted.facts)


def _parsed(page: Fetched) -> tuple[str, html.HtmlElement]:
    if page.content_type not in HTML_TYPES:
        raise Unusable(f"{page.content_type} is no page", permanent=True)
    if not page.body.strip():
        raise Unusable("the page is empty")
    markup, _ = decoded(page.body, page.header("content-type"))
    if "<" not in markup:
        raise Unusable("no HTML page", permanent=True)
    markup = NO_TEXT.sub("", markup[:MOST_CHARACTERS])
    return markup, _document(markup)


def _document(markup: str) -> html.HtmlElement:
    try:
        return html.document_fromstring(
            markup.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except etree.LxmlError as error:
        raise Unusable(f"the page cannot be parsed: {' '.join(str(error).split())[:100]}") from None


def _extracted(document: html.HtmlElement, chosen: Selected, url: str, feed_title: str | None, least: int) -> Extracted:
    ld, meta = linked_data.nodes(document), metas(document)
    pruned = copy.deepcopy(document)
    whole = prune(pruned)
    shown = blocks(pruned)
    title = _title(chosen.title or title_of(document, meta, ld), feed_title)
    candidates = texts(document, pruned, shown, ld, chosen.text, url)
    method, text = _text(candidates, whole, title, least)
    verdict = verdicts.instead_of_article(document, ld, title, text, least)
    if verdict is not None:
        raise _unusable(verdict)
    if len(text) < least:
        raise Unusable(f"no article text: {len(text)} characters")
    if not title:
        raise Unusable("no title")
    lead = None if method == "selectors" else shown_lead(shown, title, text)
    if lead:
        text = f"{_clean(lead)}\n{text}"
    author = chosen.author or author_of(document, meta, ld)
    facts = PageFacts(method, _clean(author) if author else None, _clean(lead_of(meta, ld) or lead or "") or None)
    return Extracted(title, text, facts, pruned)


def _text(candidates: Iterator[tuple[str, str]], whole: list[Block], title: str, least: int) -> tuple[str, str]:
    """The first method that gives enough text, with the text; the most that there is, where none does. `whole` are the
    blocks of the page as it came.

    Raises:
        Unusable: what there is are the summaries of other articles.
    """
    headlines = headlines_of(whole)
    best, needed, is_list = ("", ""), least, False
    for method, raw in candidates:
        text = cleaned(_clean(raw), title, headlines)
        if len(text) >= needed:
            if method == "selectors" or not verdicts.is_list(whole, text):
                return method, text
            is_list, needed = True, max(least, LIST_CHARACTERS)
        else:
            best = max(best, (method, text), key=lambda one: len(one[1]))
    if is_list:
        raise _unusable(verdicts.LIST)
    return best


def _unusable(verdict: verdicts.Verdict) -> Unusable:
    return Unusable(verdict.reason, permanent=verdict.permanent)


def _title(page_title: str, feed_title: str | None) -> str:
    """The page's title; the feed's where the page has none or only adds the site's name to it."""
    on_page, in_feed = " ".join(_clean(page_title).split()), " ".join(_clean(feed_title or "").split())
    title = in_feed if in_feed and (not on_page or in_feed in on_page) else on_page
    return title[:TITLE_LIMIT]


def _clean(text: str) -> str:
    """Text as PostgreSQL and JSON take it: no control characters, no lone surrogates."""
    return CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8")).strip()

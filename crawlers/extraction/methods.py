"""The ways to take the text out of a page, tried in order until one gives enough; the article's row says which did.

- `selectors`: the CSS selectors that the registry gives for the source
- `json_ld`: the text the page states in JSON-LD, where it is whole and has its paragraphs
- `precision`: trafilatura in precision mode
- `json_ld_line`: the text of JSON-LD in one run, where the page itself shows none
- `paragraphs`: the element with the most running text
- `recall`: trafilatura in recall mode, which is the likeliest to join other news to the article
- `unpruned`: trafilatura in precision mode over the page as it came, where pruning has taken too much
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import trafilatura
from lxml import etree, html
from selectolax.lexbor import LexborHTMLParser
from trafilatura.settings import Document

from crawlers.extraction import linked_data
from crawlers.extraction.blocks import BREAKS, Block, blocks
from crawlers.extraction.html_depth import is_too_deep
from crawlers.registry import Selectors

for _library in ("trafilatura", "htmldate"):  # what they discard is an outcome of ours, not a warning a page
    logging.getLogger(_library).setLevel(logging.CRITICAL)

MOST_ELEMENTS = 50_000
"""Above it a page is no article, and trafilatura would take minutes: it is read by its paragraphs alone."""

FOREIGN_FAILURES = (
    etree.LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError,
    ArithmeticError,
)  # fmt: skip
"""What trafilatura and its helpers raise over pages that nobody foresaw."""

WHOLE_SHARE = 0.8
"""JSON-LD is whole when it has so much of the running text that the page shows."""

LINE_CHARACTERS = 600
"""A longer text without a line break has lost its paragraphs."""

NEARLY_ALL = 0.85
BEGINNING = 50
"""Characters by which a line of the text is found again on the page."""

PROSE_CHARACTERS = 40
PROSE_LINKS = 0.5
SENTENCE_ENDS = (".", "!", "?", "”", "“", "»")
AROUND = 0.6
"""How much a paragraph weighs for what holds its holder: paragraphs may each have a holder of their own."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What a source's selectors found on a page; "" where they found nothing, or say nothing."""

    title: str = ""
    text: str = ""
    date: str = ""
    author: str = ""


def selected(markup: str, selectors: Selectors | None) -> Selected:
    """What the selectors find. Several elements of one selector are one after the other; for all but the text the
    first one counts. Nothing is looked for in a page nested too deep for their parser."""
    if selectors is None or is_too_deep(markup):
        return Selected()
    tree = LexborHTMLParser(markup)
    for unwanted in selectors.drop:
        for node in tree.css(unwanted):
            node.decompose()

    def found(selector: str | None) -> list[str]:
        texts = (_lines(node.html or "") for node in tree.css(selector)) if selector else ()
        return [text for text in texts if text]

    def first(selector: str | None) -> str:
        return " ".join(next(iter(found(selector)), "").split())

    return Selected(
        title=first(selectors.title),
        text="\n".join(found(selectors.text)),
        date=first(selectors.date),
        author=first(selectors.author),
    )


def _lines(fragment: str) -> str:
    try:
        element = html.fragment_fromstring(fragment, create_parent="div")
    except etree.LxmlError:
        return ""
    return "\n".join(block.text for block in blocks(element))


def texts(
    document: html.HtmlElement,
    pruned: html.HtmlElement,
    shown: list[Block],
    ld: list[dict[str, Any]],
    by_selectors: str,
    url: str,
) -> Iterator[tuple[str, str]]:
    """The page's text by each method in turn, with the method's name; the next one is tried when it is asked for.
    `pruned` is the document as `crawlers.extraction.pruning.prune` leaves it, `shown` are its blocks."""
    yield "selectors", by_selectors
    stated = stated_text(ld)
    if _is_whole(stated, shown):
        yield "json_ld", stated
    small = sum(1 for _ in document.iter()) <= MOST_ELEMENTS
    dense = densest(shown)
    if small:
        text = without_foreign_end(_by_trafilatura(pruned, url, precision=True), shown)
        if 3 * len(text) >= len(dense) or len(text) >= LINE_CHARACTERS:
            yield "precision", text
    if not stated.endswith(("…", "...")):
        yield "json_ld_line", stated
    yield "paragraphs", dense
    if small:
        yield "recall", _by_trafilatura(pruned, url, precision=False)
    if small:
        yield "unpruned", _by_trafilatura(document, url, precision=True)


def stated_text(ld: list[dict[str, Any]]) -> str:
    """The text of the one article that JSON-LD describes; "" where it describes none, or several: the others of a
    page are other news."""
    bodies = {text for node in ld if linked_data.is_article(node) if (text := linked_data.string(node, "articleBody"))}
    return bodies.pop() if len(bodies) == 1 else ""


def _is_whole(stated: str, shown: list[Block]) -> bool:
    if not stated or stated.endswith(("…", "...")) or ("\n" not in stated and len(stated) > LINE_CHARACTERS):
        return False
    prose = sum(len(block.text) for block in shown if _is_prose(block))
    return len(stated) >= WHOLE_SHARE * prose


def _is_prose(block: Block) -> bool:
    return len(block.text) >= PROSE_CHARACTERS and block.link_share < PROSE_LINKS


def _by_trafilatura(document: html.HtmlElement, url: str, *, precision: bool) -> str:
    try:
        found = trafilatura.bare_extraction(
            copy.deepcopy(document),
            url=url,
            include_comments=False,
            include_tables=False,
            with_metadata=False,
            favor_precision=precision,
            favor_recall=not precision,
        )
    except FOREIGN_FAILURES:
        return ""
    return ((found.text if isinstance(found, Document) else None) or "").strip()


def densest(shown: list[Block]) -> str:
    """The blocks of the element that holds the most running text, from its first paragraph to its last, and
    the short sentences behind it."""
    weights: dict[html.HtmlElement, float] = {}
    for block in shown:
        if _is_prose(block):
            container = _container(block)
            weights[container] = weights.get(container, 0) + len(block.text)
            if (around := container.getparent()) is not None:
                weights[around] = weights.get(around, 0) + AROUND * len(block.text)
    if not weights:
        return ""
    best = max(weights, key=lambda element: weights[element])
    inside = [block for block in shown if _is_inside(block.element, best) and block.link_share < PROSE_LINKS]
    prose = [number for number, block in enumerate(inside) if _is_prose(block)]
    end = prose[-1] + 1
    while end < len(inside) and inside[end].text.endswith(SENTENCE_ENDS):
        end += 1
    return "\n".join(block.text for block in inside[prose[0] : end])


def without_foreign_end(text: str, shown: list[Block]) -> str:
    """The text without the last lines that stand outside the element which holds nearly all of it: what the page's
    foot says. The first lines stay, for a lead may stand apart."""
    lines = text.splitlines()
    holders: dict[str, html.HtmlElement] = {}
    for block in shown:
        holders.setdefault(block.text[:BEGINNING], block.element)
    weights: dict[html.HtmlElement, int] = {}
    held = [holders.get(line.strip(" -*•")[:BEGINNING]) for line in lines]
    for line, element in zip(lines, held, strict=True):
        for around in () if element is None else (element, *element.iterancestors()):
            weights[around] = weights.get(around, 0) + len(line)
    most = NEARLY_ALL * sum(len(line) for line, element in zip(lines, held, strict=True) if element is not None)
    inner = [element for element, weight in weights.items() if weight >= most]
    if not inner:
        return text
    holder = min(inner, key=lambda element: (weights[element], -sum(1 for _ in element.iterancestors())))
    while held and held[-1] is not None and not _is_inside(held[-1], holder):
        held.pop()
    return "\n".join(lines[: len(held)])


def _container(block: Block) -> html.HtmlElement:
    """What holds the paragraphs of which a block is one."""
    element = block.element
    while element.tag not in BREAKS and element.getparent() is not None:
        element = element.getparent()
    parent = element.getparent()
    return parent if element.tag in ("p", "li", "blockquote", "pre") and parent is not None else element


def _is_inside(element: html.HtmlElement, container: html.HtmlElement) -> bool:
    return element is container or any(ancestor is container for ancestor in element.iterancestors())

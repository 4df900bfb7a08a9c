"""A page as a reader's eye sees it: blocks of text in order, each with the share of it that is links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree, html

UNSHOWN = frozenset({"script", "style", "noscript", "template", "head", "svg", "math", "object", "select", "textarea"})

BREAKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd",
        "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "nav", "ol", "option", "p", "pre",
        "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tr", "ul"
    }
)  # fmt: skip
"""Elements that begin a new line on the page; a moment in a `time` stands for itself as well."""


MOST_BLOCKS = 20_000
"""Of one page; what stands behind is not read. A long article with all its comments has a tenth of it."""


NAMES_CHARACTERS = 300
"""Of an element's names; some sites put settings of their scripts into them."""


@dataclass(frozen=True, slots=True)
class Block:
    """One run of text without a break. `linked` counts its characters in links, `element` holds it."""

    text: str
    linked: int
    element: html.HtmlElement

    @property
    def link_share(self) -> float:
        """The part of the text that is links, from 0 to 1."""
        return min(1.0, self.linked / max(1, len(self.text)))

    @property
    def is_heading(self) -> bool:
        """Whether it stands in the page's heading."""
        return self.element.tag == "h1" or any(ancestor.tag == "h1" for ancestor in self.element.iterancestors())


class _Reading:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._owner: html.HtmlElement | None = None

    def add(self, text: str | None, owner: html.HtmlElement, *, in_link: bool) -> None:
        if not text:
            return
        if text.strip() and self._owner is None:
            self._owner = owner
        self._pieces.append(text)
        if in_link:
            self._linked += len(" ".join(text.split()))

    def end_block(self) -> None:
        if self._owner is not None:
            text = " ".join("".join(self._pieces).split())
            self.blocks.append(Block(text, self._linked, self._owner))
        self._pieces, self._linked, self._owner = [], 0, None


def blocks(root: html.HtmlElement) -> list[Block]:
    """The blocks of text of an element, in order."""
    reading = _Reading()
    links = 0
    walk: Any = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if len(reading.blocks) >= MOST_BLOCKS:
            break
        if event == "start":
            if tag in UNSHOWN:
                walk.skip_subtree()
                continue
            if tag in BREAKS:
                reading.end_block()
            links += tag == "a" and _leads_elsewhere(element)
            reading.add(element.text, element, in_link=links > 0)
            continue
        if event == "end" and tag not in UNSHOWN:
            links -= tag == "a" and _leads_elsewhere(element)
            if tag in BREAKS:
                reading.end_block()
        if element is not root and (parent := element.getparent()) is not None:
            reading.add(element.tail, parent, in_link=links > 0)
    reading.end_block()
    return reading.blocks


def _leads_elsewhere(link: html.HtmlElement) -> bool:
    return not (link.get("href") or "#").startswith("#")


def text_of(element: html.HtmlElement) -> str:
    """The shown text of an element on one line."""
    return " ".join(block.text for block in blocks(element))


def names_of(element: html.HtmlElement, *attributes: str) -> str:
    """What a page calls an element in these attributes, in lower case."""
    return " ".join(element.get(name) or "" for name in attributes)[:NAMES_CHARACTERS].lower()

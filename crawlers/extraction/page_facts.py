"""Title, author and lead of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import html

from crawlers.extraction import linked_data
from crawlers.extraction.blocks import Block, names_of, text_of
from crawlers.extraction.wording import beginning_with, folded

SITE_SEPARATORS = re.compile(r"\s+(?:[|·•»–—]|-|::)\s+")
"""Between a title and the site's name."""

SITE_NAME_CHARACTERS = 40
"""What stands at an end of a title and is longer is no site's name."""

SHORTEST_TITLE = 12
AUTHOR_CHARACTERS = 80
LEAD_CHARACTERS = (30, 1000)
SHOWN_LEAD_CHARACTERS = (40, 900)
MOST_LINKED_LEAD = 0.3
"""Characters of a title, of an author, of a lead that is stated and of one that is shown, and the largest part of the
last that is links. What is shorter or longer is something else."""

NO_NAME = re.compile(r"[@/\d<>{}]|https?:|www\.", re.IGNORECASE)
BY = re.compile(
    r"^(?:piše|pise|pišu|autor(?:i|ka)?|аутор|пише|автор|nga|shkruar nga|de|scris de|by|от)\b\s*:?\s+", re.IGNORECASE
)

LEAD_NAMES = re.compile(
    r"(?:^|[\s_-])(?:lead|leed|lid|intro|podnaslov|nadnaslov|subtitle|sub-?title|sub-?head\w*|standfirst|sazetak|summary|"
    r"chapeau|perex|excerpt|deck|teaser|opis|description|rezumat|nentitull|permbledhje|kratko)(?=$|[\s_-])"
)
"""Words of classes under which sites put the first paragraph of an article above the others."""


def metas(document: html.HtmlElement) -> dict[str, str]:
    """The first content of each of the page's meta elements, by its name in lower case."""
    found: dict[str, str] = {}
    for meta in document.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            content = " ".join((meta.get("content") or "").split())
            if content and (name := (meta.get(attribute) or "").strip().lower()):
                found.setdefault(name, content)
    return found


def title_of(document: html.HtmlElement, meta: dict[str, str], ld: list[dict[str, Any]]) -> str:
    """The title: a heading of the page that its head repeats, else what the head says without the site's name."""
    head = text_of_first(document, "title")
    stated = meta.get("og:title") or meta.get("twitter:title") or _headline(ld)
    if folded(stated) == folded(meta.get("og:site_name", "")):
        stated = ""
    headings = [text for heading in document.iter("h1") if (text := " ".join(text_of(heading).split()))]
    for heading in headings:
        form = folded(heading)
        if len(form) >= SHORTEST_TITLE and (form in folded(stated) or form in folded(head)):
            return heading
    if stated:
        return without_site(stated, meta.get("og:site_name", ""))
    if len(headings) == 1 and len(headings[0]) >= SHORTEST_TITLE:
        return headings[0]
    return without_site(head, meta.get("og:site_name", "")) or next(iter(headings), "")


def text_of_first(document: html.HtmlElement, tag: str) -> str:
    """The text of the first element of this name, on one line."""
    for element in document.iter(tag):
        if text := " ".join(element.text_content().split()):
            return text
    return ""


def without_site(title: str, site: str) -> str:
    """A title without the name of its site: of the parts between separators the longest, where the others are short
    enough to be names."""
    parts = SITE_SEPARATORS.split(title)
    if len(parts) == 1:
        return title
    if site:
        kept = [part for part in parts if folded(part) != folded(site)]
        if len(kept) < len(parts):
            return title[title.index(kept[0]) : title.rindex(kept[-1]) + len(kept[-1])] if kept else title
    ends = [part for part in (parts[0], parts[-1]) if len(part) <= SITE_NAME_CHARACTERS]
    longest = max(parts, key=len)
    if longest in (parts[0], parts[-1]) and len(parts) == 2 and ends and len(longest) >= SHORTEST_TITLE:
        return longest
    if len(parts) > 2 and len(parts[-1]) <= SITE_NAME_CHARACTERS:
        return title[: title.rindex(parts[-1])].rstrip(" |·•»–—-:")
    return title


def _headline(ld: list[dict[str, Any]]) -> str:
    return next(
        (text for node in ld if linked_data.is_article(node) if (text := linked_data.string(node, "headline"))), ""
    )


def author_of(document: html.HtmlElement, meta: dict[str, str], ld: list[dict[str, Any]]) -> str | None:
    """Who signed the article; None where nobody did, or only the site itself."""
    site = folded(meta.get("og:site_name", ""))
    for name in _authors(document, meta, ld):
        bare = BY.sub("", " ".join(name.split())).strip(" ,;:|·-–")
        if 2 < len(bare) <= AUTHOR_CHARACTERS and not NO_NAME.search(bare) and folded(bare) != site:
            return bare
    return None


def _authors(document: html.HtmlElement, meta: dict[str, str], ld: list[dict[str, Any]]) -> Iterator[str]:
    for node in ld:
        if linked_data.is_article(node):
            yield ", ".join(_names(node.get("author")))
    for name in ("author", "article:author", "dc.creator", "parsely-author"):
        yield meta.get(name, "")
    for path in (
        "//*[@itemprop='author']//*[@itemprop='name']",
        "//*[@itemprop='author' or @rel='author']",
        "//*[contains(concat(' ', normalize-space(@class), ' '), ' author ')]",
        "//*[contains(concat(' ', normalize-space(@class), ' '), ' autor ')]",
        "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]",
    ):
        yield from (text_of(element) for element in document.xpath(path)[:3])


def _names(author: object) -> list[str]:
    people = author if isinstance(author, list) else [author]
    named = (person.get("name") if isinstance(person, dict) else person for person in people[:10])
    return [linked_data.plain(name) for name in named if isinstance(name, str) and name.strip()]


def lead_of(meta: dict[str, str], ld: list[dict[str, Any]]) -> str | None:
    """What the site gives as the article's summary; None where it gives none."""
    stated = [meta.get("description", ""), meta.get("og:description", "")]
    stated += [linked_data.string(node, "description") for node in ld if linked_data.is_article(node)]
    least, most = LEAD_CHARACTERS
    plain = (" ".join(linked_data.plain(text).split()) for text in stated)
    return next((text[:most] for text in plain if len(text) >= least), None)


def shown_lead(shown: list[Block], title: str, text: str) -> str | None:
    """The paragraph that stands above the text under a name of its own, where the text lacks it: sites set the first
    paragraph apart, and who, what and where stand in it."""
    first_line = folded(text.partition("\n")[0])[:60]
    whole = folded(text)
    least, most = SHOWN_LEAD_CHARACTERS
    under_title = False
    for block in shown:
        form = folded(block.text)
        if form.startswith(first_line):
            return None
        if form == folded(title):
            under_title = True
        elif (
            under_title
            and least <= len(block.text) <= most
            and block.link_share < MOST_LINKED_LEAD
            and form not in whole
            and _is_called_lead(block.element)
            and not beginning_with("credits").match(form)
        ):
            return block.text
    return None


def _is_called_lead(element: html.HtmlElement) -> bool:
    for depth, one in enumerate((element, *element.iterancestors())):
        if depth > 2 or one.tag in ("body", "html", "article", "main"):
            return False
        if LEAD_NAMES.search(names_of(one, "class", "itemprop")):
            return True
    return False

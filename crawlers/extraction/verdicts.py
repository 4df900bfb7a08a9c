"""Pages that answer with status 200 and are no article, told in plain words: what they are instead.

The reasons are few and fixed, for they are counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml import html

from crawlers.extraction.blocks import Block, blocks, names_of
from crawlers.extraction.boilerplate import is_consent
from crawlers.extraction.linked_data import is_article
from crawlers.extraction.page_facts import text_of_first
from crawlers.extraction.wording import beginning_with, containing, folded

SHORT_CHARACTERS = 700
"""A page with more text than this is an article whatever else it says."""

TITLE_CHARACTERS = 90

BEGINNING = 60
"""Characters by which a line of the text is found again on the page."""

LIST_LINES = 2
AVERAGE_SUMMARY = 260
LISTED_SHARE = 0.6
HEADLINE_LINKS = 0.6
HEADLINE_CHARACTERS = 20
BETWEEN_CHARACTERS = 40
"""A list has so many lines, on average no longer than this, so many of them behind a headline that is a link, with no
more between than a date."""

APP_ROOTS = frozenset({"root", "app", "__next", "__nuxt", "___gatsby", "svelte", "app-root"})
PAYWALL_NAMES = re.compile(
    r"(?:^|[\s_-])(?:paywall\w*|piano|premium-?(?:content|gate|wall)\w*|subscriber-?only|locked-?content)(?=$|[\s_-])"
)
FRONT_PAGES = re.compile(r"/?(?:(?:lat|cir|latinica|cirilica|sr|sq|mk|ro|ru|en|bs|me)/?)?(?:index\.\w{3,5})?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page is instead of an article. `permanent`: another attempt will not change that."""

    reason: str
    permanent: bool


FRONT_PAGE = Verdict("the address leads to the site's front page", permanent=False)
NOT_FOUND = Verdict("a page that says the article is not there (with status 200)", permanent=False)
BOT_CHECK = Verdict("a page that asks whether a person reads it", permanent=False)
PAYWALL = Verdict("behind a paywall: the text goes on for subscribers only", permanent=True)
FRAMES = Verdict("the page is made of frames", permanent=True)
CONSENT = Verdict("a consent wall: it shows its text to who accepts cookies", permanent=True)
SCRIPTS = Verdict("the page shows its text by script alone: set render = true for the source", permanent=True)
SENT_ON = Verdict("the page only sends browsers on to another address", permanent=True)
LIST = Verdict("a list of articles, not one", permanent=False)


def leads_to_front_page(asked: str, ended: str) -> bool:
    """Whether redirects have led from an article's address to the site's front page."""
    try:
        began, end = urlsplit(asked), urlsplit(ended)
    except ValueError:
        return False
    is_front = FRONT_PAGES.fullmatch(end.path.lower()) is not None and not end.query
    return is_front and (began.path.rstrip("/"), began.query) != (end.path.rstrip("/"), end.query)


def instead_of_article(
    document: html.HtmlElement, ld: list[dict[str, Any]], title: str, text: str, least: int
) -> Verdict | None:
    """What a page is whose extracted text is `text`; None where it may well be an article, or where nothing tells why
    it has less than `least` characters. `document` is not pruned."""
    if len(text) >= SHORT_CHARACTERS:
        return None
    headings = (title, text_of_first(document, "title"), text_of_first(document, "h1"))
    forms = [folded(heading) for heading in headings if len(heading) <= TITLE_CHARACTERS]
    if any(beginning_with("not_found").match(part) for form in forms for part in re.split(r" [|–—:-]+ ", form)):
        return NOT_FOUND
    if any(beginning_with("bot_check").match(form) for form in forms):
        return BOT_CHECK
    whole = [folded(block.text) for block in blocks(document)]
    if _is_behind_paywall(document, ld, whole):
        return PAYWALL
    return _why_empty(document, whole) if len(text) < least else None


def _is_behind_paywall(document: html.HtmlElement, ld: list[dict[str, Any]], whole: list[str]) -> bool:
    if any(is_article(node) and str(node.get("isAccessibleForFree")).lower() == "false" for node in ld):
        return True
    asks = any(len(form) <= 400 and containing("paywall").search(form) for form in whole)
    return asks and (_has_paywall_name(document) or sum(map(len, whole)) < 2 * SHORT_CHARACTERS)


def _has_paywall_name(document: html.HtmlElement) -> bool:
    return any(
        PAYWALL_NAMES.search(names_of(element, "class", "id"))
        for element in document.iter("div", "section", "aside", "p")
    )


def _why_empty(document: html.HtmlElement, whole: list[str]) -> Verdict | None:
    if next(document.iter("frameset"), None) is not None:
        return FRAMES
    refresh = [meta for meta in document.iter("meta") if (meta.get("http-equiv") or "").lower() == "refresh"]
    if any("url=" in (meta.get("content") or "").lower() for meta in refresh):
        return SENT_ON
    if _needs_scripts(document):
        return SCRIPTS
    if any(is_consent(form) for form in whole):
        return CONSENT
    shown = sum(map(len, whole))
    return FRAMES if shown < SHORT_CHARACTERS and next(document.iter("iframe", "frame"), None) is not None else None


def _needs_scripts(document: html.HtmlElement) -> bool:
    for element in document.iter("noscript"):
        if containing("scripts").search(folded(" ".join(element.itertext()))):
            return True
    return any(
        (element.get("id") or "") in APP_ROOTS or element.tag == "app-root"
        for element in document.iter("div", "app-root", "main")
        if not " ".join(element.itertext()).strip()
    )


def is_list(shown: list[Block], text: str) -> bool:
    """Whether the lines of a text stand each behind a headline that leads to another article, as on a section's page.
    `shown` are the page's blocks before it was pruned. In an article a "read also" may stand between paragraphs, but
    not before the first."""
    lines = {folded(line)[:BEGINNING]: len(line) for line in text.splitlines()}
    if len(lines) < LIST_LINES or sum(lines.values()) / len(lines) > AVERAGE_SUMMARY:
        return False
    behind: dict[str, bool] = {}
    since_headline: int | None = None
    for block in shown:
        beginning = folded(block.text[: 2 * BEGINNING])[:BEGINNING]  # folding shortens a text, and never by half
        if beginning in lines:
            behind.setdefault(beginning, since_headline is not None and since_headline <= BETWEEN_CHARACTERS)
            since_headline = None
        elif block.link_share >= HEADLINE_LINKS and block.linked >= HEADLINE_CHARACTERS:
            since_headline = 0
        elif since_headline is not None:
            since_headline += len(block.text)
    return bool(behind) and next(iter(behind.values())) and sum(behind.values()) >= LISTED_SHARE * len(lines)

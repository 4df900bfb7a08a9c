"""The address that a page says is its own: rel=canonical, else og:url; believed when it is plausible.

Sites declare the front page, one address for all their pages, or the page of another language; none of that is
believed, for it would make one article of many. What cannot be told from one page alone, `settling.py` asks of the
articles known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from lxml import html

from crawlers.identity.address_rules import PROGRAM, Address, table
from crawlers.identity.normal_form import NotAnAddress, normalised, parsed, written

PAGING = re.compile(r"(?:page|paged|pg|strana|stranica|str|faqe|pagina)=.*", re.IGNORECASE)
"""Parameters that turn the pages of a list: each holds other texts."""

TELLING = re.compile(r".*\d{3}|.*-.*-|.{24}", re.DOTALL)
"""A segment of a path that names one article: a number, or a headline of several words."""


def declared_address(document: html.HtmlElement, url: str) -> str | None:
    """The normal form of the address that the page at `url` says is its own; None when it says none that can be."""
    here = parsed(normalised(url))
    for said in (_canonical(document), _og_url(document)):
        try:
            address = parsed(normalised(urljoin(url, said))) if said else None
        except (NotAnAddress, ValueError):
            continue
        if address is not None and is_plausible(address, here):
            return written(address)
    return None


def is_plausible(said: Address, here: Address) -> bool:
    """Whether a page may have the address `said` as its own."""
    return (
        _is_same_site(said, here)
        and bool(said.segments or said.query)
        and _language(said) == _language(here)
        and _pages(said) == _pages(here)
        and not _says_less(said, here)
    )


def _canonical(document: html.HtmlElement) -> str | None:
    found = {_value(link.get("href")) for link in document.iter("link") if "canonical" in _tokens(link.get("rel"))}
    found.discard("")
    return found.pop() if len(found) == 1 else None  # two that contradict say nothing


def _og_url(document: html.HtmlElement) -> str | None:
    return next(_og_urls(document), None)


def _og_urls(document: html.HtmlElement) -> Iterator[str]:
    for meta in document.iter("meta"):
        if _value(meta.get("property") or meta.get("name")).lower() == "og:url" and _value(meta.get("content")):
            yield _value(meta.get("content"))


def _value(attribute: str | None) -> str:
    return (attribute or "").strip()


def _tokens(attribute: str | None) -> list[str]:
    return _value(attribute).lower().split()


def _is_same_site(said: Address, here: Address) -> bool:
    """Whether one host is the other's or lies below it, on the same port."""
    one, other = said.host, here.host
    below = one.endswith(f".{other}") or other.endswith(f".{one}")
    return said.port == here.port and (one == other or (below and not _is_registry(min(one, other, key=len))))


def _is_registry(host: str) -> bool:
    labels = host.split(".")
    return len(labels) == 1 or (len(labels) == 2 and labels[0] in table()["registry_labels"])


def _language(address: Address) -> str:
    """The language that an address names, "" where it names none. Languages of one story are different articles."""
    languages = table()["languages"]
    for pair in address.query:
        name, _, value = pair.partition("=")
        if name.lower() in ("lang", "lng", "jezik", "language", "hl", "l") and value:
            return value.lower()
    for part in (address.segments[0] if address.segments else "", address.host.split(".")[0]):
        if part.lower() in languages:
            return part.lower()
    return ""


def _pages(address: Address) -> list[str]:
    return [pair for pair in address.query if PAGING.fullmatch(pair)]


def _says_less(said: Address, here: Address) -> bool:
    """Whether an address is another one with less in it, and what is left names no article: a section, a program."""
    if replace(said, query=()) == replace(here, query=()):
        dropped = set(here.query) - set(said.query)
        return bool(dropped) and not _names_an_article(said)
    length = len(said.segments)
    above = length < len(here.segments) and here.segments[:length] == said.segments
    return above and not _names_an_article(said)


def _names_an_article(address: Address) -> bool:
    last = address.segments[-1] if address.segments else ""
    if PROGRAM.fullmatch(last) and not TELLING.match(last):
        return bool(address.query)
    return TELLING.match(last) is not None

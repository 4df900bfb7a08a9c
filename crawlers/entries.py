"""What a source file declares: outlets and institutions with their feeds, one `[[source]]` table each.

    [[source]]
    id = "example.rs"                # the domain
    name = "Example"
    url = "https://example.rs/"
    jurisdiction = "RS"
    kind = "media"                   # or "official"
    languages = ["sr"]               # codes of the labelled articles
    feeds = [{ url = "https://example.rs/feed/", kind = "rss" }]    # rss, atom, sitemap, section or page
    verified = true                  # `avmp sources check` has reached it

These keys may be left out: `reach` (national, local, agency, broadcaster, police, ministry, border, prosecutor, court),
`platform` (a table of platforms.toml, whose usual paths are tried where no feed is known), `conditional = false` (the
site's ETag or Last-Modified lies), `render = true` (its pages need a browser), and a table of CSS selectors for pages
that the general extraction reads wrongly, each optional:

    selectors = { title = "h1", text = "div.body", date = "time", author = ".by", drop = ["div.related"] }

A section page may say which links are articles and how it goes on:

    { url = "https://mup.example/news", kind = "section", links = "h3 a", pages = 3, next = "a.next" }
    { url = "https://mup.example/news", kind = "section", pages = 3, page_address = "https://mup.example/{page}" }
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    field_validator,
    model_validator,
)
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from codebook.records import Jurisdiction, SourceKind
from crawlers.identity.normal_form import NotAnAddress, normalised
from crawlers.platforms import FeedKind, platforms

LanguageCode = Literal["sq", "sr", "bs", "hr", "cnr", "mk", "ro", "ru", "en"]


def _web_address(value: str) -> str:
    try:
        normalised(value)
    except NotAnAddress:
        raise ValueError("write an http or https address") from None
    if any(character.isspace() for character in value):
        raise ValueError("write the address without spaces")
    return value


def _domain(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", value):
        raise ValueError("write the site's domain in lower case, such as example.rs")
    return value


def _selector(value: str) -> str:
    try:
        LexborHTMLParser("<p>").css(value)
    except SelectolaxError:
        raise ValueError("write a CSS selector, such as div.body > h1") from None
    return value


def _known_platform(value: str) -> str:
    if value not in platforms():
        raise ValueError(f"use one of {', '.join(platforms())}")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
Selector = Annotated[str, AfterValidator(_selector)]

COMMENTS = frozenset({"comments", "comment", "comments-feed", "komentari", "komentet"})


def brings_comments(url: str) -> bool:
    """Whether an address is that of a feed of readers' comments, as WordPress keeps one beside each feed."""
    path, _, query = url.partition("?")
    return not COMMENTS.isdisjoint(path.lower().split("/")) or "feed=comments" in query.lower()


MOST_PAGES = 50
"""Pages of a section that one poll may read: more is a back-fill, not a poll."""


class FeedEntry(BaseModel):
    """One feed, sitemap, section page or changing page of a source.

    For a section: `links` selects the links to its articles (all that read like headlines below its path when it is
    not named), and one poll reads `pages` pages, found by the link that `next` selects or by putting 2, 3, … into
    `page_address`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: WebAddress
    kind: FeedKind
    links: Selector | None = None
    pages: Annotated[int, Field(strict=True, ge=1, le=MOST_PAGES)] = 1
    next: Selector | None = None
    page_address: WebAddress | None = None

    @field_validator("url")
    @classmethod
    def _no_comments(cls, value: str) -> str:
        if brings_comments(value):
            raise ValueError("a feed of comments brings no news: name the feed of articles")
        return value

    @model_validator(mode="after")
    def _pages_of_a_section(self) -> Self:
        if self.kind != "section":
            for key in ("links", "next", "page_address"):
                if getattr(self, key) is not None:
                    raise ValueError(f"{key} is for kind section: remove it")
            if self.pages > 1:
                raise ValueError("pages is for kind section: remove it")
        if self.next is not None and self.page_address is not None:
            raise ValueError("next and page_address both say where the next page is: keep one")
        if self.page_address is not None and "{page}" not in self.page_address:
            raise ValueError("page_address needs {page} where the number stands")
        if (self.pages > 1) != (self.next is not None or self.page_address is not None):
            raise ValueError("pages needs next or page_address, and these need pages above 1: add or remove one")
        return self


class Selectors(BaseModel):
    """Where a source's pages keep what an article consists of; the general extraction finds what is not named.

    `drop` are the parts that are taken out of the page before it is read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Selector | None = None
    text: Selector | None = None
    date: Selector | None = None
    author: Selector | None = None
    drop: tuple[Selector, ...] = ()


Reach = Literal["national", "local", "agency", "broadcaster", "police", "ministry", "border", "prosecutor", "court"]

MEDIA_REACH = ("national", "local", "agency", "broadcaster")
"""The reach of media; the others are institutions."""


class SourceEntry(BaseModel):
    """One outlet or institution. Without feeds it is known but not polled, and so it cannot be verified.

    `conditional` sends ETag and Last-Modified back to the site; `render` reads its pages through a browser.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, AfterValidator(_domain)]
    name: Annotated[str, Field(min_length=1)]
    url: WebAddress
    jurisdiction: Jurisdiction
    kind: SourceKind
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)]
    feeds: tuple[FeedEntry, ...] = ()
    verified: StrictBool = False
    reach: Reach | None = None
    platform: Annotated[str, AfterValidator(_known_platform)] | None = None
    conditional: StrictBool = True
    render: StrictBool = False
    selectors: Selectors | None = None

    @model_validator(mode="after")
    def _reach_of_its_kind(self) -> Self:
        if self.reach is not None and (self.reach in MEDIA_REACH) != (self.kind == "media"):
            raise ValueError(f"reach {self.reach} does not go with kind {self.kind}: correct one")
        return self

    @model_validator(mode="after")
    def _verified_has_a_feed(self) -> Self:
        if self.verified and not self.feeds:
            raise ValueError("a verified source needs a feed: add one or set verified = false")
        return self

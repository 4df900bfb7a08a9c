"""The source registry: which outlets and institutions are watched, declared in TOML, one file per jurisdiction.

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

A source that breaks a rule is a `BadSource`. `load` raises the first one, unless it is given `on_error`: then every
one is handed to it, the source (or, when it is no TOML, the file) is left out, and the others go on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from codebook.codes import code_list
from codebook.errors import BadSource
from codebook.records import Jurisdiction, SourceKind
from crawlers.identity import NotAnAddress, normalised
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
    pages: Annotated[int, Field(ge=1, le=MOST_PAGES)] = 1
    next: Selector | None = None
    page_address: WebAddress | None = None

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

    id: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
    name: Annotated[str, Field(min_length=1)]
    url: WebAddress
    jurisdiction: Jurisdiction
    kind: SourceKind
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)]
    feeds: tuple[FeedEntry, ...] = ()
    verified: bool = False
    reach: Reach | None = None
    platform: Annotated[str, AfterValidator(_known_platform)] | None = None
    conditional: bool = True
    render: bool = False
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


class Registry(BaseModel):
    """All sources, in the order of files and entries."""

    model_config = ConfigDict(frozen=True)

    sources: tuple[SourceEntry, ...]

    def verified(self) -> Registry:
        """The verified sources alone."""
        return Registry(sources=tuple(source for source in self.sources if source.verified))

    def feeds(self) -> Iterator[tuple[SourceEntry, FeedEntry]]:
        """Every feed with its source."""
        for source in self.sources:
            for feed in source.feeds:
                yield source, feed


OnError = Callable[[BadSource], None]


def load(folder: Path | None = None, on_error: OnError | None = None) -> Registry:
    """The registry of a folder of TOML files; the registry that comes with the program when it is not named.

    Raises:
        BadSource: the folder has no TOML file, or (without `on_error`) a file or source is wrong.
    """
    if folder is not None:
        return _load(folder, on_error)
    with as_file(files("crawlers") / "sources") as bundled:
        return _load(bundled, on_error)


def _load(folder: Path, on_error: OnError | None) -> Registry:
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise BadSource(str(folder), "", "no .toml file in it", "name a folder with source files such as RS.toml")
    ids: dict[str, str] = {}
    feeds: dict[str, str] = {}
    sources: list[SourceEntry] = []

    def report(error: BadSource) -> None:
        if on_error is None:
            raise error
        on_error(error)

    for path in paths:
        for number, raw in enumerate(_tables(path, report)):
            try:
                source = _source(path, number, raw)
                _require_unique(path, source, ids, feeds)
            except BadSource as error:
                report(error)
                continue
            ids[source.id] = path.name
            feeds.update((normalised(feed.url), f"{source.id} in {path.name}") for feed in source.feeds)
            sources.append(source)
    return Registry(sources=tuple(sources))


def _tables(path: Path, report: OnError) -> Iterable[Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        report(BadSource(str(path), "", str(error), "mend the file there: it is to be TOML in UTF-8"))
        return ()
    for key in document:
        if key != "source":
            report(BadSource(str(path), key, document[key], "write [[source]] tables only"))
    tables = document.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        report(BadSource(str(path), "source", tables, "write [[source]] with double brackets"))
        return ()
    return tables


def _source(path: Path, number: int, raw: dict[str, Any]) -> SourceEntry:
    named = raw.get("id") if isinstance(raw.get("id"), str) else number
    try:
        source = SourceEntry.model_validate(raw)
    except ValidationError as error:
        # A misspelt key is also a missing one: the misspelling is what is to be mended
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        field = f"source[{named}]" + "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
        )
        value = None if first["type"] == "missing" else first["input"]
        raise BadSource(str(path), field, value, _remedy(first)) from None
    if path.stem in code_list("jurisdiction") and source.jurisdiction != path.stem:
        remedy = f"write {path.stem}, or move the source to {source.jurisdiction}.toml"
        raise BadSource(str(path), f"source[{named}].jurisdiction", source.jurisdiction, remedy)
    return source


PARTS: dict[Any, type[BaseModel]] = {"feeds": FeedEntry, "selectors": Selectors}
"""The tables inside a source, whose keys are their own."""


def _remedy(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        owner = next((PARTS[part] for part in error["loc"][:-1] if part in PARTS), SourceEntry)
        known = owner.model_fields
        close = get_close_matches(str(error["loc"][-1]), known, n=1)
        return f"unknown key; write {close[0]}" if close else f"unknown key; use one of {', '.join(known)}"
    if error["type"] == "missing":
        return "add this key"
    return str(error["msg"]).removeprefix("Value error, ")


def _require_unique(path: Path, source: SourceEntry, ids: dict[str, str], feeds: dict[str, str]) -> None:
    if source.id in ids:
        remedy = f"the source is already in {ids[source.id]}: keep one"
        raise BadSource(str(path), f"source[{source.id}].id", source.id, remedy)
    own: set[str] = set()
    for number, feed in enumerate(source.feeds):
        key = normalised(feed.url)
        if key in feeds or key in own:
            remedy = f"the feed already belongs to {feeds.get(key, 'this source')}: keep one"
            raise BadSource(str(path), f"source[{source.id}].feeds[{number}].url", feed.url, remedy)
        own.add(key)

"""Finding the feeds of a site: what its front page links to, what robots.txt names, where its platform keeps them, and
where there is no feed, its rubric of crime and accidents."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree
from protego import Protego

from codebook.errors import BadSource
from crawlers.entries import FeedEntry, brings_comments
from crawlers.feeds import formats
from crawlers.feeds.formats import FeedDocument, NotAFeed
from crawlers.fetching.fetcher import Fetched, Fetcher, FetchFailed, run_with_fetcher
from crawlers.front_page import FrontPage, joined
from crawlers.identity.normal_form import NotAnAddress, host_of, normalised
from crawlers.platforms import FeedKind, usual_feeds
from crawlers.registry import Registry
from crawlers.settings import CrawlSettings

UNWANTED = ("/author/", "/tag/", "/event")
"""Parts of addresses of feeds that bring no news."""

ENOUGH = 3
"""So many feeds of a site are proposed at most."""

FRUITLESS = ("network", "throttled")
"""Failures after which further addresses of the site are not tried."""


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answered and lists something, and the title it gives itself."""

    feed: FeedEntry
    title: str


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a site after looking at it. `language` is a label code, "" when it could not be told."""

    url: str
    name: str
    language: str
    platform: str | None
    feeds: tuple[FeedEntry, ...]

    @property
    def id(self) -> str:
        """The domain."""
        return _domain(self.url)


def require_new(known: Registry, url: str) -> None:
    """Raises `BadSource` when a site at this address is a source already."""
    for source in known.sources:
        if _domain(url) in (source.id, _domain(source.url)):
            remedy = f"it is known as {source.id}: try `avmp sources check {source.id}`"
            raise BadSource("sources add", "url", url, remedy)


def discover(settings: CrawlSettings, url: str, jurisdiction: str) -> Site:
    """Looks at a site and tries every feed found. Blocks, once per process.

    Raises:
        BadSource: `url` is no web address, or the front page cannot be had.
    """

    async def work(fetcher: Fetcher) -> Site:
        try:
            normalised(url)
            front = await fetcher.get(url)
        except NotAnAddress:
            raise BadSource("sources add", "url", url, "write an http or https address") from None
        except FetchFailed as failure:
            remedy = f"{failure.reason}: name the front page of a site that answers"
            raise BadSource("sources add", "url", url, remedy) from None
        if formats.is_feed(front.body):
            remedy = f"that is a feed: name the front page, such as {urljoin(front.url, '/')}"
            raise BadSource("sources add", "url", front.url, remedy)
        try:
            page = FrontPage(front)
        except etree.LxmlError as error:
            raise BadSource("sources add", "url", front.url, f"{error}: name the front page of a site") from None
        found = await Search(settings, fetcher).of(page, page.platform())
        name, platform = page.name([one.title for one in found]), page.platform()
        return Site(front.url, name, page.language(jurisdiction), platform, tuple(one.feed for one in found))

    return run_with_fetcher(settings, work)


def toml_feeds(found: Iterable[FeedEntry]) -> str:
    """The line of a source file that declares feeds. A JSON string is a TOML string."""
    listed = ", ".join(f'{{ url = {json.dumps(feed.url)}, kind = "{feed.kind}" }}' for feed in found)
    return f"feeds = [{listed}]"


def toml_entry(site: Site, jurisdiction: str, kind: str) -> str:
    """The site as a `[[source]]` table, unverified, to be looked over and added to a source file."""
    platform = f'platform = "{site.platform}"\n' if site.platform else ""
    return (
        f"[[source]]\nid = {json.dumps(site.id)}\nname = {json.dumps(site.name, ensure_ascii=False)}\n"
        f'url = {json.dumps(site.url)}\njurisdiction = "{jurisdiction}"\nkind = "{kind}"\n'
        f"languages = [{json.dumps(site.language) if site.language else ''}]\n{platform}"
        f"{toml_feeds(site.feeds)}\nverified = false"
    )


def _domain(url: str) -> str:
    return host_of(url).removeprefix("www.")


async def read_feed(settings: CrawlSettings, fetcher: Fetcher, feed: FeedEntry) -> tuple[Fetched, FeedDocument]:
    """A feed's answer and what it lists; of a sitemap index, what the newest sitemap lists.

    Raises:
        FetchFailed, NotAFeed: it could not be had, or is something else.
    """
    page = await fetcher.get(feed.url)
    document = await _parsed(settings, page, feed)
    if document.children:
        document = await _parsed(settings, await fetcher.get(document.children[0].url), feed)
    return page, document


async def _parsed(settings: CrawlSettings, page: Fetched, feed: FeedEntry) -> FeedDocument:
    header, limit = page.header("content-type"), settings.max_items_per_feed
    return await asyncio.to_thread(formats.parse, page.body, header, page.url, feed.kind, limit, feed.links)


class Search:
    """Looks for the feeds of one site. After `seconds` no further address is asked for."""

    def __init__(self, settings: CrawlSettings, fetcher: Fetcher, seconds: float = float("inf")) -> None:
        self._settings, self._fetcher = settings, fetcher
        self._ends = time.monotonic() + seconds
        self._tried: set[str] = set()

    async def at(self, url: str, platform: str | None) -> tuple[Found, ...]:
        """The feeds of the site with this front page.

        Raises:
            FetchFailed: the front page could not be had.
        """
        try:
            page = FrontPage(await self._fetcher.get(url))
        except etree.LxmlError:
            return ()
        return await self.of(page, platform or page.platform())

    async def of(self, page: FrontPage, platform: str | None) -> tuple[Found, ...]:
        """The feeds of the site with this front page: what it names, else what stands at the usual places, else its
        chronicle."""
        usual = usual_feeds(page.url, platform) if platform else []
        return (
            await self._working([*page.linked_feeds(), *await self._in_robots(page.url)])
            or await self._working([*usual, *usual_feeds(page.url, None)], enough=1)
            or await self._working(page.chronicles())
        )

    async def _in_robots(self, base: str) -> list[tuple[str, FeedKind]]:
        try:
            robots = await self._fetcher.get(urljoin(base, "/robots.txt"))
        except FetchFailed:
            return []
        listed = list(Protego.parse(robots.body.decode("utf-8", "replace")).sitemaps)
        news_first = sorted(listed, key=lambda address: "news" not in address.lower())
        return [(joined(base, address), "sitemap") for address in news_first[:ENOUGH]]

    async def _working(self, candidates: list[tuple[str, FeedKind]], enough: int = ENOUGH) -> tuple[Found, ...]:
        """The candidates that work, each once, until there are enough; a sitemap only where there is no feed."""
        found: list[Found] = []
        for url, kind in candidates:
            if len(found) >= enough or time.monotonic() > self._ends:
                break
            if (found and kind == "sitemap") or not self._is_new(url):
                continue
            try:
                feed = FeedEntry(url=url, kind=kind)
                _, document = await read_feed(self._settings, self._fetcher, feed)
            except FetchFailed as failure:
                if failure.kind in FRUITLESS:
                    self._ends = 0.0
                continue
            except NotAFeed:
                continue
            if document.items:
                found.append(Found(feed, document.title or ""))
        return tuple(found)

    def _is_new(self, url: str) -> bool:
        try:
            key = normalised(url)
        except NotAnAddress:
            return False
        if any(character.isspace() for character in url):
            return False
        if key in self._tried or brings_comments(url) or any(part in url.lower() for part in UNWANTED):
            return False
        self._tried.add(key)
        return True

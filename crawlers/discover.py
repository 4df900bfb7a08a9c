"""Finding the feeds of a site: what its front page links to, what robots.txt names, where platforms keep them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree, html
from protego import Protego

from codebook.errors import BadSource
from crawlers import feeds
from crawlers.charset import decoded
from crawlers.feeds import FeedDocument, NotAFeed
from crawlers.fetching import Fetched, Fetcher, FetchFailed, run_with_fetcher
from crawlers.identity import NotAnAddress, host_of, normalised
from crawlers.platforms import FeedKind
from crawlers.registry import Registry
from crawlers.settings import CrawlSettings
from languages.identification import identify, label_language

COMMON_PATHS: tuple[tuple[str, FeedKind], ...] = (
    ("/feed/", "rss"),
    ("/rss", "rss"),
    ("/rss.xml", "rss"),
    ("/feed.xml", "rss"),
    ("/index.php/feed/", "rss"),
    ("/?format=feed&type=rss", "rss"),
    ("/atom.xml", "atom"),
    ("/news-sitemap.xml", "sitemap"),
    ("/sitemap-news.xml", "sitemap"),
    ("/sitemap_news.xml", "sitemap"),
    ("/sitemap.xml", "sitemap"),
    ("/sitemap_index.xml", "sitemap"),
)
"""Where WordPress, Joomla, Drupal and the region's own systems keep feeds, the better ones first."""

LINK_TYPES: dict[str, FeedKind] = {"application/rss+xml": "rss", "application/atom+xml": "atom"}

UNWANTED = ("comment", "/author/", "/tag/")
"""Parts of addresses of feeds that bring no news."""

ENOUGH = 3
"""So many feeds of a site are proposed at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answered and lists something."""

    url: str
    kind: FeedKind
    title: str


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a site after looking at it. `language` is a label code, "" when it could not be told."""

    url: str
    name: str
    language: str
    feeds: tuple[Found, ...]

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
    """Looks at a site's front page, its robots.txt and the usual places, and tries every feed found. Blocks, once per
    process.

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
        document = _front_page(front)
        declared = [*_linked(document, front.url), *await _in_robots(fetcher, front.url)]
        found = await _working(settings, fetcher, declared)
        if not found:
            guessed = [(urljoin(front.url, path), kind) for path, kind in COMMON_PATHS]
            found = await _working(settings, fetcher, guessed)
        return Site(front.url, _name(document, front.url, found), _language(document, jurisdiction), tuple(found))

    return run_with_fetcher(settings, work)


def toml_entry(site: Site, jurisdiction: str, kind: str) -> str:
    """The site as a `[[source]]` table, unverified, to be looked over and added to a source file."""
    listed = ", ".join(f'{{ url = {json.dumps(feed.url)}, kind = "{feed.kind}" }}' for feed in site.feeds)
    return (
        f"[[source]]\nid = {json.dumps(site.id)}\nname = {json.dumps(site.name, ensure_ascii=False)}\n"
        f'url = {json.dumps(site.url)}\njurisdiction = "{jurisdiction}"\nkind = "{kind}"\n'
        f"languages = [{json.dumps(site.language) if site.language else ''}]\nfeeds = [{listed}]\nverified = false"
    )


def _domain(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _front_page(front: Fetched) -> html.HtmlElement:
    if feeds.is_feed(front.body):
        remedy = f"that is a feed: name the front page, such as {urljoin(front.url, '/')}"
        raise BadSource("sources add", "url", front.url, remedy)
    text, _ = decoded(front.body, front.header("content-type"))
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except etree.LxmlError as error:
        raise BadSource("sources add", "url", front.url, f"{error}: name the front page of a site") from None


def _linked(document: html.HtmlElement, base: str) -> Iterator[tuple[str, FeedKind]]:
    for link in document.iter("link"):
        kind = LINK_TYPES.get((link.get("type") or "").strip().lower())
        if kind and "alternate" in (link.get("rel") or "").lower() and link.get("href"):
            yield urljoin(base, link.get("href")), kind


async def _in_robots(fetcher: Fetcher, base: str) -> list[tuple[str, FeedKind]]:
    try:
        robots = await fetcher.get(urljoin(base, "/robots.txt"))
    except FetchFailed:
        return []
    listed = list(Protego.parse(robots.body.decode("utf-8", "replace")).sitemaps)
    news_first = sorted(listed, key=lambda address: "news" not in address.lower())
    return [(address, "sitemap") for address in news_first[:ENOUGH]]


async def _working(settings: CrawlSettings, fetcher: Fetcher, candidates: list[tuple[str, FeedKind]]) -> list[Found]:
    """The candidates that work, each once, until there are enough; a sitemap only where there is no feed."""
    found: dict[str, Found] = {}
    tried: set[str] = set()
    for url, kind in candidates:
        key = normalised(url)
        if len(found) >= ENOUGH or key in tried or any(part in url.lower() for part in UNWANTED):
            continue
        if found and kind == "sitemap":
            continue
        tried.add(key)
        try:
            page = await fetcher.get(url)
            document = await asyncio.to_thread(_parsed, settings, page, kind)
        except (FetchFailed, NotAFeed):
            continue
        if document.items or document.children:
            found[key] = Found(url, kind, document.title or "")
    return list(found.values())


def _parsed(settings: CrawlSettings, page: Fetched, kind: FeedKind) -> FeedDocument:
    return feeds.parse(page.body, page.header("content-type"), page.url, kind, settings.max_items_per_feed)


def _name(document: html.HtmlElement, url: str, found: list[Found]) -> str:
    """The site's name as it states it, else its feed's title, else the page's."""
    named = [
        *document.xpath("//meta[@property='og:site_name']/@content"),
        *(feed.title for feed in found),
        *document.xpath("//title/text()"),
    ]
    return next((name for text in named if (name := " ".join(str(text).split()))), _domain(url))


def _language(document: html.HtmlElement, jurisdiction: str) -> str:
    etree.strip_elements(document, "script", "style", with_tail=False)
    text = " ".join(document.text_content().split())[:5000]
    return label_language(identify(text, jurisdiction).lang, jurisdiction) if text else ""

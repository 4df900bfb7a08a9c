"""What a site's front page says of the site: its feeds, its name, its language, its platform, its chronicle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from crawlers.extraction.charset import decoded
from crawlers.fetching.fetcher import Fetched
from crawlers.identity.normal_form import host_of
from crawlers.platforms import FeedKind, platforms
from languages.canonical import folded
from languages.identification import identify, label_language

LINK_TYPES: dict[str, FeedKind] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/feed+json": "rss",
    "application/atom+xml": "atom",
}

MOST_ANCHORS = 5
"""Links in the text of a front page that are tried as feeds, at most: further ones are feeds of rubrics."""

CHRONICLE = (
    "hronika",
    "crna hronika",
    "crna kronika",
    "hronika dana",
    "kriminal",
    "kronike",
    "kronika",
    "kronika e zeze",
    "хроника",
    "црна хроника",
    "криминал",
    "криминал и происшествия",
    "происшествия",
    "cronica",
    "criminal",
    "criminalitate",
)
"""What the region's sites call the rubric of crime and accidents, without diacritics."""


@cache
def _chronicle() -> frozenset[str]:
    return frozenset(folded(name) for name in CHRONICLE)


def joined(base: str, link: str | None) -> str:
    """The address that a link on the page at `base` leads to, "" where it leads nowhere."""
    try:
        return urljoin(base, link.strip()) if link else ""
    except ValueError:  # an address in brackets that is none
        return ""


class FrontPage:
    """A parsed front page."""

    def __init__(self, front: Fetched) -> None:
        """Raises `lxml.etree.LxmlError` when the answer is no page."""
        text, _ = decoded(front.body, front.header("content-type"))
        self.url = front.url
        parser = html.HTMLParser(encoding="utf-8")
        self._document = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)

    def linked_feeds(self) -> list[tuple[str, FeedKind]]:
        """The feeds that the page's head declares, then those that its text links to."""
        return [*self._declared(), *islice(self._anchored(), MOST_ANCHORS)]

    def _declared(self) -> Iterator[tuple[str, FeedKind]]:
        for link in self._document.iter("link"):
            kind = LINK_TYPES.get((link.get("type") or "").split(";")[0].strip().lower())
            if (
                kind
                and "alternate" in (link.get("rel") or "").lower()
                and (address := joined(self.url, link.get("href")))
            ):
                yield address, kind

    def _anchored(self) -> Iterator[tuple[str, FeedKind]]:
        for address, _ in self._anchors():
            segments = urlsplit(address).path.lower().strip("/").split("/")
            if segments[-1].split(".")[0] in ("rss", "feed", "atom") or segments[0] == "rss":
                yield address, "rss"

    def chronicles(self) -> list[tuple[str, FeedKind]]:
        """The rubrics of crime and accidents that the page links to, as section pages."""
        found = {address: None for address, text in self._anchors() if folded(text) in _chronicle()}
        return [(address, "section") for address in found if urlsplit(address).path.strip("/")]

    def _anchors(self) -> Iterator[tuple[str, str]]:
        """The page's links to its own site, with their texts."""
        home = host_of(self.url).removeprefix("www.")
        for anchor in self._document.iter("a"):
            address = joined(self.url, anchor.get("href")).split("#")[0]
            host = host_of(address).removeprefix("www.")
            if host == home or host.endswith(f".{home}"):
                yield address, " ".join(anchor.text_content().split())

    def name(self, feed_titles: list[str]) -> str:
        """The site's name as it states it, else its feed's title, else the page's, else its host."""
        named = [
            *self._document.xpath("//meta[@property='og:site_name']/@content"),
            *feed_titles,
            *self._document.xpath("//title/text()"),
        ]
        return next((name for text in named if (name := " ".join(str(text).split()))), host_of(self.url))

    def platform(self) -> str | None:
        """The platform that the page says it was made with."""
        for stated in self._document.xpath("//meta[@name='generator' or @name='Generator']/@content"):
            words = str(stated).lower().replace("!", " ").split()
            if known := next((name for name in platforms() if name in words), None):
                return known
        return "wordpress" if self._document.xpath("//link[contains(@href, '/wp-content/')]") else None

    def language(self, jurisdiction: str) -> str:
        """The label code of the page's language, "" when there are no words."""
        etree.strip_elements(self._document, "script", "style", with_tail=False)
        text = " ".join(self._document.text_content().split())[:5000]
        return label_language(identify(text, jurisdiction).lang, jurisdiction) if text else ""

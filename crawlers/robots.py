"""robots.txt, obeyed for every request and redirect hop: RFC 9309."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

ROBOTS_TTL = "AVMP_ROBOTS_TTL"
"""The Scrapy setting that carries `CrawlSettings.robots_ttl_seconds`."""

EXEMPT = "robots_exempt"
"""Request meta key of the requests for robots.txt itself."""

MAX_ROBOTS_BYTES = 512_000
"""What is read of a robots.txt: RFC 9309, section 2.5, asks for at least 500 KiB."""


class DisallowedByRobots(IgnoreRequest):
    """The site's robots.txt disallows this address."""


class RobotsUnreachable(IgnoreRequest):
    """The site's robots.txt answered with a server error, so that nothing may be fetched for now."""


@dataclass
class _Rules:
    """The rules of one origin, perhaps still on their way; `waiting` counts the requests that wait for them."""

    expires: float
    fetch: asyncio.Task[Protego]
    waiting: int = 0

    @property
    def failed(self) -> bool:
        return self.fetch.done() and (self.fetch.cancelled() or self.fetch.exception() is not None)


class ObeyRobots:
    """Downloader middleware. Scrapy's own keeps a robots.txt for the life of the process and takes an unreachable
    one for consent; RFC 9309, section 2.3.1, takes a 4xx for consent and a 5xx or no answer for a refusal."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["USER_AGENT"]
        self._ttl = crawler.settings.getfloat(ROBOTS_TTL)
        self._rules: dict[str, _Rules] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get(EXEMPT):
            return
        parts = urlsplit(request.url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        if not rules.can_fetch(request.url, self._agent):
            raise DisallowedByRobots("robots.txt disallows it")

    async def _rules_of(self, origin: str) -> Protego:
        """The rules of an origin, fetched once in their time to live; a failure is not kept."""
        rules = self._rules.get(origin)
        if rules is None or time.monotonic() >= rules.expires or rules.failed:
            rules = _Rules(time.monotonic() + self._ttl, asyncio.ensure_future(self._fetch(origin)))
            self._rules[origin] = rules
        rules.waiting += 1
        try:
            return await asyncio.shield(rules.fetch)
        finally:
            rules.waiting -= 1
            if not rules.waiting:
                rules.fetch.cancel()  # nothing once it is done; without it, the process would wait for it at its end

    async def _fetch(self, origin: str) -> Protego:
        request = Request(f"{origin}/robots.txt", meta={EXEMPT: True}, priority=1000)
        engine: Any = self._crawler.engine
        response = await engine.download_async(request)
        if response.status >= 500 or response.status == 429:
            raise RobotsUnreachable(f"robots.txt answers HTTP {response.status}")
        if response.status != 200:
            return Protego.parse("")
        return Protego.parse(response.body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace"))

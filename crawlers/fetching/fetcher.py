"""Fetching over Scrapy: one process, one spider that lives as long as the work given to it.

`run_with_fetcher(settings, work)` starts Scrapy on its asyncio reactor, awaits `work(fetcher)` inside it and returns
what it returns. A process can do so once: a Twisted reactor does not start again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import urldefrag, urljoin

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from w3lib.url import safe_url_string

from crawlers.fetching.answers import (
    MAX_RETRY_AFTER,
    FailureKind,
    Fetched,
    FetchFailed,
    SiteAway,
    SpentForToday,
    judged,
    retry_after,
)
from crawlers.fetching.guard import ALLOW_LOOPBACK, GuardedResolver, NoWebAddress, require_web_address
from crawlers.fetching.politeness import Politeness, Rank
from crawlers.fetching.robots import Robots
from crawlers.fetching.transport import Transport
from crawlers.settings import CrawlSettings

__all__ = [
    "MAX_RETRY_AFTER",
    "Allowance",
    "FailureKind",
    "FetchFailed",
    "Fetched",
    "Fetcher",
    "Rank",
    "SiteAway",
    "SpentForToday",
    "run_with_fetcher",
]

Result = TypeVar("Result")


class Allowance(Protocol):
    """How often a site may be asked in a day."""

    async def require(self, url: str) -> None:
        """Raises `FetchFailed` where the site of an address may not be asked for a page any more today."""

    async def spend(self, url: str) -> None:
        """Counts a request, before it is made: also one for robots.txt."""


class Fetcher:
    """Fetches one address at a time per site, no faster than the settings and the site's robots.txt allow, and no
    more in a day than an allowance, where one is given."""

    def __init__(self, transport: Transport, settings: CrawlSettings) -> None:
        self._transport, self._settings = transport, settings
        self._politeness = Politeness(settings.min_gap_seconds)
        self._robots = Robots(settings.agent, settings.robots_ttl_seconds, self._robots_txt, self._politeness.set_delay)
        self._connections = asyncio.Semaphore(settings.max_concurrent)
        self._allowance: Allowance | None = None

    def keep_to(self, allowance: Allowance) -> None:
        """Asks no site more often than this from now on."""
        self._allowance = allowance

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        rank: Rank = Rank.POLL,
        *,
        declared: bool = False,
    ) -> Fetched:
        """The page at `url`, or a 304 where `headers` asked for it. `rank` says who goes first at its site. `declared`:
        a person put the address into the registry, so that its requests fall under no allowance, wherever they are
        redirected to.

        Raises:
            FetchFailed: it could not be had; the kind tells why.
        """
        return judged(await self._followed(url, headers or {}, rank, obeying=True, declared=declared))

    def pausing_sites(self) -> set[str]:
        """The sites (`crawlers.fetching.politeness.site_of`) that asked for a pause which is not over."""
        return self._politeness.pausing()

    async def _robots_txt(self, url: str) -> Fetched:
        return await self._followed(url, {}, Rank.ROBOTS, obeying=False, declared=False)

    async def _followed(
        self, url: str, headers: Mapping[str, str], rank: Rank, *, obeying: bool, declared: bool
    ) -> Fetched:
        """The answer at the end of the redirects from `url`. Each hop is checked and waits for its site's turn; the
        time on the wire is bounded over all of them together."""
        hops: list[Fetched] = []
        left, here = self._settings.timeout_seconds, urldefrag(url)[0]
        while True:
            _require_web(here)
            allowance = None if declared else self._allowance
            if obeying:
                if allowance is not None:
                    await allowance.require(here)
                await self._robots.require_consent(here)
            began, page = await self._asked(here, headers, rank, left, allowance)
            left = max(left - (time.monotonic() - began), 0.001)
            target = _target(page)
            if target is None:
                return Fetched(url, page.url, page.status, page.headers, page.body, page.at)
            hops.append(page)
            self._require_way_on(hops, target)
            here = target

    async def _asked(
        self, url: str, headers: Mapping[str, str], rank: Rank, seconds: float, allowance: Allowance | None
    ) -> tuple[float, Fetched]:
        """When one request began, and its answer, asked for in its site's turn."""
        async with self._politeness.turn(url, rank), self._connections:
            if allowance is not None:
                await allowance.spend(url)
            began = time.monotonic()
            page = await self._transport.send(url, headers, seconds)
            if page.status in (429, 503):
                self._politeness.throttled(url, retry_after(page))
            else:
                self._politeness.answered(url)
            return began, page

    def _require_way_on(self, hops: list[Fetched], target: str) -> None:
        if target in [hop.asked for hop in hops]:
            cookie = " and asks for a cookie" if any(hop.header("set-cookie") for hop in hops) else ""
            raise FetchFailed("redirects", f"it redirects in a circle{cookie}")
        if len(hops) > self._settings.max_redirects:
            raise FetchFailed("redirects", f"it redirects more than {self._settings.max_redirects} times")


def _require_web(url: str) -> None:
    try:
        require_web_address(url)
    except NoWebAddress as error:
        raise FetchFailed("refused", str(error)) from None


def _target(page: Fetched) -> str | None:
    """Where an answer redirects to; None where it does not, or to no web address."""
    location = page.header("location")
    if page.status not in (301, 302, 303, 307, 308) or not location:
        return None
    try:
        # headers are read as Latin-1; sites write UTF-8 into them
        spelt = location.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        spelt = location
    try:
        target = urldefrag(safe_url_string(urljoin(page.url, spelt.strip())))[0]
    except ValueError:
        return None
    return target if target.startswith(("http://", "https://")) else None


class _Worker(Spider):
    """Carries the work: Scrapy keeps a spider open as long as its `start` runs."""

    name = "worker"

    def __init__(self, work: Callable[[Any], Awaitable[None]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._work = work

    async def start(self) -> AsyncIterator[Any]:
        await self._work(self.crawler.engine)
        return
        yield


def run_with_fetcher(settings: CrawlSettings, work: Callable[[Fetcher], Awaitable[Result]]) -> Result:
    """Awaits `work` in a Scrapy process and returns its result. Blocks; once per process.

    Raises:
        whatever `work` raises.
    """
    results: list[Result] = []
    failures: list[BaseException] = []
    process = _quiet_process(settings)

    async def working(engine: Any) -> None:
        from twisted.internet import reactor  # the reactor exists only once the process does

        resolver: GuardedResolver = reactor.nameResolver
        try:
            transport = Transport(engine, resolver, settings)
            results.append(await work(Fetcher(transport, settings)))
        except BaseException as error:  # noqa: BLE001  raised where the process was started, not lost in Scrapy
            failures.append(error)

    process.crawl(_Worker, work=working)
    process.start(install_signal_handlers=False)
    if failures:
        raise failures[0]
    return results[0]


def _quiet_process(settings: CrawlSettings) -> AsyncCrawlerProcess:
    """Scrapy's process, with its log left to the errors: it sets its own level to DEBUG and greets at length."""
    logging.disable(logging.WARNING)
    try:
        process = AsyncCrawlerProcess(scrapy_settings(settings))
    finally:
        logging.disable(logging.NOTSET)
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    return process


def scrapy_settings(settings: CrawlSettings) -> dict[str, Any]:
    """The Scrapy settings that carry ours."""
    return {
        "USER_AGENT": settings.agent,
        "DOWNLOAD_HANDLERS": {
            "http": "crawlers.fetching.downloading.DownloadHandler",
            "https": "crawlers.fetching.downloading.DownloadHandler",
            "ftp": None,
            "file": None,
            "data": None,
            "s3": None,
        },
        "TWISTED_DNS_RESOLVER": "crawlers.fetching.guard.GuardedResolver",
        ALLOW_LOOPBACK: settings.allow_loopback,
        "DOWNLOAD_MAXSIZE": settings.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": settings.verify_certificates,
        # ours: politeness, robots.txt, redirects and decompression
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.max_concurrent,
        "ROBOTSTXT_OBEY": False,
        "REDIRECT_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "REFERER_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOGSTATS_INTERVAL": 0,
        "STATS_DUMP": False,
        "MEMUSAGE_ENABLED": False,
    }

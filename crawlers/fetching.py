"""Fetching over Scrapy: one process, one spider that lives as long as the work given to it.

`run_with_fetcher(settings, work)` starts Scrapy on its asyncio reactor, awaits `work(fetcher)` inside it and returns
what it returns. A process can do so once: a Twisted reactor does not start again.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from scrapy import Request, Spider, exceptions
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.addresses import ALLOW_LOOPBACK, GuardedResolver
from crawlers.robots import ROBOTS_TTL, DisallowedByRobots, RobotsUnreachable
from crawlers.settings import CrawlSettings

Result = TypeVar("Result")

FailureKind = Literal[
    "refused", "gone", "not_found", "denied", "throttled", "server", "network", "too_large", "redirects"
]

MAX_RETRY_AFTER = dt.timedelta(days=1)
"""A server cannot ask for a longer pause than this."""


class FetchFailed(Exception):
    """A request brought no page. `reason` is one line; `retry_after` is the pause the server asked for."""

    def __init__(self, kind: FailureKind, reason: str, retry_after: dt.timedelta | None = None) -> None:
        super().__init__(reason)
        self.kind, self.reason, self.retry_after = kind, reason, retry_after


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer: status 200 or 304. `body` is decompressed; `url` is where the redirects ended."""

    asked: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: dt.datetime

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; "" when none was sent."""
        return (self.header("content-type") or "").split(";")[0].strip().lower()


class Fetcher:
    """Fetches one address at a time per host, no faster than the settings allow."""

    def __init__(self, engine: Any, resolver: GuardedResolver) -> None:
        self._engine, self._resolver = engine, resolver

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """The page at `url`, or a 304 where `headers` asked for it.

        Raises:
            FetchFailed: it could not be had; the kind tells why.
        """
        try:
            request = Request(url, headers=dict(headers or {}), dont_filter=True)
            response = await self._engine.download_async(request)
        except DisallowedByRobots as error:
            raise FetchFailed("refused", str(error)) from None
        except RobotsUnreachable as error:
            raise FetchFailed("server", str(error)) from None
        except exceptions.IgnoreRequest as error:
            # Scrapy ignores a request for two more reasons: redirects without end, and a body that inflates too far
            kind: FailureKind = "redirects" if "redirect" in str(error) else "too_large"
            raise FetchFailed(kind, _line(error)) from None
        except exceptions.CannotResolveHostError as error:
            raise self._unresolved(error) from None
        except exceptions.DownloadCancelledError as error:
            raise FetchFailed("too_large", _line(error)) from None
        except (ValueError, exceptions.UnsupportedURLSchemeError) as error:
            raise FetchFailed("refused", f"no address to fetch: {_line(error)}") from None
        except (
            exceptions.DownloadTimeoutError,
            exceptions.DownloadConnectionRefusedError,
            exceptions.DownloadFailedError,
            exceptions.ResponseDataLossError,
            OSError,
        ) as error:
            raise FetchFailed("network", f"no answer: {_line(error)}") from None
        return _judged(url, response)

    def _unresolved(self, error: Exception) -> FetchFailed:
        for host, address in self._resolver.refused.items():
            if host in str(error):
                return FetchFailed("refused", f"{host} leads to {address}, which is not public")
        return FetchFailed("network", "the host name does not resolve")


def _judged(asked: str, response: Any) -> Fetched:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    page = Fetched(asked, response.url, response.status, headers, response.body, dt.datetime.now(dt.UTC))
    if page.status in (200, 304):
        return page
    reason = f"HTTP {page.status}"
    if 300 <= page.status < 400:  # Scrapy has followed what can be followed
        reason += " to no web address"
    raise FetchFailed(_kind_of_status(page.status), reason, _retry_after(page))


def _kind_of_status(status: int) -> FailureKind:
    if status == 410:
        return "gone"
    if status in (401, 402, 403, 451):
        return "denied"
    if status in (429, 503):
        return "throttled"
    if 300 <= status < 400:
        return "redirects"
    return "server" if status >= 500 or status < 300 else "not_found"


def _retry_after(page: Fetched) -> dt.timedelta | None:
    """RFC 9110, section 10.2.3: seconds or a date."""
    value = page.header("retry-after")
    if value is None:
        return None
    if value.strip().isdigit():
        seconds = min(float(value), MAX_RETRY_AFTER.total_seconds())
        return dt.timedelta(seconds=seconds)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(max(moment - page.at, dt.timedelta()), MAX_RETRY_AFTER)


def _line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]


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

        resolver: Any = reactor.nameResolver
        try:
            results.append(await work(Fetcher(engine, resolver)))
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
        "DOWNLOADER_MIDDLEWARES": {"crawlers.robots.ObeyRobots": 100},
        "TWISTED_DNS_RESOLVER": "crawlers.addresses.GuardedResolver",
        ALLOW_LOOPBACK: settings.allow_loopback,
        ROBOTS_TTL: settings.robots_ttl_seconds,
        "ROBOTSTXT_OBEY": False,  # ours obeys
        "DOWNLOAD_DELAY": settings.min_gap_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_REQUESTS": settings.max_concurrent,
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        "DOWNLOAD_MAXSIZE": settings.max_body_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": settings.verify_certificates,
        "REDIRECT_MAX_TIMES": settings.max_redirects,
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

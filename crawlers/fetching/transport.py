"""One request and its answer over Scrapy, without following anything; every failure in our words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy import Request, exceptions
from service_identity import VerificationError
from twisted.internet import error as connection
from twisted.web._newclient import ParseError
from twisted.web.http import PotentialDataLoss, _DataLoss

from crawlers.fetching.answers import FailureKind, Fetched, FetchFailed, SiteAway, one_line
from crawlers.fetching.certificates import BadCertificate
from crawlers.fetching.coding import ACCEPTED, uncoded
from crawlers.fetching.downloading import HeadersTooLarge, NoConnection
from crawlers.fetching.guard import GuardedResolver
from crawlers.fetching.politeness import site_at
from crawlers.settings import CrawlSettings

_WHOLE = re.compile(
    rb"</(?:html|rss|feed|urlset|sitemapindex|rdf:rdf)\s*>\s*(?:<!--(?:(?!-->).)*-->\s*)*$", re.IGNORECASE | re.S
)
"""The end of a document that has all its parts. A comment ends in one way alone: else many of them, and a body that
breaks off behind them, would keep the process for ever."""

_TAIL_BYTES = 2_000


class Transport:
    """Sends requests and takes answers within the settings' bounds of time and size, decompressed."""

    def __init__(self, engine: Any, resolver: GuardedResolver, settings: CrawlSettings) -> None:
        self._engine, self._resolver = engine, resolver
        self._max_bytes, self._seconds = settings.max_body_bytes, settings.timeout_seconds

    async def send(self, url: str, headers: Mapping[str, str], seconds: float) -> Fetched:
        """The answer to one GET, whatever its status, complete within `seconds`: what is left of the page's time.

        Raises:
            FetchFailed: there is none, or none that can be taken.
        """
        meta = {"download_timeout": seconds, "download_fail_on_dataloss": False}
        request = Request(url, headers={"Accept-Encoding": ACCEPTED, **headers}, meta=meta, dont_filter=True)
        try:
            response = await self._engine.download_async(request)
        except exceptions.CannotResolveHostError:
            raise self._unresolved(request.url) from None
        except (
            exceptions.DownloadCancelledError,
            exceptions.DownloadTimeoutError,
            exceptions.DownloadConnectionRefusedError,
            exceptions.DownloadFailedError,
            exceptions.ResponseDataLossError,
            exceptions.UnsupportedURLSchemeError,
            ValueError,
            OSError,
            connection.ConnectError,
            connection.ConnectionClosed,
            SSL.Error,
            VerificationError,
            BadCertificate,
            NoConnection,
        ) as error:
            raise self._failure(url, error) from None
        return self._answer(url, response)

    def _answer(self, url: str, response: Any) -> Fetched:
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        )
        page = Fetched(url, response.url, response.status, headers, response.body, dt.datetime.now(dt.UTC))
        codings = [value for name, value in headers if name.lower() == "content-encoding"]
        body = uncoded(page.body, codings, self._max_bytes)
        # A wrong Content-Length is common and harmless where the document is whole
        if "dataloss" in response.flags and not _WHOLE.search(body[-_TAIL_BYTES:]):
            raise FetchFailed("network", "the connection broke off in the middle of the page")
        kept = tuple((name, value) for name, value in headers if name.lower() != "content-encoding")
        return Fetched(url, page.url, page.status, kept, body, page.at)

    def _unresolved(self, url: str) -> FetchFailed:
        host = urlsplit(url).hostname or ""
        address = self._resolver.refused.get(host)
        if address is not None:
            return FetchFailed("refused", f"{host} leads to {address}, which is not public")
        return SiteAway("network", "the host name does not resolve", site_at(url))

    def _failure(self, url: str, error: Exception) -> FetchFailed:
        kind, reason = self._meaning(error)
        if any(isinstance(cause, _OF_THE_SITE) for cause in _causes(error)):
            return SiteAway(kind, reason, site_at(url))
        return FetchFailed(kind, reason)

    def _meaning(self, error: Exception) -> tuple[FailureKind, str]:
        causes = list(_causes(error))
        for types, kind, reason in _MEANINGS:
            for cause in causes:
                if isinstance(cause, types):
                    text = reason if isinstance(reason, str) else reason(cause)
                    return kind, text.format(seconds=self._seconds, bytes=self._max_bytes)
        return "network", f"no answer: {one_line(causes[-1])}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what lies beneath it: Twisted wraps what happened in lists of failures, Scrapy chains."""
    yield error
    for failure in getattr(error, "reasons", None) or ():
        yield from _causes(failure.value)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _tls_reason(error: BaseException) -> str:
    """What OpenSSL has against the encryption, in one line."""
    told = " ".join(str(part) for entry in error.args[:1] for part in (entry[0] if entry else ()))
    return f"no safe connection: {told or one_line(error)}"


Meaning = tuple[tuple[type[BaseException], ...], FailureKind, str | Callable[[BaseException], str]]

_MEANINGS: tuple[Meaning, ...] = (
    ((HeadersTooLarge,), "too_large", str),
    (
        (exceptions.DownloadTimeoutError, connection.TimeoutError),
        "network",
        "no complete answer within {seconds:g} seconds",
    ),
    ((exceptions.DownloadCancelledError,), "too_large", "it is larger than {bytes} bytes"),
    ((NoConnection,), "network", str),
    ((BadCertificate,), "tls", str),
    ((VerificationError,), "tls", "its certificate is for another name"),
    ((SSL.Error,), "tls", _tls_reason),
    ((ParseError,), "server", "what answers does not speak HTTP"),
    (
        (ValueError, exceptions.UnsupportedURLSchemeError),
        "refused",
        lambda error: f"no address to fetch: {one_line(error)}",
    ),
    (
        (exceptions.DownloadConnectionRefusedError, connection.ConnectionRefusedError),
        "network",
        "the connection was refused",
    ),
    (
        (connection.ConnectionClosed, _DataLoss, PotentialDataLoss),
        "network",
        "the connection broke off before the answer was complete",
    ),
)
"""What the first error of a kind beneath a failure means, the most telling first."""

_OF_THE_SITE = (
    exceptions.DownloadConnectionRefusedError,
    connection.ConnectError,
    NoConnection,
    BadCertificate,
    VerificationError,
    SSL.Error,
)
"""Errors before anything was asked for: no page of the site would fare better."""

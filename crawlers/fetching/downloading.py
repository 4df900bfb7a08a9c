"""Scrapy's handler of http and https, with what it lacks: a bound on headers and on the time until there is a
connection, and one connection a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import HTTPConnectionPool

from crawlers.fetching.certificates import Certificates

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MAX_HEADER_BYTES = 65_536
"""Status lines and headers of one answer. Twisted bounds each line (16 KiB) and not their number."""

CONNECT_SECONDS = 20.0
"""A site to which no connection comes about within it is not there. Else that could not be told from a page that takes
for ever: both would end at the limit of the page."""


class NoConnection(Exception):
    """No connection came about within `CONNECT_SECONDS`, the look-up of the name included."""

    def __init__(self) -> None:
        super().__init__(f"no connection within {CONNECT_SECONDS:g} seconds")


class HeadersTooLarge(Exception):
    """The answer's headers do not end within `MAX_HEADER_BYTES`."""

    def __init__(self) -> None:
        super().__init__(f"its headers are larger than {MAX_HEADER_BYTES} bytes")


class _Protocol(_LenientHTTP11ClientProtocol):
    """Counts what comes before the body; the count starts with the connection, which serves one request."""

    _header_bytes = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            # what was counted before did not end the headers; this piece may, and hold much of the body
            if self._header_bytes > MAX_HEADER_BYTES:
                self._giveUp(Failure(HeadersTooLarge()))  # type: ignore[no-untyped-call]
                return
            self._header_bytes += len(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _Protocol:  # noqa: ARG002, N802
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class ConnectionPool(HTTPConnectionPool):
    """Makes a connection for each request, and gives up one that does not come about."""

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor, persistent=False)  # type: ignore[no-untyped-call]
        self._factory = _Factory

    def _newConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802
        connecting = super()._newConnection(key, endpoint)
        return connecting.addTimeout(CONNECT_SECONDS, self._reactor, _no_connection)


def _no_connection(*_: Any) -> Any:
    raise NoConnection


class DownloadHandler(HTTP11DownloadHandler):
    """A connection that is kept would be one more to the site beside the next one to its twin (www., https), and a
    kept one that broke is asked again by itself, without the gap."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor  # the reactor exists only once the process does

        self._pool = ConnectionPool(reactor)
        if crawler.settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
            self._contextFactory = Certificates()  # type: ignore[assignment]

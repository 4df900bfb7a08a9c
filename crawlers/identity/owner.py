"""Whose article a page is: that of the source on whose site it lies, whichever feed listed it.

Feeds list what other outlets publish, and links redirect to them. Credited to the feed's source, such an article would
have the wrong outlet, kind and jurisdiction for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from crawlers.identity.normal_form import NotAnAddress, host_of, normalised
from crawlers.registry import SourceEntry


class Owners:
    """The sources of a registry by their hosts."""

    def __init__(self, sources: Iterable[SourceEntry]) -> None:
        self._by_host: dict[str, SourceEntry | None] = {}
        for source in sources:
            for host in {_plain_host(source.url), source.id}:
                shared = host in self._by_host and self._by_host[host] is not source
                self._by_host[host] = None if shared else source

    def owner(self, address: str, listed_by: SourceEntry) -> SourceEntry:
        """The source on whose host, or on a host above it, an address lies; that which listed it where no other does,
        or several share the host."""
        labels = _plain_host(address).split(".")
        for first in range(len(labels) - 1):
            host = ".".join(labels[first:])
            if host in self._by_host:
                return self._by_host[host] or listed_by
        return listed_by


def _plain_host(address: str) -> str:
    """The host of an address's normal form, without mobile or mirror names; "" for what is no address."""
    try:
        return host_of(normalised(address))
    except NotAnAddress:
        return ""

"""The guard against fetching from inside: only public addresses are connected to.

The guard sits in name resolution, so that it sees the very addresses that are connected to, at every redirect hop,
and a name that changes its address between check and use gains nothing.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from twisted.internet._resolver import GAIResolver
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

ALLOW_LOOPBACK = "AVMP_ALLOW_LOOPBACK"
"""The Scrapy setting that carries `CrawlSettings.allow_loopback`."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 ones: RFC 6052, section 2.1."""

MAX_LOOKUPS = 32
"""Names looked up at the same time."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_allowed(address: str, *, allow_loopback: bool) -> bool:
    """Whether an IP address may be connected to: a public unicast one, or loopback where that is allowed."""
    ip = _embedded(ipaddress.ip_address(address.split("%")[0]))
    if ip.is_loopback:
        return allow_loopback
    return ip.is_global and not ip.is_multicast


def _embedded(ip: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address leads to, where it does."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip


@implementer(IResolutionReceiver)
class _AllowedOnly:
    def __init__(self, receiver: Any, host: str, resolver: GuardedResolver) -> None:
        self._receiver, self._host, self._resolver = receiver, host, resolver

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        host = str(getattr(address, "host", ""))
        if is_allowed(host, allow_loopback=self._resolver.allow_loopback):
            self._receiver.addressResolved(address)
        else:
            self._resolver.refused[self._host] = host

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


class _Lookup(threading.Thread):
    """A thread that the end of the process does not wait for.

    The system's resolver cannot be interrupted and takes up to minutes where name servers are silent; leaving
    Twisted's own threads means waiting for every lookup in their queue.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.daemon = True


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names through the system and passes allowed addresses on.

    `refused` maps a host to the address for which it was refused. Nothing is cached: the system's resolver does it,
    and a process that runs for months must see a site move.
    """

    refused: dict[str, str]

    def __init__(self, reactor: Any, *, allow_loopback: bool) -> None:
        self._reactor = reactor
        lookups = ThreadPool(minthreads=0, maxthreads=MAX_LOOKUPS, name="lookups")
        lookups.threadFactory = _Lookup
        lookups.start()
        self._system: Any = GAIResolver(reactor, lambda: lookups)
        self.allow_loopback = allow_loopback
        self.refused = {}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> Self:
        return cls(reactor, allow_loopback=crawler.settings.getbool(ALLOW_LOOPBACK))

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        self.refused.pop(hostName, None)
        receiver = _AllowedOnly(resolutionReceiver, hostName, self)
        resolution: IHostResolution = self._system.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution

"""The guard against fetching from inside: only web addresses, and only public IP addresses are connected to.

The second guard sits in name resolution, so that it sees the very addresses that are connected to, at every redirect
hop, and a name that changes its address between check and use gains nothing. Octal, decimal and other spellings of an
IPv4 address go the same way: the system's resolver reads them.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from twisted.internet._resolver import GAIResolver
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

ALLOW_LOOPBACK = "AVMP_ALLOW_LOOPBACK"
"""The Scrapy setting that carries `CrawlSettings.allow_loopback`."""

GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out to be reached from anywhere: RFC 4291, section 2.4."""

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 ones: RFC 6052, section 2.1."""

SPECIAL = (
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4, withdrawn: RFC 7526
    ipaddress.ip_network("2001::/32"),  # Teredo: leads to whatever host and port its bits name, RFC 4380
    ipaddress.ip_network("3fff::/20"),  # documentation: RFC 9637
)
"""What Python's `is_global` (of some versions) lets through and no site lies in."""

MAX_LOOKUPS = 32
"""Names looked up at the same time."""

WEB_PORTS = frozenset({80, 443})
FIRST_FREE_PORT = 1024
BARRED_PORTS = frozenset(
    {
        *(1433, 1521, 3306, 5432, 6379, 9042, 9200, 9300, 11211, 27017),  # databases
        *(1719, 1720, 1723, 2049, 2375, 2376, 3389, 3659, 4045, 4190, 5060, 5061, 5900),  # other services
        *(6000, 6443, 6566, *range(6665, 6670), 6679, 6697, 8086, 10080, 10250),
    }
)
"""Ports from 1024 up that are not the web's: those that browsers bar, databases, and services that administer."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class NoWebAddress(ValueError):
    """The address is not one to fetch from; the text says why."""


def require_web_address(url: str) -> None:
    """Checks scheme, host and port; the IP address is checked when the host is looked up.

    Raises:
        NoWebAddress: it is no http or https address, holds a password, or names a port that is not the web's.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NoWebAddress(f"no address to fetch: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise NoWebAddress(f"no address to fetch: its scheme is {parts.scheme or 'missing'}, not http or https")
    if not parts.hostname:
        raise NoWebAddress("no address to fetch: it has no host")
    if "@" in parts.netloc:
        raise NoWebAddress("no address to fetch: it holds a name or password")
    if port is not None and port not in WEB_PORTS and (port < FIRST_FREE_PORT or port in BARRED_PORTS):
        raise NoWebAddress(f"no address to fetch: port {port} is not the web's")


def is_allowed(address: str, *, allow_loopback: bool) -> bool:
    """Whether an IP address may be connected to: a public unicast one, or loopback where that is allowed."""
    ip = _embedded(ipaddress.ip_address(address.split("%")[0]))
    if ip.is_loopback:
        return allow_loopback
    if isinstance(ip, ipaddress.IPv6Address) and ip not in GLOBAL_UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in SPECIAL)


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

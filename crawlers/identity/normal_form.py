"""What makes two addresses the same article.

`normalised` drops from an address what does not tell articles apart: scheme, default port, fragment, tracking
parameters, the order of the others, mobile, print and AMP views, mirror hosts, script twins such as `/lat/` and
`/cir/`, session ids, spelling of percent escapes. What it drops stands in `address_rules.toml`; `address_rules.py`
applies it. It is idempotent, and two addresses with the same normal form are one article. The normal form is a key, not
an address to fetch.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from crawlers.identity.address_rules import RULES, Address, Rule, redirectors, stable

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""Characters whose escaped and plain spellings are equivalent: RFC 3986, section 2.3."""

KEPT = UNRESERVED | frozenset("!$&'()*+,;=:@/")
"""Characters that stand for themselves in a path or a query."""

PLAIN = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]*")
"""A text of these alone."""

DEFAULT_PORTS = (80, 443)

LONGEST = 2000
"""Characters of the longest normal form: PostgreSQL's indexes take some 2,700 bytes, browsers and servers as many."""

LONGEST_WRITTEN = 8000
"""Characters of the longest address that is looked at. What a tracker adds to one, or a redirector carries, is shorter;
the rules take long over an address of a megabyte."""

MOST_CARRIED = 8
"""Addresses within each other, as a cache of a redirector's page, that are looked into."""

REMEMBERED = 2_000
"""Addresses of which the normal form is remembered: while a page is taken, half a dozen questions begin with it."""

SESSION = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^;/]*", re.IGNORECASE)
"""Session ids as servers of Java and PHP put them into the path."""

COOKIELESS = re.compile(r"\((?:[A-Z]\([^()]*\))*S\([a-z0-9]{24}\)(?:[A-Z]\([^()]*\))*\)")
"""A segment of the path that holds the session of ASP.NET."""

AMP_CACHE = ".cdn.ampproject.org"
GOOGLE_VIEWER = re.compile(r"(?:www\.)?google\.(?:[a-z]{2}|com|com?\.[a-z]{2})")
"""Not `google.xy.ru`, whose pages anybody writes: they would stand for the articles of others."""


class NotAnAddress(ValueError):
    """The text is no http or https address with a host."""


def article_id(url: str) -> str:
    """The article id of an address: `a` and the first 20 hex digits of the SHA-256 of its normal form.

    Raises:
        NotAnAddress: `url` is no http or https address with a host.
    """
    return "a" + hashlib.sha256(normalised(url).encode()).hexdigest()[:20]


def normalised(url: str, rules: tuple[Rule, ...] = RULES) -> str:
    """The normal form of an address. The order of `rules` does not matter.

    Raises:
        NotAnAddress: `url` is no http or https address with a host, or it is too long.
    """
    if len(url) > LONGEST_WRITTEN:
        raise NotAnAddress(f"{url[:80]!r}… is longer than {LONGEST_WRITTEN} characters")
    return _remembered(url) if rules is RULES else _settled(url, rules)


@lru_cache(maxsize=REMEMBERED)
def _remembered(url: str) -> str:
    return _settled(url, RULES)


def _settled(url: str, rules: tuple[Rule, ...]) -> str:
    normal = written(stable(parsed(url), rules))
    if len(normal) > LONGEST:
        raise NotAnAddress(f"{normal[:80]!r}… is longer than {LONGEST} characters")
    # Once more until nothing changes: a view of a redirector is told to be one only when it is no view any more
    return normal if normal == url else normalised(normal, rules)


def host_of(url: str) -> str:
    """The host of an address, to which politeness is owed; "" when it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def parsed(url: str, within: int = 0) -> Address:
    """The parts of an address, each in one spelling, and of the one that a cache or a redirector carries in its own.

    `within` counts the addresses that carry this one; what lies deeper than `MOST_CARRIED` is not looked for.

    Raises:
        NotAnAddress: `url` is no http or https address with a host.
    """
    address = _parsed(url)
    for carried in _carried(url, address) if within < MOST_CARRIED else ():
        try:
            return parsed(carried, within + 1)
        except NotAnAddress:
            continue
    return address


def written(address: Address) -> str:
    """The address as text."""
    port = f":{address.port}" if address.port is not None else ""
    query = f"?{'&'.join(address.query)}" if address.query else ""
    return f"https://{address.host}{port}/{'/'.join(address.segments)}{query}"


def _parsed(url: str) -> Address:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NotAnAddress(f"{url!r}: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise NotAnAddress(f"{url!r} is no http or https address")
    name = _host(host)
    if not name:
        raise NotAnAddress(f"{url!r} has no host")
    return Address(name, None if port in DEFAULT_PORTS else port, _segments(parts.path), _pairs(parts.query))


def _carried(url: str, address: Address) -> Iterator[str]:
    """The addresses that this one may carry: of a page in an AMP cache, of a link behind a redirector."""
    host, segments = address.host, address.segments
    if host.endswith(AMP_CACHE) and segments[:1] and segments[0] in ("c", "v"):
        yield _behind(segments[1:], address)
    if GOOGLE_VIEWER.fullmatch(host) and segments[:1] == ("amp",):
        yield _behind(segments[1:], address)
    names = redirectors().get(f"{host.removeprefix('www.')}/{'/'.join(segments)}", ())
    held = parse_qs(urlsplit(url.strip()).query) if names else {}
    yield from (held[name][0] for name in names if name in held)


def _behind(segments: tuple[str, ...], address: Address) -> str:
    if segments[:1] == ("s",):
        segments = segments[1:]
    if not segments or "." not in segments[0]:
        return ""
    query = f"?{'&'.join(address.query)}" if address.query else ""
    return f"https://{'/'.join(segments)}{query}"


def _host(host: str) -> str:
    if _is_ip_address(host):
        return f"[{host}]" if ":" in host else host
    host = host.strip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = _escaped(host)
    return host.lower()


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _segments(path: str) -> tuple[str, ...]:
    kept: list[str] = []
    for segment in SESSION.sub("", _escaped(path)).split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", ".") and not COOKIELESS.fullmatch(segment):
            kept.append(segment)
    return tuple(kept)


def _pairs(query: str) -> tuple[str, ...]:
    """The pairs of a query, sorted. Feeds that escape twice write `&amp;` between them."""
    pairs = (re.sub(r"^(?:amp;)+", "", _escaped(pair)) for pair in query.split("&"))
    return tuple(sorted(pair for pair in pairs if pair))


def _escaped(text: str) -> str:
    """One spelling for every escape: unreserved characters plain, everything else escaped in upper case."""
    if PLAIN.fullmatch(text):
        return text
    return re.sub(r"%[0-9A-Fa-f]{2}|[^%]|%", lambda match: _escape(match[0]), text, flags=re.DOTALL)


def _escape(piece: str) -> str:
    if len(piece) == 3:
        character = chr(int(piece[1:], 16))
        return character if character in UNRESERVED else piece.upper()
    if piece in KEPT:
        return piece
    return "".join(f"%{byte:02X}" for byte in piece.encode("utf-8", "surrogatepass"))

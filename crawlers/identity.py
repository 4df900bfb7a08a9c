"""What makes two addresses the same article.

`normalised` drops from an address what does not tell articles apart: scheme, default port, fragment, tracking
parameters, the order of the others, mobile and AMP views, `/lat/` and `/cir/` twins, spelling of percent escapes. It
is idempotent, and two addresses with the same normal form are one article. The normal form is a key, not an address
to fetch.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""Characters whose escaped and plain spellings are equivalent: RFC 3986, section 2.3."""

KEPT = UNRESERVED | frozenset("!$&'()*+,;=:@/")
"""Characters that stand for themselves in a path or a query."""

DEFAULT_PORTS = (80, 443)

LONGEST = 2000
"""Characters of the longest normal form: PostgreSQL's indexes take some 2,700 bytes, browsers and servers as many."""


class NotAnAddress(ValueError):
    """The text is no http or https address with a host."""


def article_id(url: str) -> str:
    """The article id of an address: `a` and the first 20 hex digits of the SHA-256 of its normal form.

    Raises:
        NotAnAddress: `url` is no http or https address with a host.
    """
    return "a" + hashlib.sha256(normalised(url).encode()).hexdigest()[:20]


def normalised(url: str) -> str:
    """The normal form of an address.

    Raises:
        NotAnAddress: `url` is no http or https address with a host, or it is too long.
    """
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
    shown_port = f":{port}" if port is not None and port not in DEFAULT_PORTS else ""
    query = _query(parts.query)
    normal = f"https://{name}{shown_port}{_path(parts.path)}" + (f"?{query}" if query else "")
    if len(normal) > LONGEST:
        raise NotAnAddress(f"{normal[:80]!r}… is longer than {LONGEST} characters")
    return normal


def host_of(url: str) -> str:
    """The host of an address, to which politeness is owed; "" when it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("crawlers") / "identity.toml").read_text(encoding="utf-8"))


@cache
def _tracking() -> re.Pattern[str]:
    names = (re.escape(name).replace(r"\*", ".*") for name in _rules()["query_parameters"])
    return re.compile("|".join(names), re.IGNORECASE)


def _host(host: str) -> str:
    if _is_address(host):
        return f"[{host}]" if ":" in host else host
    host = host.strip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = _escaped(host)
    labels = host.lower().split(".")
    while len(labels) > 2 and labels[0] in _rules()["host_labels"]:
        del labels[0]
    return ".".join(labels)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _path(path: str) -> str:
    kept: list[str] = []
    for segment in _escaped(path).split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    rules = _rules()
    while len(kept) > 1 and kept[0].lower() in rules["twin_segments"]:
        del kept[0]
    while len(kept) > 1 and kept[-1].lower() in rules["view_segments"]:
        del kept[-1]
    while kept and kept[-1].lower() in rules["default_documents"]:
        del kept[-1]
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    pairs = (_escaped(pair) for pair in query.split("&"))
    return "&".join(sorted(pair for pair in pairs if pair and not _tracking().fullmatch(pair.split("=")[0])))


def _escaped(text: str) -> str:
    """One spelling for every escape: unreserved characters plain, everything else escaped in upper case."""
    return re.sub(r"%[0-9A-Fa-f]{2}|[^%]|%", lambda match: _escape(match[0]), text, flags=re.DOTALL)


def _escape(piece: str) -> str:
    if len(piece) == 3:
        character = chr(int(piece[1:], 16))
        return character if character in UNRESERVED else piece.upper()
    if piece in KEPT:
        return piece
    return "".join(f"%{byte:02X}" for byte in piece.encode("utf-8", "surrogatepass"))

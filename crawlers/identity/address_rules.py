"""The rules that take from an address what does not tell articles apart.

Each rule looks at an address and gives it back with less in it, or as it is. They are applied until none changes
anything, so their order does not matter; a rule that would leave nothing to tell an article by does nothing.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

RULES_VERSION = 1
"""Raised with a change of the code of these rules; what is known by its address is then looked up anew."""

SCRIPTS = "lat|latn|latin|latinica|cir|cyr|cyrl|cyrillic|cirilica"
LANGUAGE_AND_SCRIPT = re.compile(rf"([a-z]{{2,3}})(?:[-_][a-z]{{2}})?[-_@](?:{SCRIPTS})", re.IGNORECASE)
"""One language in one script, as in `sr-Latn`, `sr_RS@latin`."""

AMP_ENDING = re.compile(r"(?<!\.amp)(?:\.amp)+(\.html?)?\Z", re.IGNORECASE)

PROGRAM = re.compile(r".*\.(?:php|aspx?|jsp|do|cgi)", re.IGNORECASE)
"""The last segment of a path that names a program: the parameters name the article."""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that can tell an article. `segments` are those of the path, `query` sorted pairs."""

    host: str
    port: int | None
    segments: tuple[str, ...]
    query: tuple[str, ...]


Rule = Callable[[Address], Address]


def stable(address: Address, rules: tuple[Rule, ...]) -> Address:
    """The address once no rule changes it any more."""
    while True:
        before = address
        for rule in rules:
            address = rule(address)
        if address == before:
            return address


def fingerprint() -> str:
    """Names the rules: another one means that keys made by the earlier rules must be made anew."""
    text = (files("crawlers.identity") / "address_rules.toml").read_text(encoding="utf-8")
    return hashlib.sha256(f"{RULES_VERSION}\n{text}".encode()).hexdigest()[:16]


def redirectors() -> Mapping[str, list[str]]:
    """Host and path of services that carry an address, and the parameters they carry it in."""
    found: Mapping[str, list[str]] = table()["redirectors"]
    return found


@cache
def table() -> dict[str, Any]:
    """The data of the rules."""
    return tomllib.loads((files("crawlers.identity") / "address_rules.toml").read_text(encoding="utf-8"))


def home_host(address: Address) -> Address:
    """The site itself instead of its mobile, AMP and script hosts and its mirrors."""
    host = table()["mirrors"].get(address.host, address.host)
    first, _, rest = host.partition(".")
    if first in table()["host_labels"] and "." in rest and (first == "www" or not _is_registry(rest)):
        host = rest
    return replace(address, host=host)


def _is_registry(host: str) -> bool:
    """Whether names below this one belong to anybody, as below `co.rs`."""
    labels = host.split(".")
    return len(labels) == 2 and labels[0] in table()["registry_labels"]


def plain_path(address: Address) -> Address:
    """The path without views, script twins and default documents, unless nothing else stands in it."""
    return replace(address, segments=_plain(address.segments))


def _plain(segments: tuple[str, ...]) -> tuple[str, ...]:
    kept = [_without_amp(segment) for segment in segments]
    while kept and kept[-1].lower() in table()["default_documents"]:
        del kept[-1]
    match = LANGUAGE_AND_SCRIPT.fullmatch(kept[0]) if kept else None
    if match and match[1].lower() in table()["languages"]:
        kept[0] = match[1].lower()
    at = 1 if kept and kept[0].lower() in table()["languages"] else 0
    if any(not _is_decoration(segment) for segment in kept[at:]):
        while _is_twin_or_view(kept[at]):
            del kept[at]
        while kept[-1].lower() in table()["view_segments"]:
            del kept[-1]
    return tuple(kept) if tuple(kept) == segments else _plain(tuple(kept))


def _without_amp(segment: str) -> str:
    match = AMP_ENDING.search(segment)
    name = segment[: match.start()] if match else ""
    return name + (match[1] or "") if match and re.search(r"\w", name) else segment


def _is_twin_or_view(segment: str) -> bool:
    return segment.lower() in table()["twin_segments"] or segment.lower() in table()["view_prefixes"]


def _is_decoration(segment: str) -> bool:
    return _is_twin_or_view(segment) or segment.lower() in table()["view_segments"]


def plain_query(address: Address) -> Address:
    """The query without what tells where a reader came from, how the page is shown or whose session it is."""
    pairs = sorted(_in_one_script(pair) for pair in address.query if not _is_idle(pair))
    telling = [pair for pair in pairs if _name(pair) not in table()["loose_parameters"]]
    path = _plain(address.segments)
    named = telling or (path and not PROGRAM.fullmatch(path[-1]))
    return replace(address, query=tuple(telling if named else pairs))


def _name(pair: str) -> str:
    return pair.partition("=")[0].lower()


def _is_idle(pair: str) -> bool:
    values: Mapping[str, str] = table()["values"]
    pattern = values.get(_name(pair))
    if pattern and re.fullmatch(pattern, pair.partition("=")[2], re.IGNORECASE):
        return True
    return _tracking().fullmatch(_name(pair)) is not None


@cache
def _tracking() -> re.Pattern[str]:
    names = (re.escape(name).replace(r"\*", ".*") for name in table()["query_parameters"])
    return re.compile("|".join(names))


def _in_one_script(pair: str) -> str:
    name, equals, value = pair.partition("=")
    match = LANGUAGE_AND_SCRIPT.fullmatch(value)
    return f"{name}={match[1].lower()}" if equals and match and match[1].lower() in table()["languages"] else pair


RULES: tuple[Rule, ...] = (home_host, plain_path, plain_query)
"""All rules, in an order that does not matter."""

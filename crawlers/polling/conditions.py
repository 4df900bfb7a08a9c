"""Conditional requests, and when a server's "not modified" is not believed. Pure.

RFC 9110, section 13.1. Some servers answer 304 for ever, or give a changed feed the validators of the old one: whoever
believes them reads nothing new and notices nothing. So now and then a feed is asked without a condition (a probe);
when its body then lists what was never seen although the server held it for unmodified, the server lies.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crawlers.fetching.fetcher import Fetched
from store.feeds import Validators
from store.schema import Feed

PROBE_AFTER = 12
"""So many "not modified" in a row are believed; then the feed is asked without a condition."""

PROBE_WHEN_SILENT_AFTER = 3
"""So many are believed of a feed that is silent for longer than its own history has it."""

TRIED_AFTER = dt.timedelta(days=7)
"""So long after a lie was found out, and again after each further one, a server is tried: software is mended, too."""

SILENT = 2.0
"""A feed is silent when it brought nothing for so many times its usual longest gap."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How to ask for a feed: the headers, and why it is asked without a condition although it could be (a probe)."""

    headers: dict[str, str]
    probe: str | None = None


def asking(known: Feed, now: dt.datetime, *, conditional: bool) -> Asking:
    """How to ask for a feed next. `conditional`: the source's switch."""
    sent = condition(known)
    if not conditional or known.lies_since is not None or not sent:
        return Asking({})
    if known.not_modified >= PROBE_AFTER:
        return Asking({}, f"{known.not_modified} times not modified")
    if known.not_modified >= PROBE_WHEN_SILENT_AFTER and _is_silent(known, now):
        return Asking({}, "silent for longer than its history has it")
    return Asking(sent)


def is_to_be_tried(known: Feed, now: dt.datetime) -> bool:
    """Whether a server that lied is to be asked with a condition again, after a body whose answer is known."""
    return known.lies_since is not None and now - known.lies_since >= TRIED_AFTER and bool(condition(known))


def _is_silent(known: Feed, now: dt.datetime) -> bool:
    if known.last_new_item is None or known.usual_gap_seconds is None:
        return False
    gap = max(known.usual_gap_seconds, known.interval_seconds)
    return (now - known.last_new_item).total_seconds() > SILENT * gap


def condition(known: Feed) -> dict[str, str]:
    """The header that asks whether the body known is still the newest: the entity tag where there is one, else the
    date; never both."""
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.last_modified} if known.last_modified else {}


def same_validators(known: Feed, page: Fetched) -> bool:
    """Whether an answer with a body bears the validators of the body before it, and so says that nothing changed."""
    etag, last_modified = page.header("etag"), page.header("last-modified")
    if known.etag or etag:
        return bool(etag) and etag == known.etag
    return bool(last_modified) and last_modified == known.last_modified


def validators(known: Feed, page: Fetched, body_hash: str | None) -> Validators:
    """What the next poll may send."""
    etag, last_modified = page.header("etag"), page.header("last-modified")
    if page.status == 304:
        return Validators(etag or known.etag, last_modified or known.last_modified, body_hash)
    return Validators(etag, last_modified, body_hash)

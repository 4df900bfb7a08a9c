"""What a request brings: a page, or a failure of a stated kind with one line for people."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from dataclasses import dataclass
from typing import Any, Literal

FailureKind = Literal[
    "refused", "gone", "not_found", "denied", "throttled", "server", "network", "tls", "too_large", "redirects"
]

MAX_RETRY_AFTER = dt.timedelta(days=1)
"""A server cannot ask for a longer pause than this."""

UNSHOWN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys instead of showing them, and those that turn the direction of what stands behind;
the others among them are white space to Python."""


class FetchFailed(Exception):
    """A request brought no page. `reason` is one line; `retry_after` is the pause the server asked for. `asked` is
    False where the site was not asked at all, because it had asked for a pause before."""

    def __init__(
        self,
        kind: FailureKind,
        reason: str,
        retry_after: dt.timedelta | None = None,
        *,
        asked: bool = True,
    ) -> None:
        reason = in_one_line(reason)
        super().__init__(reason)
        self.kind, self.reason, self.retry_after = kind, reason, retry_after
        self.asked = asked


class SiteAway(FetchFailed):
    """Nothing of `site` can be had for now, whatever is asked for: it cannot be reached, no safe connection to it can
    be made, or its robots.txt cannot be had. `known_for` is how long that is believed before it is asked again."""

    def __init__(
        self,
        kind: FailureKind,
        reason: str,
        site: str,
        retry_after: dt.timedelta | None = None,
        known_for: dt.timedelta = dt.timedelta(),
    ) -> None:
        super().__init__(kind, reason, retry_after)
        self.site, self.known_for = site, known_for


class SpentForToday(FetchFailed):
    """`site`, which is no source's, was asked as often today as a stranger's site may be. `retry_after` leads to
    tomorrow."""

    def __init__(self, site: str, reason: str, retry_after: dt.timedelta) -> None:
        super().__init__("throttled", reason, retry_after, asked=False)
        self.site = site


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


def judged(page: Fetched) -> Fetched:
    """The page, where its status is 200 or 304.

    Raises:
        FetchFailed: the server answered with another status.
    """
    if page.status in (200, 304):
        return page
    reason = f"HTTP {page.status}"
    if page.status == 206:
        reason += ": a part of the page, which was not asked for"
    elif page.status < 300:
        reason += ": an answer without a page"
    elif page.status < 400:  # what can be followed was followed
        reason += " to no web address"
    raise FetchFailed(_kind_of_status(page.status), reason, retry_after(page))


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


def retry_after(page: Fetched) -> dt.timedelta | None:
    """The pause a server asks for, at most a day: RFC 9110, section 10.2.3, seconds or a date. None without one, or
    where it cannot be read."""
    value = (page.header("retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        # some servers write more digits than a float holds
        return dt.timedelta(seconds=min(float(value[:12]), MAX_RETRY_AFTER.total_seconds()))
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(max(moment - page.at, dt.timedelta()), MAX_RETRY_AFTER)


def in_one_line(text: str) -> str:
    """A message that may hold words of a site, as it is written to logs and terminals: in one line, and with escapes
    for what is not shown."""
    return UNSHOWN.sub(lambda found: ascii(found[0])[1:-1], " ".join(text.split()))


def one_line(error: BaseException | Any) -> str:
    """What an error of a library says, in one line of at most 200 characters; its type when it says nothing."""
    return (in_one_line(str(error)) or type(error).__name__)[:200]

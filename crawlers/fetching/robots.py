"""robots.txt, obeyed for every request and redirect hop: RFC 9309.

A 4xx is consent. A server error, a 429 or no answer means to wait: what was known before holds on, and without it
nothing may be fetched from that origin for now.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from crawlers.fetching.answers import FailureKind, Fetched, FetchFailed, SiteAway, retry_after
from crawlers.fetching.politeness import site_at

MAX_ROBOTS_BYTES = 512_000
"""What is read of a robots.txt: RFC 9309, section 2.5, asks for at least 500 KiB."""

RETRY_SECONDS = 300.0
"""A robots.txt that could not be had is asked for again no sooner than this."""

MAX_ORIGINS = 5_000
"""More origins than this and the rules that have expired are forgotten."""

_SILENCES: frozenset[FailureKind] = frozenset({"throttled", "server", "network", "tls"})
"""Failures that leave open what a robots.txt says."""

ANY_PAGE = "/a/page/of/no/particular/name.html"


class OnDelay(Protocol):
    """Told of the Crawl-delay of an origin, in seconds, or that there is none."""

    def __call__(self, url: str, origin: str, seconds: float | None) -> None: ...


@dataclass(frozen=True)
class _Rules:
    """The rules of one origin until they expire; or, `rules` being None, why there are none and so no consent."""

    rules: Protego | None
    expires: float
    failure: FetchFailed | None = None


class Robots:
    """The rules of all origins. `fetch` gets the answer at an address, whatever its status, redirects followed,
    without asking for its rules."""

    def __init__(
        self, agent: str, ttl_seconds: float, fetch: Callable[[str], Awaitable[Fetched]], on_delay: OnDelay
    ) -> None:
        self._agent, self._ttl, self._fetch, self._on_delay = agent, ttl_seconds, fetch, on_delay
        self._known: dict[str, _Rules] = {}
        self._under_way: dict[str, asyncio.Lock] = {}

    async def require_consent(self, url: str) -> None:
        """Checks that the site lets us fetch an address.

        Raises:
            FetchFailed: refused by its robots.txt; or server, network, … where that could not be had.
        """
        parts = urlsplit(url)
        known = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        if known.rules is None:
            assert known.failure is not None
            raise known.failure
        if not known.rules.can_fetch(url, self._agent):
            raise FetchFailed("refused", self._refusal(known.rules))

    def _refusal(self, rules: Protego) -> str:
        if any(rules.can_fetch(path, self._agent) for path in ("/", ANY_PAGE)):
            return "robots.txt disallows it"
        return "robots.txt disallows the whole site"

    async def _rules_of(self, origin: str) -> _Rules:
        """The rules of an origin, fetched once in their time to live by the first that needs them."""
        async with self._under_way.setdefault(origin, asyncio.Lock()):
            known = self._known.get(origin)
            if known is None or self._now() >= known.expires:
                known = await self._fetched(origin, known)
                self._remember(origin, known)
            return known

    async def _fetched(self, origin: str, before: _Rules | None) -> _Rules:
        try:
            return self._of_answer(origin, await self._fetch(f"{origin}/robots.txt"))
        except FetchFailed as failure:
            if failure.kind == "redirects":  # RFC 9309, section 2.3.1.2: as if there were none
                return self._of_text(origin, b"")
            if before is not None and before.rules is not None:
                return _Rules(before.rules, self._now() + RETRY_SECONDS)
            return _Rules(None, self._now() + RETRY_SECONDS, _of_the_site(origin, failure))

    def _of_answer(self, origin: str, page: Fetched) -> _Rules:
        if page.status >= 500 or page.status == 429:
            kind: FailureKind = "throttled" if page.status in (429, 503) else "server"
            reason = f"robots.txt answers HTTP {page.status}, so nothing is fetched from the site for now"
            raise FetchFailed(kind, reason, retry_after(page))
        return self._of_text(origin, page.body if page.status < 300 else b"")

    def _of_text(self, origin: str, body: bytes) -> _Rules:
        rules = Protego.parse(body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace"))
        self._on_delay(origin, origin, rules.crawl_delay(self._agent))
        return _Rules(rules, self._now() + self._ttl)

    def _remember(self, origin: str, known: _Rules) -> None:
        if len(self._known) > MAX_ORIGINS:
            now = self._now()
            self._known = {name: rules for name, rules in self._known.items() if rules.expires > now}
            self._under_way = {name: lock for name, lock in self._under_way.items() if lock.locked()}
        self._known[origin] = known

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _of_the_site(origin: str, failure: FetchFailed) -> FetchFailed:
    """What a failure to get the robots.txt of an origin says of its site: without it nothing there may be fetched.
    Whether it is refused, too large, or its site asked for a pause, is told as it is."""
    if failure.kind not in _SILENCES or not failure.asked:
        return failure
    known_for = dt.timedelta(seconds=RETRY_SECONDS)
    return SiteAway(failure.kind, failure.reason, site_at(origin), failure.retry_after, known_for)

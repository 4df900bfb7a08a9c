"""Whose turn it is: all requests to one site one after another, with a gap between them.

A site is what is registered as one name: `www.`, `m.` and `lat.` of an outlet are one server to it, and so are its
feeds, its articles and its robots.txt. Every request of the process goes through here, redirect hops too.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

from crawlers.fetching.answers import FetchFailed

MAX_GAP_SECONDS = 60.0
"""Neither a Crawl-delay nor a site's complaints make the gap longer, unless the settings themselves ask for more."""

THROTTLED_PAUSE = 30.0
"""Seconds for which a site is left alone that answered 429 or 503 without saying for how long, as Media Cloud does;
twice as many at each further such answer."""

MAX_STRIKES = 6
"""Complaints that are counted: the pause grows to 16 minutes, the gap by 64."""

PATIENCE = 60.0
"""Seconds that a request waits for a pausing site. For a longer pause it fails, and says until when."""

OVERTAKEN = 4
"""Places that a rank has over the next: so often at most is a request overtaken by later ones of the rank before, so
that frequent polls of a slow site leave turns for its articles."""

SHARED_SUFFIXES = ("gov.md",)
"""Names below which each name is a site of its own, although the public suffix list does not say so: ministries."""

# The list that comes with the package; by default the newest one would be fetched from the network
_suffixes = TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=SHARED_SUFFIXES
)


class Rank(IntEnum):
    """Who goes first of those that wait for one site."""

    ROBOTS = 0
    POLL = 1
    ARTICLE = 2
    BACKFILL = 3


@lru_cache(maxsize=10_000)
def site_of(host: str) -> str:
    """The site a host belongs to: its registered domain, or the host itself where it is an address or has none."""
    host = host.lower().strip(".")
    return _suffixes(host).top_domain_under_public_suffix or host


def site_at(url: str) -> str:
    """The site of an address."""
    return site_of(urlsplit(url).hostname or "")


@dataclass
class _Site:
    """One site. All moments are of the event loop's clock, in seconds."""

    gap: float
    busy: bool = False
    ended_at: float = float("-inf")
    paused_until: float = 0.0
    strikes: int = 0
    delays: dict[str, float] = field(default_factory=dict)
    waiting: list[tuple[int, int, int, asyncio.Future[None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    alarm: asyncio.TimerHandle | None = None

    def current_gap(self) -> float:
        base = max((self.gap, *self.delays.values()))
        return max(base, min(base * float(2**self.strikes), MAX_GAP_SECONDS))


class Politeness:
    """The turns of all sites. `min_gap` lies, in seconds, between the end of one request and the start of the next."""

    def __init__(self, min_gap: float) -> None:
        self._min_gap = min_gap
        self._sites: dict[str, _Site] = {}

    @asynccontextmanager
    async def turn(self, url: str, rank: Rank) -> AsyncIterator[None]:
        """Waits until nobody else asks the site of `url` and its gap has passed; it is the caller's until the end.

        Raises:
            FetchFailed: the site asked for a pause longer than `PATIENCE`.
        """
        site = self._site(url)
        await self._enter(site, rank)
        try:
            yield
        finally:
            site.busy = False
            site.ended_at = asyncio.get_running_loop().time()
            self._grant(site)

    def set_delay(self, url: str, origin: str, seconds: float | None) -> None:
        """The Crawl-delay of one origin of a site; the longest of a site's origins holds, up to `MAX_GAP_SECONDS`."""
        delays = self._site(url).delays
        if seconds:
            delays[origin] = min(seconds, MAX_GAP_SECONDS)
        else:
            delays.pop(origin, None)

    def throttled(self, url: str, pause: dt.timedelta | None) -> None:
        """A site answered 429 or 503: it is left alone for `pause`, and the gap is longer from now on."""
        site, now = self._site(url), asyncio.get_running_loop().time()
        site.strikes = min(site.strikes + 1, MAX_STRIKES)
        seconds = THROTTLED_PAUSE * 2 ** (site.strikes - 1) if pause is None else pause.total_seconds()
        site.paused_until = max(site.paused_until, now + seconds)
        if site.paused_until - now > PATIENCE:
            for *_, granted in site.waiting:
                if not granted.done():
                    granted.set_exception(_paused(site.paused_until - now))
            site.waiting.clear()

    def answered(self, url: str) -> None:
        """A site answered as asked: one complaint less."""
        site = self._site(url)
        site.strikes = max(site.strikes - 1, 0)

    def pausing(self) -> set[str]:
        """The sites that are left alone for now because they asked for it."""
        now = asyncio.get_running_loop().time()
        return {name for name, site in self._sites.items() if site.paused_until > now}

    def gap(self, url: str) -> float:
        """The gap that holds at present for the site of `url`, in seconds."""
        return self._site(url).current_gap()

    def _site(self, url: str) -> _Site:
        return self._sites.setdefault(site_at(url), _Site(self._min_gap))

    async def _enter(self, site: _Site, rank: Rank) -> None:
        loop = asyncio.get_running_loop()
        pause = site.paused_until - loop.time()
        if pause > PATIENCE:
            raise _paused(pause)
        granted: asyncio.Future[None] = loop.create_future()
        number = next(site.numbers)
        heapq.heappush(site.waiting, (number + OVERTAKEN * rank, rank, number, granted))
        self._grant(site)
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # given the turn and cancelled in the same step
                site.busy = False
                self._grant(site)
            raise

    def _grant(self, site: _Site) -> None:
        """Gives the turn to the first that waits, or sets an alarm for when the site is ready."""
        while site.waiting and site.waiting[0][-1].done():
            heapq.heappop(site.waiting)
        if site.busy or not site.waiting:
            return
        loop = asyncio.get_running_loop()
        ready_at = max(site.ended_at + site.current_gap(), site.paused_until)
        if site.alarm is not None:
            site.alarm.cancel()
            site.alarm = None
        if ready_at > loop.time():
            site.alarm = loop.call_at(ready_at, self._grant, site)
            return
        site.busy = True
        heapq.heappop(site.waiting)[-1].set_result(None)


def _paused(seconds: float) -> FetchFailed:
    pause = dt.timedelta(seconds=round(seconds))
    until = dt.datetime.now(dt.UTC) + pause
    return FetchFailed("throttled", f"the site asked for a pause until {until:%Y-%m-%d %H:%M} UTC", pause, asked=False)

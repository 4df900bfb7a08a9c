"""Sites of which nothing can be had for now: one item asks, the others wait, and the pauses grow.

An item that meets a site which cannot be reached, or whose robots.txt answers an error, learns nothing about itself: no
attempt is counted, and the next item of the site would learn the same. So the whole site is left alone for a while. How
often it was asked in vain is not kept over a restart, which costs it a few more requests; how long its items have
waited is (`store.away`).
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from crawlers.settings import CrawlSettings

LONGEST_PAUSE = 3600.0
"""Seconds: a site that comes back is noticed within them."""

SHORTEST_PAUSE = 1.0
"""Seconds, where the settings allow feeds to be asked without any pause."""

MOST_DOUBLINGS = 30


@dataclass
class _Absence:
    times: int
    until: float


class Away:
    """The sites that are left alone: each at first as long as a feed at its shortest interval, then twice as long each
    time, up to an hour or the longest back-off of a feed."""

    def __init__(self, settings: CrawlSettings) -> None:
        self._first = max(settings.min_interval_seconds, SHORTEST_PAUSE)
        self._most = max(min(LONGEST_PAUSE, settings.max_backoff_seconds), self._first)
        self._sites: dict[str, _Absence] = {}

    def pause(self, site: str, at_least: dt.timedelta) -> dt.timedelta:
        """For how long a site is to be left alone that was asked in vain. Items of other sites that lead there ask it
        during a pause, too: that does not lengthen it."""
        now = time.monotonic()
        absence = self._sites.setdefault(site, _Absence(0, now))
        if absence.until <= now:
            seconds = min(self._first * 2 ** min(absence.times, MOST_DOUBLINGS), self._most)
            absence.until = now + max(seconds, at_least.total_seconds())
            absence.times += 1
        return dt.timedelta(seconds=absence.until - now)

    def is_back(self, site: str) -> bool:
        """Notes that a site answers; returns whether it was left alone before."""
        return self._sites.pop(site, None) is not None

"""How often a feed is asked: adapted to what it brings, backed off while it fails, never given up.

The rules are Media Cloud's rss-fetcher's: lengthen the interval when two thirds of the items were seen before,
shorten it when less than one third were; weigh failures by how much they say about the feed.
"""

from __future__ import annotations

import datetime as dt
import random

from crawlers.feeds import NotAFeed
from crawlers.fetching import FailureKind, FetchFailed
from crawlers.settings import CrawlSettings

MANY_SEEN, FEW_SEEN = 2 / 3, 1 / 3
LENGTHEN, SHORTEN = 1.5, 0.5

HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
WEIGHTS: dict[FailureKind, float] = {
    "refused": HARD,
    "gone": HARD,
    "too_large": HARD,
    "redirects": HARD,
    "not_found": SOFT,  # active feeds do answer 404 and come back
    "denied": SOFT,
    "throttled": TEMPORARY,
    "server": TEMPORARY,
    "network": TEMPORARY,
}
"""What one failure adds to a feed's weighted sum, by its kind."""

JITTER = 0.1
"""Share of a wait by which it is varied, so that feeds do not fall into step."""


def next_interval(interval: dt.timedelta, listed: int, unseen: int, settings: CrawlSettings) -> dt.timedelta:
    """The interval after a successful poll that listed `listed` items, `unseen` of them for the first time."""
    seen_share = 1 - unseen / listed if listed else 1.0
    factor = LENGTHEN if seen_share >= MANY_SEEN else SHORTEN if seen_share < FEW_SEEN else 1.0
    seconds = interval.total_seconds() * factor
    return dt.timedelta(seconds=min(max(seconds, settings.min_interval_seconds), settings.max_interval_seconds))


def weight(failure: FetchFailed | NotAFeed) -> float:
    """What a failed poll adds to the feed's weighted sum of failures; a success sets the sum to 0."""
    return HARD if isinstance(failure, NotAFeed) else WEIGHTS[failure.kind]


def backed_off(
    interval: dt.timedelta, failures: float, retry_after: dt.timedelta | None, settings: CrawlSettings
) -> dt.timedelta:
    """The wait after a failed poll: doubled with every full failure, capped, never less than the server asked."""
    cap = settings.max_backoff_seconds
    doublings = min(failures, 30.0)  # beyond any cap, short of overflow
    wait = dt.timedelta(seconds=min(interval.total_seconds() * 2**doublings, max(cap, interval.total_seconds())))
    return max(wait, retry_after or dt.timedelta())


def jittered(wait: dt.timedelta) -> dt.timedelta:
    """The wait, varied by up to a tenth."""
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


def complaint(failure: FetchFailed | NotAFeed) -> str:
    """One line on what is wrong with a feed and what to do about it."""
    if isinstance(failure, FetchFailed) and failure.kind == "gone":
        return f"{failure.reason}: the site says the feed is gone; remove it or find its successor"
    return str(failure)

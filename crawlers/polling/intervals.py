"""How often a feed is asked: adapted to what it brings, backed off while it fails, never given up.

The rules are Media Cloud's rss-fetcher's: lengthen the interval when two thirds of the items were seen before,
shorten it when less than one third were; weigh failures by how much they say about the feed. What the site asks for
(a TTL, an update period, the freshness of its answer) lengthens the wait, unless entries would fall off the list.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Literal

from crawlers.feeds.formats import NotAFeed
from crawlers.fetching.fetcher import FailureKind, FetchFailed
from crawlers.in_words import span
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
    "tls": SOFT,  # a certificate is mostly renewed within days
}
"""What one failure adds to a feed's weighted sum, by its kind."""

ErrorClass = Literal["hard", "soft", "temporary"]
CLASSES: dict[float, ErrorClass] = {HARD: "hard", SOFT: "soft", TEMPORARY: "temporary"}

JITTER = 0.1
"""Share by which a wait is lengthened at most, so that feeds do not fall into step."""

ON_TIME = 2.0
"""A poll that comes after so many intervals or more lists much that is new for its lateness alone."""

MOST_TURNED_OVER = 2 / 3
"""Share of a feed's list that may be new at a poll which waits longer because the site asks for it."""


NOISY = 24
"""Changes of a page within a day from which on they are mostly noise: a clock, a quotation, a list of what is read
most. A bulletin is written anew some times a day."""

NOISY_WAIT = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The interval of a feed and the wait before its next poll, and in words what they follow from."""

    interval: dt.timedelta
    wait: dt.timedelta
    reason: str


def planned(
    interval: dt.timedelta,
    listed: int,
    unseen: int,
    since: dt.timedelta | None,
    wish: dt.timedelta | None,
    settings: CrawlSettings,
) -> Plan:
    """What follows from a successful poll that listed `listed` items, `unseen` of them for the first time.

    `since` is how long ago the last success was, None at the first one, which says nothing about the pace. `wish` is
    the interval that the site asks for.
    """
    if since is None:
        adapted = _clamped(interval, settings)
    else:
        adapted = next_interval(interval, listed, unseen, settings)
        if since >= ON_TIME * interval:
            adapted = max(adapted, _clamped(interval, settings))
    reason = f"{listed - unseen} of {listed} items seen before" if listed else "nothing changed"
    honoured = _honoured(listed, unseen, since, wish, settings)
    if honoured > adapted:
        asked = span(wish) if wish is not None else "nothing"
        reason += f"; the site asks for {asked}, the wait is {span(honoured)}"
    return Plan(adapted, max(adapted, honoured), reason)


def next_interval(interval: dt.timedelta, listed: int, unseen: int, settings: CrawlSettings) -> dt.timedelta:
    """The interval after a poll on time that listed `listed` items, `unseen` of them for the first time."""
    seen_share = 1 - unseen / listed if listed else 1.0
    factor = LENGTHEN if seen_share >= MANY_SEEN else SHORTEN if seen_share < FEW_SEEN else 1.0
    return _clamped(interval * factor, settings)


def _clamped(interval: dt.timedelta, settings: CrawlSettings) -> dt.timedelta:
    shortest = dt.timedelta(seconds=settings.min_interval_seconds)
    return min(max(interval, shortest), dt.timedelta(seconds=settings.max_interval_seconds))


def _honoured(
    listed: int, unseen: int, since: dt.timedelta | None, wish: dt.timedelta | None, settings: CrawlSettings
) -> dt.timedelta:
    """How much of a wish is granted: no more than the longest interval, and at this pace not so much that more than
    two thirds of the list would be new. Most sites of the region leave WordPress at "hourly" with ten entries, and the
    large ones write more than that in an hour."""
    if wish is None:
        return dt.timedelta()
    granted = min(wish, dt.timedelta(seconds=settings.max_interval_seconds))
    if since is None or not unseen:
        return granted
    return min(granted, since * (MOST_TURNED_OVER * listed / unseen))


def longest(*wishes: dt.timedelta | None) -> dt.timedelta | None:
    """The longest of the intervals that a site asks for in its several ways; None when it asks for none."""
    return max((wish for wish in wishes if wish is not None), default=None)


def calmed(plan: Plan, changes: int) -> Plan:
    """The plan for a page that changed so often within a day: from `NOISY` on, at most an hourly look. No state that
    was read is dropped for it."""
    if changes < NOISY:
        return plan
    reason = f"{plan.reason}; its words changed {changes} times within a day, so it is asked once an hour"
    return Plan(max(plan.interval, NOISY_WAIT), max(plan.wait, NOISY_WAIT), reason)


def last_of_day(now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """When to ask for a page that changes before its day ends, so that the day's last state is read: one to five
    minutes before, for all of them end at once."""
    midnight = dt.datetime.combine(now.astimezone(zone).date() + dt.timedelta(days=1), dt.time(), zone)
    moment = midnight.astimezone(dt.UTC) - dt.timedelta(seconds=random.uniform(60, 300))  # noqa: S311
    return moment if moment > now else moment + dt.timedelta(days=1)


def weight(failure: FetchFailed | NotAFeed) -> float:
    """What a failed poll adds to the feed's weighted sum of failures; a success sets the sum to 0."""
    return WEIGHTS[failure.kind] if isinstance(failure, FetchFailed) else HARD


def error_class(failure: FetchFailed | NotAFeed) -> ErrorClass:
    """How heavily such a failure weighs."""
    return CLASSES[weight(failure)]


def backed_off(
    interval: dt.timedelta, failures: float, retry_after: dt.timedelta | None, settings: CrawlSettings
) -> dt.timedelta:
    """The wait after a failed poll: doubled with every full failure, capped, never less than the server asked."""
    shortest = max(interval.total_seconds(), settings.min_interval_seconds)
    doublings = min(failures, 30.0)  # beyond any cap, short of overflow
    wait = dt.timedelta(seconds=min(shortest * 2**doublings, max(settings.max_backoff_seconds, shortest)))
    return max(wait, retry_after or dt.timedelta())


def jittered(wait: dt.timedelta) -> dt.timedelta:
    """The wait, lengthened by up to a tenth: a pause that a server asked for is never cut short."""
    return wait * random.uniform(1, 1 + JITTER)  # noqa: S311


def complaint(failure: FetchFailed | NotAFeed) -> str:
    """One line on what is wrong with a feed and what to do about it."""
    if isinstance(failure, FetchFailed) and failure.kind == "gone":
        return f"{failure.reason}: the site says the feed is gone; remove it or find its successor"
    return str(failure)

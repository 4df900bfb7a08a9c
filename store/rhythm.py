"""A source against its own history: silence, fewer usable pages, another language, another volume. Pure.

Days are those of UTC on which the crawler polled the source: one on which it did not run says nothing. Every check
answers None for a source too young to have a history. `normal` is the figure of the history that an open alarm was
raised against; given it, a check answers until the figure is back, so that a lasting fault does not become normal.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

DAY = dt.timedelta(days=1)
HISTORY_DAYS = 56
"""Days of a source's past that its rhythm is taken from."""
YOUNG_DAYS = 14
"""A source polled on fewer days has no history."""

IMPROBABLE = 0.01
"""A silence is told when it would be this rare in the source's own past."""
FEW_ACTIVE_DAYS = 5
BUSY = 5
"""Items a day from which on a whole day without any is a surprise, however short the history."""
UNSEEN, UNSEEN_BUSY = 0.5, 0.1
"""Silent days that a history is thought to have missed, so that no silence is impossible; fewer of a busy source."""

RECENT_DAYS, BEFORE_DAYS = 7, 28
YIELD_DAYS = 3
FEWEST_PAGES, FEWEST_BEFORE = 10, 30
FALLEN, RISEN_AGAIN = 0.6, 0.8
"""Shares of the normal yield: below the first it has fallen, from the second on it is back."""
SIGNIFICANT = 3.0
"""Standard deviations by which the yield lies below the normal one, at the least."""

MOVED, MOVED_BACK = 0.4, 0.2
"""Share of the articles that are in other languages than before."""
LEAST_WEEKLY = 20
"""A source with fewer items a week has no volume that could shift."""
FEWER, MORE = 0.4, 2.5
"""Of the leanest and the fullest of the weeks before."""
BACK = (0.6, 1.7)


@dataclass(frozen=True, slots=True)
class Day:
    """What a source brought on a day on which it was polled. `seen` without what a back-fill found; `articles` and
    `unusable` are pages that were had, `refused` those that were not asked for."""

    seen: int = 0
    articles: int = 0
    unusable: int = 0
    refused: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """A source's days until `today`, which is not over, and the articles of each day by language, where a reader has
    told it."""

    today: dt.date
    days: Mapping[dt.date, Day]
    languages: Mapping[dt.date, Mapping[str, int]] = field(default_factory=dict)

    @property
    def young(self) -> bool:
        return len(self.days) <= YOUNG_DAYS

    def between(self, first: int, last: int) -> list[Day]:
        """The days from `first` to `last` days ago. The very first day is left out: it brought what had piled up."""
        begin = min(self.days, default=self.today)
        wanted = (self.today - ago * DAY for ago in range(last, first + 1))
        return [self.days[day] for day in wanted if day in self.days and day > begin]

    def languages_between(self, first: int, last: int) -> dict[str, int]:
        """Articles by language, over the same days."""
        counts: dict[str, int] = {}
        for ago in range(last, first + 1):
            for language, number in self.languages.get(self.today - ago * DAY, {}).items():
                counts[language] = counts.get(language, 0) + number
        return counts


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: one line on what happened, one on what to do. `normal` is the figure it was measured by."""

    kind: str
    line: str
    remedy: str
    normal: float | None = None
    feed_url: str = ""


def silence(history: History, last_new: dt.datetime | None, now: dt.datetime, source_id: str) -> Finding | None:
    """A source that brings nothing for longer than its rhythm explains; working days and weekends have each their
    own."""
    active = sorted(day for day, figures in history.days.items() if figures.seen)[1:]
    if history.young or last_new is None or len(active) < FEW_ACTIVE_DAYS:
        return None
    # The rhythm is that of the time before the silence: the silence itself must not become normal
    past = [day for day in history.days if active[-1] - HISTORY_DAYS * DAY < day <= active[-1]]
    chance = {weekend: _silent_chance(history, past, weekend=weekend) for weekend in (False, True)}
    silent = [day for day in _whole_days(last_new, now) if day in history.days]
    if math.prod(chance[_weekend(day)] for day in silent) >= IMPROBABLE:
        return None
    longest = max((later - earlier).days for earlier, later in pairwise(active))
    usual = f"it never paused longer than {longest} days" if longest > 1 else "it brought something every day"
    return Finding(
        "silence",
        f"nothing new since {_written(last_new.date())}; before, {usual}",
        f"open the site: if it publishes, its feed has moved or stopped; `avmp sources check {source_id}` says what "
        "each feed answers",
    )


def _whole_days(since: dt.datetime, now: dt.datetime) -> list[dt.date]:
    """The whole days of 24 hours from a moment until now, each by the date of its middle."""
    return [(since + (number + 0.5) * DAY).date() for number in range(int((now - since) / DAY))]


def _silent_chance(history: History, past: list[dt.date], *, weekend: bool) -> float:
    days = [history.days[day].seen for day in past if _weekend(day) == weekend]
    silent = sum(seen == 0 for seen in days)
    busy = sorted(days)[len(days) // 2] >= BUSY if days else False
    return (silent + (UNSEEN_BUSY if busy else UNSEEN)) / (len(days) + 1)


def _weekend(day: dt.date) -> bool:
    return day.weekday() >= 5


def yield_fall(history: History, normal: float | None = None) -> Finding | None:
    """Fewer of the pages had are articles than before: the layout has probably changed."""
    if history.young:
        return None
    share, pages = _yield(history.between(YIELD_DAYS - 1, 0))
    if pages < FEWEST_PAGES:
        share, pages = _yield(history.between(RECENT_DAYS - 1, 0))
    before, pages_before = _yield(history.between(BEFORE_DAYS + RECENT_DAYS - 1, RECENT_DAYS))
    if normal is None:
        if pages < FEWEST_PAGES or pages_before < FEWEST_BEFORE:
            return None
        smooth = (before * pages_before + 1) / (pages_before + 2)
        deviation = math.sqrt(smooth * (1 - smooth) / pages)
        if share >= FALLEN * before or before - share < SIGNIFICANT * deviation:
            return None
    elif pages >= FEWEST_PAGES and share >= RISEN_AGAIN * normal:
        return None
    usual = before if normal is None else normal
    return Finding(
        "yield",
        f"only {share:.0%} of the last {pages} pages are articles; before, {usual:.0%}",
        "the layout has probably changed: look at its recent outcomes, then give it `selectors` in its registry entry",
        usual,
    )


def _yield(days: list[Day]) -> tuple[float, int]:
    """The share of articles among the pages that were had, and how many those were."""
    articles, pages = sum(day.articles for day in days), sum(day.articles + day.unusable for day in days)
    return (articles / pages if pages else 0.0), pages


def language_shift(history: History, normal: float | None = None) -> Finding | None:
    """The articles are in other languages than before."""
    now = history.languages_between(RECENT_DAYS - 1, 0)
    before = history.languages_between(BEFORE_DAYS + RECENT_DAYS - 1, RECENT_DAYS)
    few = sum(now.values()) < FEWEST_PAGES or sum(before.values()) < FEWEST_BEFORE
    if history.young or (few and normal is None):
        return None
    moved = sum(abs(_share(now, name) - _share(before, name)) for name in now.keys() | before.keys()) / 2
    if not few and moved < (MOVED if normal is None else MOVED_BACK):
        return None
    return Finding(
        "language",
        f"the articles of {RECENT_DAYS} days are {_spoken(now)}; before, {_spoken(before)}",
        "see whether the feed is now that of another edition; if the site has changed, put the language into "
        "`languages` of its registry entry",
        moved,
    )


def _share(counts: Mapping[str, int], name: str) -> float:
    return counts.get(name, 0) / (sum(counts.values()) or 1)


def _spoken(counts: Mapping[str, int]) -> str:
    most = sorted(counts, key=lambda name: (-counts[name], name))[:3]
    return ", ".join(f"{_share(counts, name):.0%} {name}" for name in most) or "in no language"


def volume_shift(history: History, normal: float | None = None) -> Finding | None:
    """Many fewer or many more items in the last seven whole days than in any of the weeks before. None at all is a
    silence."""
    weeks = [history.between(last + RECENT_DAYS - 1, last) for last in range(1, BEFORE_DAYS + RECENT_DAYS, RECENT_DAYS)]
    sums = [sum(day.seen for day in week) * RECENT_DAYS / len(week) for week in weeks if len(week) >= RECENT_DAYS - 1]
    if history.young or len(sums) < 3 or len(weeks[0]) < RECENT_DAYS - 1 or sums[0] == 0:
        return None
    items, before = sums[0], sums[1:]
    usual = sum(before) / len(before) if normal is None else normal
    if normal is None:
        if usual < LEAST_WEEKLY or FEWER * min(before) <= items <= MORE * max(before):
            return None
    elif BACK[0] * normal <= items <= BACK[1] * normal:
        return None
    fewer = items < usual
    return Finding(
        "volume",
        f"{items:.0f} items in {RECENT_DAYS} days; before, {usual:.0f} a week",
        "see whether the feed still lists the whole of the news: it may have been cut, or parted into sections"
        if fewer
        else "see whether the feed now lists what is no news, such as comments or products",
        usual,
    )


def refusals(history: History) -> Finding | None:
    """Most pages may not be fetched, though the feed may."""
    days = history.between(YIELD_DAYS - 1, 0)
    refused, had = sum(day.refused for day in days), sum(day.articles + day.unusable for day in days)
    if refused < FEWEST_PAGES or refused <= had:
        return None
    return Finding(
        "robots",
        f"{refused} pages of {YIELD_DAYS} days were refused, mostly by robots.txt",
        "ask the site for consent; until then take the source out of the registry, or out of `verified`",
    )


def _written(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"

"""A source's last days as a small picture: a bar for each, drawn on the server as SVG without script or style."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from review_ui.translation.speaking import gettext, ngettext
from review_ui.translation.written import day as written
from review_ui.translation.written import number, weekday
from store.schema import SourceDay

BAR, GAP, HEIGHT = 16, 4, 90
"""Widths and height in units of the picture's own."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: from the bottom up the articles, then the entries that became none. `label` says it in words."""

    x: int
    good: float
    bad: float
    weekend: bool
    polled: bool
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    bars: tuple[Bar, ...]
    most: int
    label: str
    first: str
    last: str

    @property
    def width(self) -> int:
        return len(self.bars) * (BAR + GAP) - GAP


def picture(rows: Sequence[SourceDay], today: dt.date, days: int) -> Picture:
    """The picture of the `days` days until today; days without a row are empty."""
    by_day = {row.day: row for row in rows}
    dates = [today - dt.timedelta(days=ago) for ago in reversed(range(days))]
    figures = [_figures(by_day.get(date)) for date in dates]
    most = max((good + bad for good, bad in figures), default=0)
    unit = HEIGHT / most if most else 0.0
    bars = tuple(
        Bar(
            place * (BAR + GAP),
            good * unit,
            bad * unit,
            date.weekday() >= 5,
            date in by_day and by_day[date].polls > 0,
            _label(date, good, bad, by_day.get(date)),
        )
        for place, (date, (good, bad)) in enumerate(zip(dates, figures, strict=True))
    )
    articles, others = sum(good for good, _ in figures), sum(bad for _, bad in figures)
    label = gettext(
        "%(articles)s articles and %(others)s entries that became none in %(days)s days, at most %(most)s a day",
        articles=number(articles),
        others=number(others),
        days=days,
        most=number(most),
    )
    return Picture(bars, most, label, written(dates[0]), written(dates[-1]))


def _figures(row: SourceDay | None) -> tuple[int, int]:
    if row is None:
        return 0, 0
    return row.new + row.changed + row.unchanged, row.unusable + row.failed + row.refused


def _label(date: dt.date, good: int, bad: int, row: SourceDay | None) -> str:
    polls = gettext("not polled")
    if row and row.polls:
        polls = ngettext(
            "%(number)s polls, %(failed)s of them failed",
            "%(number)s polls, %(failed)s of them failed",
            row.polls,
            number=row.polls,
            failed=row.polls_failed,
        )
    return ngettext(
        "%(weekday)s %(day)s: %(good)s articles, %(bad)s that became none; %(polls)s",
        "%(weekday)s %(day)s: %(good)s articles, %(bad)s that became none; %(polls)s",
        good,
        weekday=weekday(date),
        day=written(date),
        good=good,
        bad=bad,
        polls=polls,
    )

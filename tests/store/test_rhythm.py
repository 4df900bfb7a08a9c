"""A source against its own history, by day and by weekday."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.rhythm import DAY, Day, History, language_shift, refusals, silence, volume_shift, yield_fall

TODAY = dt.date(2026, 3, 18)  # a Wednesday
NOON = dt.datetime(2026, 3, 18, 12, 0, tzinfo=dt.UTC)


def history(day: Callable[[int, dt.date], Day | None], length: int = 60, until: dt.date = TODAY) -> History:
    """`day(ago, date)` tells each day; None is a day without a crawler."""
    days = {until - ago * DAY: day(ago, until - ago * DAY) for ago in range(length)}
    return History(until, {date: found for date, found in days.items() if found})


def at(ago_days: float) -> dt.datetime:
    return NOON - ago_days * DAY


def daily(ago: int, date: dt.date) -> Day:
    return Day(seen=20)


def working_days(ago: int, date: dt.date) -> Day:
    return Day(seen=2 if date.weekday() < 5 else 0)


def mondays(ago: int, date: dt.date) -> Day:
    return Day(seen=3 if date.weekday() == 0 else 0)


def until(last: int, rhythm: Callable[[int, dt.date], Day]) -> Callable[[int, dt.date], Day]:
    return lambda ago, date: rhythm(ago, date) if ago >= last else Day()


def test_a_daily_portal_is_silent_after_a_day_and_an_office_after_some() -> None:
    assert silence(history(daily), at(0.2), NOON, "a.rs") is None
    assert silence(history(until(1, daily)), at(0.9), NOON, "a.rs") is None
    found = silence(history(until(2, daily)), at(1.5), NOON, "a.rs")
    assert found is not None
    assert found.line == "nothing new since 17 March 2026; before, it brought something every day"
    assert "`avmp sources check a.rs`" in found.remedy
    assert silence(history(until(3, working_days)), at(2.5), NOON, "a.rs") is not None


def test_a_weekend_is_no_silence_of_an_office() -> None:
    monday = dt.date(2026, 3, 16)
    morning = dt.datetime(2026, 3, 16, 9, 0, tzinfo=dt.UTC)
    friday = dt.datetime(2026, 3, 13, 15, 0, tzinfo=dt.UTC)
    quiet = history(until(1, working_days), until=monday)
    assert silence(quiet, friday, morning, "a.rs") is None
    portal = history(lambda ago, date: Day(seen=20 if ago > 2 else 0), until=monday)
    assert silence(portal, friday, morning, "a.rs") is not None, "one that publishes on weekends, too, is silent"


def test_a_weekly_bulletin_is_not_silent_for_a_week() -> None:
    assert silence(history(mondays), at(2.1), NOON, "a.rs") is None
    assert silence(history(until(9, mondays)), at(9.1), NOON, "a.rs") is None
    assert silence(history(until(40, mondays), 96), at(44), NOON, "a.rs") is not None


def test_a_silence_does_not_become_normal() -> None:
    long = history(until(50, daily), 100)
    assert silence(long, at(50), NOON, "a.rs") is not None


@pytest.mark.parametrize("length", [1, 5, 14])
def test_a_young_source_raises_nothing(length: int) -> None:
    young = history(lambda ago, date: Day(seen=50 if ago > 2 else 0, unusable=50, refused=0), length)
    assert silence(young, at(2.5), NOON, "a.rs") is None
    assert yield_fall(young) is None
    assert volume_shift(young) is None
    languages = {TODAY - ago * DAY: {"sq" if ago < 7 else "sr": 20} for ago in range(length)}
    assert language_shift(History(TODAY, young.days, languages)) is None


def test_days_without_a_crawler_are_no_silence() -> None:
    stopped = history(lambda ago, date: Day(seen=20) if ago > 6 else (Day() if ago == 0 else None))
    assert silence(stopped, at(6.5), NOON, "a.rs") is None


def test_a_fall_of_the_yield_is_told_until_it_is_mended() -> None:
    def layout(broken: int) -> History:
        return history(
            lambda ago, date: Day(seen=20, articles=2 if ago < broken else 19, unusable=18 if ago < broken else 1)
        )

    assert yield_fall(layout(0)) is None
    found = yield_fall(layout(3))
    assert found is not None
    assert found.line == "only 10% of the last 60 pages are articles; before, 95%"
    assert found.normal == pytest.approx(0.95)
    assert yield_fall(layout(40)) is None, "nobody had watched: the history is the fault"
    assert yield_fall(layout(40), 0.95) is not None, "but an alarm that was raised stays"
    assert yield_fall(layout(0), 0.95) is None


def test_a_few_bad_pages_are_no_fall() -> None:
    few = history(lambda ago, date: Day(seen=3, articles=1 if ago < 3 else 3, unusable=2 if ago < 3 else 0))
    assert yield_fall(few) is None
    always_bad = history(lambda ago, date: Day(seen=20, articles=6 + ago % 3, unusable=13))
    assert yield_fall(always_bad) is None


def test_another_language_is_told() -> None:
    days = history(daily).days

    def spoken(change: int) -> History:
        return History(
            TODAY, days, {TODAY - a * DAY: {"sq": 9, "en": 1} if a < change else {"sr": 10} for a in range(60)}
        )

    assert language_shift(spoken(0)) is None
    assert language_shift(spoken(2)) is None
    found = language_shift(spoken(7))
    assert found is not None
    assert found.line == "the articles of 7 days are 90% sq, 10% en; before, 100% sr"
    assert language_shift(spoken(0), found.normal) is None


@pytest.mark.parametrize(("factor", "words"), [(0.2, "still lists the whole"), (4, "what is no news")])
def test_another_volume_is_told_until_it_is_back(factor: float, words: str) -> None:
    def volume(change: int) -> History:
        return history(lambda ago, date: Day(seen=round(20 * (factor if ago <= change else 1) + date.weekday() // 5)))

    assert volume_shift(volume(0)) is None
    found = volume_shift(volume(7))
    assert found is not None and words in found.remedy
    assert found.normal == pytest.approx(142, abs=1)
    assert volume_shift(volume(21), found.normal) is not None
    assert volume_shift(volume(0), found.normal) is None


def test_weekends_are_no_shift_and_nothing_at_all_is_a_silence() -> None:
    assert volume_shift(history(lambda ago, date: Day(seen=40 if date.weekday() < 5 else 2))) is None
    assert volume_shift(history(until(9, daily))) is None


def test_most_pages_refused() -> None:
    assert refusals(history(lambda ago, date: Day(seen=20, articles=18, refused=2))) is None
    found = refusals(history(lambda ago, date: Day(seen=20, refused=20)))
    assert found is not None and found.kind == "robots"


day = st.builds(Day, *(st.integers(0, 60) for _ in range(4)), st.integers(0, 100_000))


@given(
    days=st.dictionaries(st.integers(0, 90).map(lambda ago: TODAY - ago * DAY), day),
    last=st.none() | st.floats(0, 90).map(at),
    normal=st.none() | st.floats(0, 1),
)
def test_every_history_is_answered(days: dict[dt.date, Day], last: dt.datetime | None, normal: float | None) -> None:
    told = History(TODAY, days, {date: {"sr": figures.articles} for date, figures in days.items() if figures.articles})
    for finding in (
        silence(told, last, NOON, "a.rs"),
        yield_fall(told, normal),
        language_shift(told, normal),
        volume_shift(told, normal),
        refusals(told),
    ):
        assert finding is None or (finding.line and finding.remedy and "\n" not in finding.line + finding.remedy)

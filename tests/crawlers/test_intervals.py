"""The interval between polls."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.feeds.formats import NotAFeed
from crawlers.fetching.fetcher import FailureKind, FetchFailed
from crawlers.polling.intervals import (
    MOST_TURNED_OVER,
    ON_TIME,
    WEIGHTS,
    backed_off,
    complaint,
    error_class,
    jittered,
    longest,
    next_interval,
    planned,
    weight,
)
from crawlers.settings import CrawlSettings

SETTINGS = CrawlSettings(archive_dir=Path("archive"), contact="desk@example.org")
QUARTER = dt.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("listed", "unseen", "minutes"),
    [(10, 10, 7.5), (10, 7, 7.5), (10, 5, 15), (10, 4, 15), (10, 3, 22.5), (10, 0, 22.5), (0, 0, 22.5)],
)
def test_the_share_of_new_items_moves_the_interval(listed: int, unseen: int, minutes: float) -> None:
    assert next_interval(QUARTER, listed, unseen, SETTINGS) == dt.timedelta(minutes=minutes)


@given(st.floats(1, 1e6), st.integers(0, 100), st.integers(0, 100))
def test_the_interval_is_clamped(seconds: float, listed: int, unseen: int) -> None:
    interval = next_interval(dt.timedelta(seconds=seconds), listed, min(listed, unseen), SETTINGS)
    assert SETTINGS.min_interval_seconds <= interval.total_seconds() <= SETTINGS.max_interval_seconds


def test_failures_weigh_by_what_they_say() -> None:
    hard, soft, temporary = FetchFailed("gone", ""), FetchFailed("not_found", ""), FetchFailed("server", "")
    assert weight(hard) == weight(NotAFeed("")) > weight(soft) > weight(temporary) > 0


@given(st.floats(0, 1e9))
def test_back_off_is_capped_and_never_ends(failures: float) -> None:
    wait = backed_off(QUARTER, failures, None, SETTINGS).total_seconds()
    assert QUARTER.total_seconds() <= wait <= SETTINGS.max_backoff_seconds


def test_back_off_doubles_and_heeds_retry_after() -> None:
    assert backed_off(QUARTER, 2.0, None, SETTINGS) == 4 * QUARTER
    assert backed_off(QUARTER, 0.25, dt.timedelta(hours=2), SETTINGS) == dt.timedelta(hours=2)


@given(st.floats(1, 1e6))
def test_jitter_lengthens_by_up_to_a_tenth(seconds: float) -> None:
    assert 0.999 * seconds <= jittered(dt.timedelta(seconds=seconds)).total_seconds() <= 1.101 * seconds


def test_a_feed_that_is_gone_is_proposed_for_removal() -> None:
    assert complaint(FetchFailed("gone", "HTTP 410")) == (
        "HTTP 410: the site says the feed is gone; remove it or find its successor"
    )


SPANS = st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(days=400))
LISTS = st.integers(0, 200).flatmap(lambda listed: st.tuples(st.just(listed), st.integers(0, listed)))
SHORTEST = dt.timedelta(seconds=SETTINGS.min_interval_seconds)
LONGEST = dt.timedelta(seconds=SETTINGS.max_interval_seconds)
A_MOMENT = dt.timedelta(microseconds=10)


@given(SPANS, LISTS, st.none() | SPANS, st.none() | SPANS)
def test_no_plan_leaves_the_limits(
    interval: dt.timedelta, listing: tuple[int, int], since: dt.timedelta | None, wish: dt.timedelta | None
) -> None:
    plan = planned(interval, *listing, since, wish, SETTINGS)
    assert SHORTEST <= plan.interval <= plan.wait <= LONGEST


@given(SPANS, LISTS, st.none() | SPANS, SPANS)
def test_a_wish_never_hastens_and_is_granted_where_nothing_is_lost_by_it(
    interval: dt.timedelta, listing: tuple[int, int], since: dt.timedelta | None, wish: dt.timedelta
) -> None:
    listed, unseen = listing
    plan = planned(interval, listed, unseen, since, wish, SETTINGS)
    unasked = planned(interval, listed, unseen, since, None, SETTINGS)
    assert plan.interval == unasked.interval
    assert plan.wait >= unasked.wait
    granted = min(wish, LONGEST)
    if plan.wait < granted:
        assert since is not None
        # at this pace more than two thirds of the list would have been new
        assert unseen / listed * (granted / since) > MOST_TURNED_OVER - 1e-6
        assert plan.wait >= since * (MOST_TURNED_OVER * listed / unseen) - A_MOMENT
    assert ("the site asks for" in plan.reason) == (plan.wait > plan.interval)


@given(SPANS, LISTS)
def test_the_first_poll_and_a_late_one_do_not_hasten(interval: dt.timedelta, listing: tuple[int, int]) -> None:
    clamped = min(max(interval, SHORTEST), LONGEST)
    assert planned(interval, *listing, None, None, SETTINGS).interval == clamped
    assert planned(interval, *listing, ON_TIME * interval, None, SETTINGS).interval >= clamped


@given(SPANS, st.integers(1, 200))
def test_more_that_is_new_never_lengthens_the_interval(interval: dt.timedelta, listed: int) -> None:
    intervals = [planned(interval, listed, unseen, interval, None, SETTINGS).interval for unseen in range(listed + 1)]
    assert intervals == sorted(intervals, reverse=True)


@given(st.integers(1, 60), st.integers(1, 4))
def test_a_busy_feed_settles_where_no_entry_is_lost(minutes_between_entries: int, quarter_hours: int) -> None:
    """Ten entries, as WordPress lists; the site asks to be read every hour or more rarely."""
    every, size = dt.timedelta(minutes=minutes_between_entries), 10
    wish = dt.timedelta(minutes=60 * quarter_hours)
    plan = planned(QUARTER, size, size, None, wish, SETTINGS)
    lost = []
    for _ in range(60):
        written = int(plan.wait / every)
        lost.append(max(0, written - size))
        plan = planned(plan.interval, size, min(size, written), plan.wait, wish, SETTINGS)
    assert sum(lost[20:]) == 0


@pytest.mark.parametrize("kind", WEIGHTS)
def test_each_failure_has_a_class_of_its_weight(kind: FailureKind) -> None:
    failure = FetchFailed(kind, "")
    assert {"hard": 1, "soft": 0.5, "temporary": 0.25}[error_class(failure)] == weight(failure)


def test_not_found_is_soft_gone_is_hard_and_a_page_instead_of_a_feed_is_hard() -> None:
    assert error_class(FetchFailed("not_found", "")) == "soft"
    assert error_class(FetchFailed("gone", "")) == error_class(NotAFeed("")) == "hard"


@given(st.lists(st.sampled_from([0.25, 0.5, 1.0]), min_size=1, max_size=80))
def test_waits_grow_with_failures_up_to_the_cap(weights: list[float]) -> None:
    waits = [backed_off(QUARTER, sum(weights[:n]), None, SETTINGS) for n in range(1, len(weights) + 1)]
    assert waits == sorted(waits)
    assert waits[-1] <= dt.timedelta(seconds=SETTINGS.max_backoff_seconds)


@given(SPANS, st.floats(0, 100), st.timedeltas(dt.timedelta(), dt.timedelta(days=1)))
def test_no_pause_that_a_server_asked_for_is_cut_short(
    interval: dt.timedelta, failures: float, retry_after: dt.timedelta
) -> None:
    assert jittered(backed_off(interval, failures, retry_after, SETTINGS)) >= retry_after


def test_the_longest_wish_counts() -> None:
    assert longest(None, QUARTER, 2 * QUARTER, None) == 2 * QUARTER
    assert longest(None, None) is None

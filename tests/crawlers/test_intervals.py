"""The interval between polls."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.feeds import NotAFeed
from crawlers.fetching import FetchFailed
from crawlers.intervals import backed_off, complaint, jittered, next_interval, weight
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
def test_jitter_stays_within_a_tenth(seconds: float) -> None:
    assert 0.899 * seconds <= jittered(dt.timedelta(seconds=seconds)).total_seconds() <= 1.101 * seconds


def test_a_feed_that_is_gone_is_proposed_for_removal() -> None:
    assert complaint(FetchFailed("gone", "HTTP 410")) == (
        "HTTP 410: the site says the feed is gone; remove it or find its successor"
    )

"""Numbers, spans and moments as people read them."""

from __future__ import annotations

import datetime as dt

import pytest

from crawlers.in_words import clock, counted, span


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.6, "1 min"), (90, "1 min 30 s"), (900, "15 min"), (3_605, "1 h"), (7_500, "2 h 5 min"),
     (86_400, "1 d"), (266_400, "3 d 2 h")],
)  # fmt: skip
def test_a_span_has_its_two_largest_units(seconds: float, said: str) -> None:
    assert span(dt.timedelta(seconds=seconds)) == said


def test_one_thing_has_no_s() -> None:
    assert [counted(number, "feed") for number in (0, 1, 2)] == ["0 feeds", "1 feed", "2 feeds"]
    assert counted(2, "entry", "entries") == "2 entries"


def test_a_moment_is_past_at_the_minute_that_is_said() -> None:
    now = dt.datetime(2026, 3, 1, 14, 0, tzinfo=dt.UTC)
    assert clock(now.replace(minute=5), now) == "14:05 UTC"
    assert clock(now.replace(minute=5, second=1), now) == "14:06 UTC"
    assert clock(now.replace(hour=23, minute=59, second=1), now) == "2026-03-02 00:00 UTC"
    assert clock(dt.datetime(2026, 3, 1, 16, 5, tzinfo=dt.timezone(dt.timedelta(hours=2))), now) == "14:05 UTC"

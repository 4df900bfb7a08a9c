"""How long an answer says it stays fresh."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.fetching.fetcher import Fetched
from crawlers.polling.freshness import fresh_for

AT = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
DATE = ("Date", "Thu, 26 Nov 2026 12:00:00 GMT")


def fresh(*headers: tuple[str, str]) -> float | None:
    span = fresh_for(Fetched("https://a.rs/", "https://a.rs/", 200, headers, b"", AT))
    return span.total_seconds() if span is not None else None


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("max-age=600", 600),
        ("public, max-age=600, s-maxage=9", 600),
        ("MAX-AGE = 600", 600),
        ('max-age="600"', 600),
        ("s-maxage=600", None),
        ("no-cache, max-age=600", None),
        ("no-store", None),
        ("max-age=0", None),
        ("max-age=-5", None),
        ("max-age=soon", None),
    ],
)
def test_cache_control(control: str, seconds: float | None) -> None:
    assert fresh(("Cache-Control", control)) == seconds


def test_age_has_passed_already_and_max_age_goes_before_expires() -> None:
    assert fresh(("Cache-Control", "max-age=600"), ("Age", "200")) == 400
    assert fresh(("Cache-Control", "max-age=600"), ("Age", "900")) is None
    assert fresh(("Cache-Control", "max-age=60"), ("Expires", "Thu, 26 Nov 2026 13:00:00 GMT"), DATE) == 60


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [
        ("Thu, 26 Nov 2026 13:00:00 GMT", 3600),
        ("Thu, 26 Nov 2026 11:00:00 GMT", None),
        ("0", None),
        ("-1", None),
        ("", None),
    ],
)
def test_expires_counts_from_the_servers_own_clock(expires: str, seconds: float | None) -> None:
    assert fresh(("Expires", expires), DATE) == seconds
    if seconds:
        assert fresh(("Expires", expires), ("Date", "Thu, 26 Nov 2026 12:30:00 GMT")) == 1800


@given(st.sampled_from(["Cache-Control", "Expires", "Age", "Date"]), st.text(max_size=60))
def test_no_header_breaks_it(name: str, value: str) -> None:
    left = fresh((name, value), ("Cache-Control", "max-age=60"))
    assert left is None or left > 0

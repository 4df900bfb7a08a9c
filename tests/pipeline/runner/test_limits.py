from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.runner import DeadLetterLimit, Retries


@given(st.lists(st.booleans(), max_size=300))
def test_the_limit_holds_exactly_when_run_or_share_is_too_large(deaths: list[bool]) -> None:
    limit = DeadLetterLimit(run=4, ratio=0.5, window=10)
    for n, dead in enumerate(deaths, 1):
        limit.note(dead=dead)
        seen = deaths[:n]
        too_long = n >= 4 and all(seen[-4:])
        too_many = n >= 10 and sum(seen[-10:]) > 5
        assert (limit.exceeded() is not None) == (too_long or too_many)


def test_delays_double_up_to_the_longest() -> None:
    assert list(Retries(attempts=6, first_delay=1, longest_delay=5).delays()) == [1, 2, 4, 5, 5]
    assert list(Retries(attempts=1, first_delay=1, longest_delay=5).delays()) == []

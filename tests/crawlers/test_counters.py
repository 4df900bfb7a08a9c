"""What a crawl counts."""

from __future__ import annotations

import pytest

from crawlers.counters import COUNTERS, Counters


def test_counts_by_label_and_in_all() -> None:
    counters = Counters()
    counters.add("polls", "a.rs", "read")
    counters.add("polls", "a.rs", "read", by=2)
    counters.add("polls", "b.rs", "failed")
    assert counters.values() == {("polls", ("a.rs", "read")): 3, ("polls", ("b.rs", "failed")): 1}
    assert counters.total("polls") == 4
    assert counters.total("lies") == 0


@pytest.mark.parametrize(
    ("name", "labels"),
    [("nothing", ()), ("polls", ("a.rs",)), ("polls", ("a.rs", "reed")), ("polls_late", ("a.rs",))],
)
def test_refuses_what_is_not_declared(name: str, labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="declare it"):
        Counters().add(name, *labels)


def test_every_figure_says_what_it_is() -> None:
    assert all(counter.meaning.endswith(".") for counter in COUNTERS.values())

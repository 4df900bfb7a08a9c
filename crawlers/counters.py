"""What a crawl counts, by name and labels, for whoever shows it: Prometheus, a test, the line at the end.

`COUNTERS` is the whole list. The values live as long as the process and only grow; any thread may add or read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Counter:
    """One figure: what it says, and the names of the labels it is told apart by. `known` are all values of its label
    besides `source`, so that it can be told as zero before it was counted."""

    meaning: str
    labels: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


COUNTERS: Mapping[str, Counter] = {
    "polls": Counter(
        "Polls of feeds by outcome: read, not_modified (304), same_body, failed, defect, put_off (the site pauses).",
        ("source", "outcome"),
        ("read", "not_modified", "same_body", "failed", "defect", "put_off"),
    ),
    "poll_failures": Counter(
        "Polls that brought nothing, by the weight of the error: hard, soft, temporary.",
        ("source", "error"),
        ("hard", "soft", "temporary"),
    ),
    "polls_late": Counter("Polls made more than a minute after their time."),
    "polls_missed": Counter("Polls that came so late that their time was past (a machine asleep); scheduled anew."),
    "probes": Counter("Polls without a condition, to see whether a feed's 'not modified' is true.", ("source",)),
    "lies": Counter("Feeds found to say 'not modified' over a changed body.", ("source",)),
    "backfill_pages": Counter("Pages of archives read for a back-fill.", ("source",)),
    "backfill_items": Counter("Items found by a back-fill for the first time.", ("source",)),
}

Key = tuple[str, tuple[str, ...]]
"""A name of `COUNTERS` and the values of its labels, in their order."""


class Counters:
    """The counts of one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: dict[Key, int] = {}

    def add(self, name: str, *labels: str, by: int = 1) -> None:
        """Adds to a figure. `labels` are the values of its labels, in their order.

        Raises:
            ValueError: there is no such figure, or it has other labels or other values of them.
        """
        if name not in COUNTERS or len(labels) != len(COUNTERS[name].labels):
            raise ValueError(f"no counter {name} with {len(labels)} labels: declare it in COUNTERS")
        if COUNTERS[name].known and labels[-1] not in COUNTERS[name].known:
            raise ValueError(f"counter {name} knows no {labels[-1]}: declare it in COUNTERS")
        with self._lock:
            self._values[name, labels] = self._values.get((name, labels), 0) + by

    def values(self) -> dict[Key, int]:
        """The figures that were counted at least once."""
        with self._lock:
            return dict(self._values)

    def total(self, name: str) -> int:
        """A figure's sum over its labels."""
        return sum(value for (counted, _), value in self.values().items() if counted == name)

"""What a crawl tells Prometheus: its counters as they are, and how its sources stand, asked of the database at most
every `FRESH_SECONDS`, however often and by however many it is scraped.

Counters are summed over sources, so that their number does not grow with the registry. Each source that is watched
has two gauges from the start, and one more for every kind of alarm over it. A series that comes once something happened
cannot be told from one that is missing: what is not known yet is zero, or NaN where zero would mislead.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Lock

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from codebook.errors import StoreUnavailable
from crawlers.counters import COUNTERS
from crawlers.run import Run
from store.crawl_state import CrawlState, crawl_state

FRESH_SECONDS = 15.0

OUTCOMES = ("new", "changed", "unchanged", "failed", "refused", "unusable", "postponed")
"""Fields of `CrawlSummary` that say what became of an attempt to fetch an item."""


@contextmanager
def exposed(run: Run, sources: Collection[str], registry: CollectorRegistry = REGISTRY) -> Iterator[None]:
    """Tells of a run over these sources as long as the block lasts."""
    collector = CrawlMetrics(run, sources)
    registry.register(collector)
    try:
        yield
    finally:
        registry.unregister(collector)


class CrawlMetrics(Collector):
    """The metrics of one run. While the database does not answer, the gauges are left out and the counters stay."""

    def __init__(self, run: Run, sources: Collection[str]) -> None:
        self._run, self._sources = run, sources
        self._lock = Lock()
        self._state: CrawlState | None = None
        self._asked = -FRESH_SECONDS

    def describe(self) -> Iterator[Metric]:
        """Nothing: what is registered is asked for only when it is scraped."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        yield from self._counters()
        state = self._fresh_state()
        if state is not None:
            yield from _gauges(state)
            yield from _of_sources(state, self._sources)

    def _counters(self) -> Iterator[Metric]:
        summary = self._run.summary
        outcomes = CounterMetricFamily(
            "avmp_crawl_outcomes", "Attempts to fetch an item, by what became of it", labels=["outcome"]
        )
        for outcome in OUTCOMES:
            outcomes.add_metric([outcome], getattr(summary, outcome))
        yield outcomes
        yield CounterMetricFamily("avmp_crawl_items", "Items seen for the first time", value=summary.items_seen)
        values = self._run.counters.values()
        for name, counter in COUNTERS.items():
            labels = [label for label in counter.labels if label != "source"]
            sums: dict[tuple[str, ...], int] = {(value,): 0 for value in counter.known} if labels else {(): 0}
            for (counted, of), value in values.items():
                if counted == name:
                    key = tuple(v for label, v in zip(counter.labels, of, strict=True) if label != "source")
                    sums[key] = sums.get(key, 0) + value
            family = CounterMetricFamily(f"avmp_crawl_{name}", counter.meaning, labels=labels)
            for key, value in sums.items():
                family.add_metric(key, value)
            yield family

    def _fresh_state(self) -> CrawlState | None:
        with self._lock:  # scrapes come in threads of their own
            if time.monotonic() - self._asked >= FRESH_SECONDS:
                self._asked = time.monotonic()
                try:
                    with self._run.database.session() as session:
                        self._state = crawl_state(session)
                except StoreUnavailable:
                    self._state = None
            return self._state


def _gauges(state: CrawlState) -> Iterator[Metric]:
    yield GaugeMetricFamily("avmp_crawl_pending", "Items without a final outcome", value=state.pending)
    oldest = (state.now - state.oldest_pending).total_seconds() if state.oldest_pending else 0.0
    yield GaugeMetricFamily("avmp_crawl_oldest_pending_seconds", "Age of the oldest pending item", value=oldest)


def _of_sources(state: CrawlState, sources: Collection[str]) -> Iterator[Metric]:
    answered = GaugeMetricFamily(
        "avmp_source_answered", "Whether one of a source's feeds has ever answered: 1, or 0", labels=["source"]
    )
    age = GaugeMetricFamily(
        "avmp_source_last_success_seconds",
        "Time since one of a source's feeds answered; NaN for one that never has",
        labels=["source"],
    )
    for source in sources:
        at = state.last_success.get(source)
        answered.add_metric([source], 0 if at is None else 1)
        age.add_metric([source], math.nan if at is None else (state.now - at).total_seconds())
    yield answered
    yield age
    alarms = GaugeMetricFamily("avmp_source_alarms", "Open alarms over a source", labels=["source", "kind"])
    for (source, kind), number in state.alarms.items():
        alarms.add_metric([source, kind], number)
    yield alarms

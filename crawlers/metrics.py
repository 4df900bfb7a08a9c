"""What a crawl tells Prometheus: its counters as they are, and how its sources stand, asked of the database at most
every `FRESH_SECONDS`, however often and by however many it is scraped.

Counters are summed over sources, so that their number does not grow with the registry; each source has two gauges.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
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
def exposed(run: Run, registry: CollectorRegistry = REGISTRY) -> Iterator[None]:
    """Tells of a run as long as the block lasts."""
    collector = CrawlMetrics(run)
    registry.register(collector)
    try:
        yield
    finally:
        registry.unregister(collector)


class CrawlMetrics(Collector):
    """The metrics of one run. While the database does not answer, the gauges are left out and the counters stay."""

    def __init__(self, run: Run) -> None:
        self._run = run
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
            sums: dict[tuple[str, ...], int] = {} if labels else {(): 0}
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
    age = GaugeMetricFamily(
        "avmp_source_last_success_seconds",
        "Time since one of a source's feeds answered; none for one that never has",
        labels=["source"],
    )
    for source, at in state.last_success.items():
        if at is not None:
            age.add_metric([source], (state.now - at).total_seconds())
    yield age
    alarms = GaugeMetricFamily("avmp_source_alarms", "Open alarms over a source", labels=["source", "kind"])
    for (source, kind), number in state.alarms.items():
        alarms.add_metric([source, kind], number)
    yield alarms

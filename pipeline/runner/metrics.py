"""What a runner tells Prometheus."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1800)


class Metrics:
    """The metrics of all stages in one registry; make one for a process."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.messages = Counter(
            "avmp_messages",
            "Messages a stage acknowledged, by outcome (done, filtered, dead), each once",
            ["stage", "outcome"],
            registry=registry,
        )
        self.acknowledged = Counter(
            "avmp_messages_acknowledged",
            "Messages a stage acknowledged; equals the sum of avmp_messages over its outcomes",
            ["stage"],
            registry=registry,
        )
        self.handling = Histogram(
            "avmp_handling_seconds",
            "Time a stage took for a message, retries included",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.latency = Histogram(
            "avmp_latency_seconds",
            "Time from the publication of a message until its stage had dealt with it",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.retries = Counter(
            "avmp_retries", "Times a stage tried again, by error class", ["stage", "error"], registry=registry
        )
        self.lost = Counter(
            "avmp_messages_lost",
            "Messages that retention deleted before a stage had acknowledged them",
            ["stage"],
            registry=registry,
        )
        self.readings = Counter(
            "avmp_readings",
            "Articles read, by the stage whose reading was taken and why a later one gave none (empty: nothing failed)",
            ["read_by", "fallback"],
            registry=registry,
        )
        self.lag = Gauge(
            "avmp_lag_messages",
            "Messages a stage has not acknowledged",
            ["stage", "topic"],
            registry=registry,
        )

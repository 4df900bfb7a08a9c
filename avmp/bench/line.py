"""The whole line and the bus, over an embedded server of their own."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry

from avmp.bench.embedded import server
from avmp.demo.outlets import outlets
from avmp.demo.summary import is_settled
from avmp.wiring import migrate
from classifiers.reader import Reader
from codebook.events import ArticleFetched
from codebook.records import Article
from pipeline.bus import Bus, NewMessage, Subscription, Topic, connect
from pipeline.relay import Relay
from pipeline.runner import Runner
from pipeline.runner.metrics import Metrics
from pipeline.stages.link import LinkStage
from pipeline.stages.read import ReadStage
from store.database import Database
from store.schema import Source

MESSAGES, SIZE, BATCH = 20_000, 1_000, 500
"""Messages of a kilobyte, the size of a mentions event, published in batches as the relay does."""
SINGLE = 300
"""Messages sent one by one to measure latency."""


def whole_line_rate(chosen: Sequence[Article], reader: Reader) -> float:
    """Articles a second from the bus through reading, relay and linking into the review queue, one process."""
    with server() as url:
        migrate(url, url)
        database = Database(url)
        with database.session() as session:
            session.add_all(
                Source(id=o.id, name=o.name, url=f"https://{o.id}/", jurisdiction=o.jurisdiction, kind=o.kind,
                       languages=[o.language], verified=True)
                for o in outlets()
            )  # fmt: skip
        with connect(url) as bus:
            events = [ArticleFetched.of(article) for article in chosen]
            bus.publish(NewMessage(event.topic, event.key, event.encode()) for event in events)
            metrics = Metrics(CollectorRegistry())  # apart from those of the process
            stages = (ReadStage(database, reader), LinkStage(database))
            workers: list[Runner | Relay] = [*(Runner(stage, bus, metrics) for stage in stages), Relay(database, bus)]
            threads = [threading.Thread(target=worker.run) for worker in workers]
            begun = time.perf_counter()
            for thread in threads:
                thread.start()
            while not is_settled(database, bus):
                time.sleep(0.05)
            seconds = time.perf_counter() - begun
            for worker in workers:
                worker.stop()
            for thread in threads:
                thread.join()
        database.close()
    return len(chosen) / seconds


def bus_figures() -> dict[str, float]:
    """Messages a second published and received with acknowledgement, and milliseconds from publishing to receiving."""
    value = b"x" * SIZE
    with server() as url:
        migrate(url, url)
        with connect(url) as bus:
            bus.ensure_topics([Topic("bench"), Topic("bench.single")])
            batches = [[NewMessage("bench", str(n), value) for n in range(BATCH)]] * (MESSAGES // BATCH)
            begun = time.perf_counter()
            for batch in batches:
                bus.publish(batch)
            published = time.perf_counter() - begun
            received = _receiving(bus)
            latencies = _latencies(bus)
    return {
        "bus_publish_per_second": round(MESSAGES / published, 1),
        "bus_receive_per_second": round(MESSAGES / received, 1),
        "bus_latency_median_ms": round(1000 * statistics.median(latencies), 2),
        "bus_latency_p99_ms": round(1000 * statistics.quantiles(latencies, n=100)[98], 2),
    }


def _receiving(bus: Bus) -> float:
    """Seconds to receive and acknowledge all messages."""
    begun, left = time.perf_counter(), MESSAGES
    with bus.subscribe("bench", ["bench"]) as subscription:
        while left:
            batch = subscription.poll(BATCH, timeout=1)
            subscription.acknowledge(batch)
            left -= len(batch)
    return time.perf_counter() - begun


def _latencies(bus: Bus) -> list[float]:
    """Seconds from publishing to receiving, for messages one by one to a member that waits for them."""
    sent: dict[str, float] = {}
    took: list[float] = []
    with bus.subscribe("bench", ["bench.single"]) as subscription:
        subscription.poll(1, timeout=0.1)
        member = threading.Thread(target=_note_arrivals, args=(subscription, sent, took))
        member.start()
        for number in range(SINGLE):
            time.sleep(0.005)
            sent[str(number)] = time.perf_counter()
            bus.publish([NewMessage("bench.single", str(number), b"x")])
        member.join()
    return took


def _note_arrivals(subscription: Subscription, sent: Mapping[str, float], took: list[float]) -> None:
    while len(took) < SINGLE:
        batch = subscription.poll(BATCH, timeout=1)
        took += [time.perf_counter() - sent[message.key] for message in batch]
        subscription.acknowledge(batch)

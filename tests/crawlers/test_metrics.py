"""What Prometheus is told of a crawl, and what asking costs."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy import event, insert

from crawlers.metrics import CrawlMetrics, exposed
from crawlers.polling.intervals import ErrorClass
from crawlers.run import Run, Worker
from crawlers.settings import CrawlSettings
from store.database import Database
from store.schema import Feed, PendingItem, Source, SourceAlarm
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import serving, wait_for, words

HOUR = dt.timedelta(hours=1)
WATCHED = ("source-0.rs", "source-1.rs", "source-2.rs")


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Iterator[Run]:
    settings = CrawlSettings(archive_dir=tmp_path, contact="desk@example.org")
    with Worker() as worker:
        yield Run(settings, database, cast("Any", None), worker, asyncio.Semaphore(1))


def add_sources(database: Database, number: int) -> None:
    ids = [f"source-{n}.rs" for n in range(number)]
    now = dt.datetime.now(dt.UTC)
    with database.session() as session:
        session.execute(
            insert(Source),
            [
                {"id": i, "name": i, "url": f"https://{i}/", "jurisdiction": "RS", "kind": "media", "languages": ["sr"]}
                for i in ids
            ],
        )
        session.execute(
            insert(Feed),
            [{"url": f"https://{i}/feed", "source_id": i, "kind": "rss", "last_success": now - HOUR} for i in ids],
        )
        session.add(Feed(url="https://never.rs/", source_id=ids[0], kind="rss"))
        session.add(
            PendingItem(url="u", source_id=ids[0], feed_url="f", link="l", host="h", seen_at=now - 2 * HOUR, due_at=now)
        )
        session.add(SourceAlarm(source_id=ids[0], kind="gone", feed_url="f", line="l", remedy="r"))
        session.add(SourceAlarm(source_id=ids[0], kind="silence", line="l", remedy="r", cleared_at=now))


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def values(registry: CollectorRegistry, name: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == name
    }


def test_counts_and_states(run: Run, database: Database) -> None:
    add_sources(database, 3)
    run.summary.items_seen, run.summary.new = 7, 4
    run.counters.add("polls", "source-0.rs", "read")
    run.counters.add("polls", "source-1.rs", "read", by=2)
    run.counters.add("polls", "source-1.rs", "failed")
    run.counters.add("polls_missed")
    registry = CollectorRegistry()
    with exposed(run, WATCHED, registry):
        told = values(registry, "avmp_crawl_polls_total")
        assert {outcome: number for (outcome,), number in told.items() if number} == {"read": 3, "failed": 1}
        assert values(registry, "avmp_crawl_polls_missed_total") == {(): 1}
        assert values(registry, "avmp_crawl_polls_late_total") == {(): 0}
        assert values(registry, "avmp_crawl_items_total") == {(): 7}
        assert values(registry, "avmp_crawl_outcomes_total")["new",] == 4
        assert values(registry, "avmp_crawl_pending") == {(): 1}
        assert values(registry, "avmp_crawl_oldest_pending_seconds")[()] == pytest.approx(7200, abs=600)
        ages = values(registry, "avmp_source_last_success_seconds")
        assert set(ages) == {("source-0.rs",), ("source-1.rs",), ("source-2.rs",)}
        assert ages["source-1.rs",] == pytest.approx(3600, abs=600)
        assert values(registry, "avmp_source_alarms") == {("source-0.rs", "gone"): 1}
    assert list(registry.collect()) == []


def test_a_thousand_sources_cost_three_statements_now_and_then(run: Run, database: Database) -> None:
    add_sources(database, 1000)
    for n in range(1000):
        for outcome in ("read", "not_modified", "failed"):
            run.counters.add("polls", f"source-{n}.rs", outcome)
    registry = CollectorRegistry()
    with exposed(run, [f"source-{n}.rs" for n in range(1000)], registry), counted_statements(database) as statements:
        for _ in range(5):
            told = generate_latest(registry)
    assert len(statements) == 3
    assert len(told.splitlines()) < 2100, "two lines for each source, and no more"


def test_every_watched_source_and_every_outcome_has_its_series_from_the_start(run: Run, database: Database) -> None:
    add_sources(database, 2)
    with database.session() as session:
        session.add(
            Source(id="new.rs", name="New", url="https://new.rs/", jurisdiction="RS", kind="media", languages=["sr"])
        )
        session.flush()
        session.add(Feed(url="https://new.rs/feed", source_id="new.rs", kind="rss"))
    registry = CollectorRegistry()
    with exposed(run, ["source-0.rs", "new.rs", "feedless.rs"], registry):
        ages = values(registry, "avmp_source_last_success_seconds")
        answered = values(registry, "avmp_source_answered")
        polls = values(registry, "avmp_crawl_polls_total")
        failures = values(registry, "avmp_crawl_poll_failures_total")
    assert answered == {("source-0.rs",): 1, ("new.rs",): 0, ("feedless.rs",): 0}, "none that is watched no more"
    assert ages.keys() == answered.keys()
    assert {source for (source,), age in ages.items() if math.isnan(age)} == {"new.rs", "feedless.rs"}
    outcomes = {"read", "not_modified", "same_body", "failed", "defect", "put_off"}
    assert polls == {(outcome,): 0 for outcome in outcomes}
    assert failures == {(error,): 0 for error in get_args(ErrorClass)}


def test_without_a_database_the_counters_stay(run: Run, database: Database) -> None:
    run.counters.add("polls_missed")
    away = Database("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    lone = Run(run.settings, away, run.fetcher, run.worker, run.slots, counters=run.counters)
    metrics = CrawlMetrics(lone, WATCHED)
    names = {family.name for family in metrics.collect()}
    assert "avmp_crawl_polls_missed" in names
    assert "avmp_crawl_pending" not in names
    away.close()


def test_the_crawler_serves_them(crawler: Crawler, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with serving("127.0.2.95") as [site]:
        site.feed("/feed", {"/a": "Naslov članka o pucnjavi"})
        site.article("/a", "Naslov članka o pucnjavi", words(1))
        crawler.watch(site, [("/feed", "rss")])
        environment = os.environ | {
            "AVMP_DATABASE": crawler.database.url,
            "AVMP_HOME": str(tmp_path),
            "AVMP_SOURCES": str(crawler.sources),
            "AVMP_METRICS_PORT": str(port),
            "AVMP_CRAWL__ALLOW_LOOPBACK": "true",
            "AVMP_CRAWL__MIN_GAP_SECONDS": "0.05",
        }
        process = subprocess.Popen([sys.executable, "-m", "avmp", "crawl"], env=environment, cwd=tmp_path)
        try:
            wait_for(lambda: 'avmp_crawl_outcomes_total{outcome="new"} 1.0' in _scraped(port))
            # The database is asked again only after FRESH_SECONDS
            wait_for(lambda: 'avmp_source_answered{source="127.0.2.95"} 1.0' in _scraped(port))
            wait_for(lambda: "avmp_crawl_pending 0.0" in _scraped(port))
            told = _scraped(port)
        finally:
            process.terminate()
            process.wait()
    assert 'avmp_crawl_polls_total{outcome="read"} 1.0' in told
    assert 'avmp_source_last_success_seconds{source="127.0.2.95"} NaN' not in told


def _scraped(port: int) -> str:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())
    return ""

"""The simulated week: whatever the outlets, the database and the machine go through, its end is exactly what was
published, each article once, and a stated reason for everything else."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from codebook.records import Article
from crawlers.identity.normal_form import normalised
from store.schema import ArticleVersion, Feed, FetchOutcome, OutboxMessage, PendingItem, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import serving
from tests.crawlers.week import DAYS, KINDS, Outlet
from tests.databases import connected

DAY_SECONDS = 6.0
SETTLING_SECONDS = 150.0
"""At the most, on a busy machine; the week is over when all is there."""
OUTLETS = 40

SETTINGS: dict[str, Any] = {
    "min_gap_seconds": 0.01,
    "interval_seconds": 2.0,
    "min_interval_seconds": 1.5,
    "max_interval_seconds": 2.5,
    "max_backoff_seconds": 4.0,
    "robots_ttl_seconds": 3600.0,
    "retry_delays_seconds": [0.5, 1.0, 2.0, 4.0],
    "max_items_per_feed": 100,
}


def go_away(server_url: str, database: str, seconds: float) -> None:
    """The database refuses everyone for a while, as when its server starts again."""
    with connected(server_url) as server, server.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,))
        time.sleep(seconds)
        cursor.execute(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true")


def expected_articles(outlets: list[Outlet]) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (normalised(outlet.site.base).split("/")[2].split(":")[0], path): (title, text.split("\n\n")[0].strip())
        for outlet in outlets
        for path, (title, text) in outlet.published.items()
    }


def found_articles(crawler: Crawler) -> dict[tuple[str, str], tuple[str, str]]:
    with crawler.database.session() as session:
        rows = session.execute(select(StoredArticle.source_id, StoredArticle.url, StoredArticle.title, StoredArticle.text)).all()  # fmt: skip
    return {
        (source, "/" + url.split("/", 3)[3].split("?")[0].removesuffix("/amp")): (title, text.split("\n")[0].strip())
        for source, url, title, text in rows
    }


def count(crawler: Crawler, table: type[Any]) -> int:
    with crawler.database.session() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def settled(crawler: Crawler, outlets: list[Outlet]) -> bool:
    outcomes = sum(len(outlet.reasons) for outlet in outlets)
    return found_articles(crawler) == expected_articles(outlets) and reasons_count(crawler) == outcomes and not count(crawler, PendingItem)  # fmt: skip


def reasons_count(crawler: Crawler) -> int:
    with crawler.database.session() as session:
        return session.scalars(select(func.count()).select_from(FetchOutcome).where(FetchOutcome.outcome != "fetched")).one()  # fmt: skip


@pytest.mark.slow
def test_a_week_of_forty_outlets(crawler: Crawler, server_url: str) -> None:
    addresses = [f"127.0.4.{number}" for number in range(1, OUTLETS + 1)]
    with serving(*addresses) as sites:
        outlets = [Outlet(site, number, KINDS[number % len(KINDS)]) for number, site in enumerate(sites)]
        for outlet in outlets:
            outlet.dawn(0)
            crawler.watch(outlet.site, [(outlet.feed_path, outlet.kind)])
        process = crawler.start(until_idle=False, **SETTINGS)
        for day in range(1, DAYS):
            time.sleep(DAY_SECONDS)
            for outlet in outlets:
                outlet.dawn(day)
            if day == 2:
                go_away(server_url, str(crawler.database.url).rsplit("/", 1)[1].split("?")[0], 1.5)
            if day == 4:
                time.sleep(DAY_SECONDS / 4)
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                process = crawler.start(until_idle=False, **SETTINGS)
        deadline = time.monotonic() + SETTLING_SECONDS
        while not settled(crawler, outlets) and time.monotonic() < deadline:
            time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        summary = crawler.summary(process)
    found, expected = found_articles(crawler), expected_articles(outlets)
    assert set(found) ^ set(expected) == set(), "exactly what was published"
    assert {key: value for key, value in found.items() if value != expected[key]} == {}, "in its newest wording"
    assert summary["pending"] == 0 == count(crawler, PendingItem)
    assert_each_once_on_the_outbox(crawler, outlets)
    assert_everything_else_has_its_reason(crawler, outlets)
    with crawler.database.session() as session:
        errors = {feed.url: feed.last_error for feed in session.scalars(select(Feed)) if feed.last_error}
        lies = {feed.source_id for feed in session.scalars(select(Feed)) if feed.lies_since}
    assert errors == {}, "every feed has come back"
    assert {outlet.site.base.split("//")[1].split(":")[0] for outlet in outlets if outlet.trouble == "lying"} <= lies


def assert_each_once_on_the_outbox(crawler: Crawler, outlets: list[Outlet]) -> None:
    with crawler.database.session() as session:
        events = [
            Article.model_validate(json.loads(value)["article"])
            for value in session.scalars(select(OutboxMessage.value))
            if value
        ]
        hashes = dict(session.execute(select(StoredArticle.id, StoredArticle.content_hash)).all())
        versions = Counter(session.scalars(select(ArticleVersion.article_id)))
    sent = Counter((event.id, event.content_hash) for event in events)
    assert set(sent.values()) == {1}, "each wording once"
    assert {name for name, _ in sent} == set(hashes)
    assert all((name, content) in sent for name, content in hashes.items()), "the newest wording was sent"
    wordings = sorted(number for outlet in outlets for number in outlet.wordings.values())
    assert sorted(number + 1 for number in versions.values()) == wordings
    assert len(events) == len(hashes) + sum(versions.values())


def assert_everything_else_has_its_reason(crawler: Crawler, outlets: list[Outlet]) -> None:
    with crawler.database.session() as session:
        missed = {row.url: (row.outcome, row.reason or "") for row in session.scalars(select(FetchOutcome)) if row.outcome != "fetched"}  # fmt: skip
    expected = {normalised(outlet.site.base + path): reason for outlet in outlets for path, reason in outlet.reasons.items()}  # fmt: skip
    assert set(missed) == set(expected)
    for url, (outcome, reason) in expected.items():
        assert missed[url][0] == outcome, url
        assert reason in missed[url][1], url

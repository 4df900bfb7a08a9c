"""The simulated week: whatever the outlets, their servers, the database and the machine go through, its end is exactly
what was published, each article once, and a stated reason for everything else."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from codebook.records import Article
from crawlers.identity.normal_form import normalised
from store.schema import ArticleVersion, Feed, FeedLogEntry, FetchOutcome, OutboxMessage, PendingItem, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.raw_sites import Authority
from tests.crawlers.sites import Site, wait_for
from tests.crawlers.week import DAYS, ILL, Outlet
from tests.crawlers.week_moves import MOVES, MOVING_DAY
from tests.crawlers.week_troubles import MAX_BODY_BYTES, TROUBLES, certified
from tests.databases import connected

DAY_SECONDS = 4.0
"""At least: a day is as long as it takes the crawler to see what is gone tomorrow."""

PATIENCE_SECONDS = 240.0
"""For what must come, on a busy machine."""

OUTLETS = 40
CERTIFICATE = "certificate"
NAMES = [*TROUBLES, CERTIFICATE]

SETTINGS: dict[str, Any] = {
    "min_gap_seconds": 0.01,
    "timeout_seconds": 4.0,
    "max_body_bytes": MAX_BODY_BYTES,
    "interval_seconds": 2.0,
    "min_interval_seconds": 1.5,
    "max_interval_seconds": 2.5,
    "max_backoff_seconds": 4.0,
    "robots_ttl_seconds": 3600.0,
    "robots_retry": 2.0,
    "retry_delays_seconds": [0.5, 1.0, 2.0, 3.0],
    "max_items_per_feed": 100,
}

Report = tuple[str, str, str]
"""The source of an article, its title and its text."""


@pytest.fixture
def outlets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Outlet]]:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with ExitStack() as open_sites:

        def site(address: str) -> Site:
            made = Site(address)
            open_sites.callback(made.close)
            return made

        def outlet(number: int) -> Outlet:
            name, address = NAMES[number % len(NAMES)], f"127.0.4.{number + 1}"
            if name == CERTIFICATE:
                mended, expired = authority.context(address), authority.context(address, expired=True)
                secured = Site(address, mended)
                open_sites.callback(secured.close)
                return Outlet(number, name, certified(mended, expired), secured, secured)
            first = site(address)
            return Outlet(number, name, TROUBLES[name], first, site(f"127.0.5.{number + 1}"))

        yield [outlet(number) for number in range(OUTLETS)]


def go_away(server_url: str, database: str, seconds: float) -> None:
    """The database refuses everyone for a while, as when its server starts again."""
    with connected(server_url) as server, server.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false")
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,))
        time.sleep(seconds)
        cursor.execute(f"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true")


class Known:
    """What the crawler knows."""

    def __init__(self, crawler: Crawler) -> None:
        self._database = crawler.database

    def articles(self) -> Counter[Report]:
        with self._database.session() as session:
            rows = session.execute(select(StoredArticle.source_id, StoredArticle.title, StoredArticle.text)).all()
        return Counter((source, title, text) for source, title, text in rows)

    def addresses(self) -> dict[str, str]:
        with self._database.session() as session:
            rows = session.execute(select(StoredArticle.title, StoredArticle.url)).all()
        return {title: normalised(url) for title, url in rows}

    def wordings(self) -> dict[str, int]:
        """How many wordings those articles had that had several, by title."""
        with self._database.session() as session:
            rows = session.scalars(select(StoredArticle.title).join(ArticleVersion, ArticleVersion.article_id == StoredArticle.id))  # fmt: skip
            return {title: earlier + 1 for title, earlier in Counter(rows).items()}

    def missed(self) -> dict[str, tuple[str, str]]:
        with self._database.session() as session:
            rows = session.scalars(select(FetchOutcome).where(FetchOutcome.outcome != "fetched"))
            return {row.url: (row.outcome, row.reason or "") for row in rows}

    def pending(self) -> int:
        with self._database.session() as session:
            return session.scalars(select(func.count()).select_from(PendingItem)).one()

    def feed_errors(self) -> dict[str, str]:
        with self._database.session() as session:
            return {feed.url: feed.last_error for feed in session.scalars(select(Feed)) if feed.last_error}

    def found_lying(self) -> set[str]:
        with self._database.session() as session:
            return set(session.scalars(select(Feed.source_id).where(Feed.lies_since.is_not(None))))

    def met(self) -> dict[str, list[str]]:
        """What went wrong with the feeds of every source."""
        met: dict[str, list[str]] = {}
        with self._database.session() as session:
            rows = session.execute(select(Feed.source_id, FeedLogEntry.detail).join(Feed, Feed.url == FeedLogEntry.feed_url).where(FeedLogEntry.event == "failing")).all()  # fmt: skip
        for source, detail in rows:
            met.setdefault(source, []).append(detail)
        return met


def published(outlets: list[Outlet]) -> Counter[Report]:
    return Counter(
        (outlet.source, title, "\n".join(paragraph.strip() for paragraph in text.split("\n\n")))
        for outlet in outlets
        for title, text in outlet.articles.items()
    )


def unmet(known: Known, outlets: list[Outlet]) -> list[str]:
    """The outlets whose trouble the crawler has not run into."""
    met = known.met()
    return [
        f"{outlet.source}: {outlet.trouble.met}"
        for outlet in outlets
        if not any(outlet.trouble.met in told for told in met.get(outlet.source, [""]))
    ]


def today_is_over(known: Known, outlets: list[Outlet], tomorrow: int) -> bool:
    """Whether what is gone tomorrow was seen: what a bulletin tells, where the articles lie of those that move, the
    troubles of the days of illness."""
    going = {"bulletin", *(MOVES if tomorrow == MOVING_DAY else ())}
    unread = published([outlet for outlet in outlets if outlet.name in going]) - known.articles()
    return not unread and not (tomorrow == ILL[-1] + 1 and unmet(known, outlets))


def settled(known: Known, outlets: list[Outlet], liars: set[str]) -> bool:
    reasons = sum(len(outlet.reasons) for outlet in outlets)
    return (
        not known.pending()
        and len(known.missed()) >= reasons
        and known.articles() == published(outlets)
        and not known.feed_errors()
        and liars <= known.found_lying()
    )


def test_there_is_an_outlet_for_every_trouble() -> None:
    assert len(NAMES) <= OUTLETS


@pytest.mark.slow
def test_a_week_of_forty_outlets(crawler: Crawler, server_url: str, outlets: list[Outlet]) -> None:
    known, liars = Known(crawler), {outlet.source for outlet in outlets if outlet.name == "lying"}
    for outlet in outlets:
        outlet.dawn(0)
        crawler.watch(outlet.site, [(outlet.feed_path, outlet.trouble.kind)])
    process = crawler.start(until_idle=False, **SETTINGS)
    for day in range(1, DAYS):
        time.sleep(DAY_SECONDS)
        wait_for(partial(today_is_over, known, outlets, day), PATIENCE_SECONDS)
        for outlet in outlets:
            outlet.dawn(day)
        if day == 2:
            go_away(server_url, str(crawler.database.url).rsplit("/", 1)[1].split("?")[0], 1.5)
        if day == 4:
            time.sleep(DAY_SECONDS / 4)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            process = crawler.start(until_idle=False, **SETTINGS)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not settled(known, outlets, liars) and time.monotonic() < deadline:
        time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    summary = crawler.summary(process)
    found, expected = known.articles(), published(outlets)
    assert (found - expected, expected - found) == (Counter(), Counter()), (
        "what was published, each once, newest wording"
    )
    assert summary["pending"] == 0 == known.pending()
    assert unmet(known, outlets) == []
    assert known.feed_errors() == {}, "every feed has come back"
    assert liars <= known.found_lying()
    assert_each_at_an_address_of_its_own(known, outlets)
    assert_each_once_on_the_outbox(crawler, known, outlets)
    assert_everything_else_has_its_reason(known, outlets)


def assert_each_at_an_address_of_its_own(known: Known, outlets: list[Outlet]) -> None:
    addresses = {title: where for outlet in outlets for title, where in outlet.addresses.items()}
    assert {title: url for title, url in known.addresses().items() if url not in addresses[title]} == {}


def assert_each_once_on_the_outbox(crawler: Crawler, known: Known, outlets: list[Outlet]) -> None:
    with crawler.database.session() as session:
        values = [value for value in session.scalars(select(OutboxMessage.value)) if value]
        hashes = dict(session.execute(select(StoredArticle.id, StoredArticle.content_hash)).all())
    events = [Article.model_validate(json.loads(value)["article"]) for value in values]
    sent = Counter((event.id, event.content_hash) for event in events)
    assert set(sent.values()) == {1}, "each wording once"
    assert {name for name, _ in sent} == set(hashes)
    assert all((name, content) in sent for name, content in hashes.items()), "the newest wording was sent"
    wordings = {title: number for outlet in outlets for title, number in outlet.wordings.items()}
    assert known.wordings() == wordings
    assert len(events) == len(hashes) + sum(number - 1 for number in wordings.values())


def assert_everything_else_has_its_reason(known: Known, outlets: list[Outlet]) -> None:
    missed = known.missed()
    expected = {url: reason for outlet in outlets for url, reason in outlet.reasons.items()}
    assert set(missed) == set(expected)
    for url, (outcome, reason) in expected.items():
        assert missed[url][0] == outcome, url
        assert reason in missed[url][1], url

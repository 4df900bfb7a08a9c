"""Sources are looked at for alarms soon after their first poll, without waiting for their turn in the round."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select, update

from crawlers import watch
from crawlers.registry import Registry, SourceEntry
from crawlers.run import Run, Worker
from crawlers.settings import CrawlSettings
from crawlers.watch import Watch
from store.database import Database
from store.feeds import register_sources
from store.schema import Feed, Source, SourceAlarm

DAY = dt.timedelta(days=1)
TIMES = 10_000
"""A hundredth of a second so often, at the most: a busy machine is slow."""


def entry(name: str) -> SourceEntry:
    return SourceEntry.model_validate(
        {
            "id": name,
            "name": name,
            "url": f"https://{name}/",
            "jurisdiction": "RS",
            "kind": "media",
            "languages": ("sr",),
            "feeds": ({"url": f"https://{name}/feed", "kind": "rss"},),
        }
    )


def looked_at(database: Database) -> set[str]:
    with database.session() as session:
        return set(session.scalars(select(Source.id).where(Source.looked_at.is_not(None))))


def alarms(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(SourceAlarm.kind).where(SourceAlarm.cleared_at.is_(None))))


def polled_and_looked_at(database: Database, name: str) -> bool:
    """Has the one feed of a source answer 410 now; whether it was looked at."""
    now = dt.datetime.now(dt.UTC)
    with database.session() as session:
        session.execute(update(Feed).where(Feed.source_id == name).values(last_polled=now, gone_since=now))
    return name in looked_at(database)


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(TIMES):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come about")


async def watched(database: Database, settings: CrawlSettings, registry: Registry) -> None:
    with Worker() as worker:
        run = Run(settings, database, cast("Any", None), worker, asyncio.Semaphore(1))
        watching = asyncio.ensure_future(Watch(run, registry).keep())
        try:
            await until(lambda: polled_and_looked_at(database, "a.rs"))
            assert alarms(database) == ["gone"]
            assert looked_at(database) == {"a.rs"}, "of one that was not polled in this run there is nothing new to say"
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


def test_a_source_is_looked_at_soon_after_its_first_poll(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "FIRST_SECONDS", 0.02)
    registry = Registry(sources=(entry("a.rs"), entry("b.rs")))
    sources = [
        Source(id=one.id, name=one.name, url=one.url, jurisdiction="RS", kind="media", languages=["sr"])
        for one in registry.sources
    ]
    feeds = [Feed(url=feed.url, source_id=one.id, kind="rss") for one, feed in registry.feeds()]
    with database.session() as session:
        register_sources(session, sources, feeds, 900)
        # Polled before this run alone: what was wrong then may be over
        session.execute(update(Feed).where(Feed.source_id == "b.rs").values(last_polled=dt.datetime.now(dt.UTC) - DAY))
    settings = CrawlSettings(archive_dir=tmp_path, contact="desk@example.org")
    asyncio.run(watched(database, settings, registry))

"""A crawl that is ended in the moment in which it begins."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import cast

import pytest

from crawlers.fetching.fetcher import Fetcher
from crawlers.polling.schedule import Polling
from crawlers.registry import FeedEntry, Registry, SourceEntry
from crawlers.run import Run, Worker
from crawlers.settings import CrawlSettings
from store.database import Database


@pytest.mark.parametrize("turns", range(5))
def test_no_poll_that_was_just_to_begin_is_reported_as_an_error(
    turns: int, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """`turns` of the event loop lie between beginning and end."""

    async def begin_and_end() -> None:
        nobody = cast("Fetcher", None)  # nothing is fetched: every poll is cancelled before it asks
        settings = CrawlSettings(archive_dir=tmp_path, contact="desk@example.org")
        database = Database(database_url)
        with Worker() as worker:
            run = Run(settings, database, nobody, worker, asyncio.Semaphore(0))
            polling = Polling(run, sources(), once=True)
            await polling.begin()
            for _ in range(turns):
                await asyncio.sleep(0)
            await polling.end()
            await asyncio.sleep(0.1)
        database.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(begin_and_end())
    assert caplog.messages == []


def sources() -> Registry:
    """Many feeds, all due at once."""
    base = "https://example.rs"
    feeds = tuple(FeedEntry(url=f"{base}/{number}", kind="rss") for number in range(20))
    entry = SourceEntry(
        id="example.rs", name="Example", url=f"{base}/", jurisdiction="RS", kind="media", languages=("sr",), feeds=feeds
    )
    return Registry(sources=(entry,))

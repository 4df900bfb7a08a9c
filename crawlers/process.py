"""The crawler as a process: blocks, stops gracefully on SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import signal

from crawlers.crawl import CrawlSummary, crawl
from crawlers.fetching import Fetcher, run_with_fetcher
from crawlers.registry import Registry
from crawlers.settings import CrawlSettings
from store.database import Database


def run(settings: CrawlSettings, database_url: str, sources: Registry, *, until_idle: bool = False) -> CrawlSummary:
    """Crawls until a signal comes or, with `until_idle`, until every feed was polled and no item is pending.

    Blocks, in the main thread, once per process.

    Raises:
        StoreUnavailable: the database does not answer at the start.
        Conflict: another crawler is running on this database.
    """
    database = Database(database_url)

    async def work(fetcher: Fetcher) -> CrawlSummary:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        return await crawl(settings, database, sources, fetcher, "idle" if until_idle else "forever", stop)

    try:
        return run_with_fetcher(settings, work)
    finally:
        database.close()

"""The crawler as a process: blocks, stops gracefully on SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import signal

from crawlers.crawl import crawl
from crawlers.fetching.fetcher import Fetcher, run_with_fetcher
from crawlers.registry import Registry
from crawlers.run import CrawlSummary
from crawlers.settings import CrawlSettings
from crawlers.telling import Tell
from store.crawler_place import CrawlerPlace
from store.database import Database

log = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(
    settings: CrawlSettings, database_url: str, sources: Registry, *, until_idle: bool = False, tell: Tell = log.info
) -> CrawlSummary:
    """Crawls until a signal comes or, with `until_idle`, until every feed was polled and no item is pending. `tell`
    gets a line for people now and then.

    Blocks, in the main thread, once per process. A second signal ends the process at once.

    Raises:
        StoreUnavailable: the database does not answer at the start.
        Conflict: another crawler is running on this database.
    """
    database = Database(database_url)

    async def work(fetcher: Fetcher) -> CrawlSummary:
        return await crawl(settings, database, place, sources, fetcher, _stop_event(), until_idle=until_idle, tell=tell)

    try:
        with CrawlerPlace(database) as place:
            return run_with_fetcher(settings, work)
    finally:
        database.close()


def _stop_event() -> asyncio.Event:
    """An event that the first signal sets."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        for number in SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in SIGNALS:
        loop.add_signal_handler(number, end)
    return stop

"""One crawl: feeds polled on their schedule, pending items fetched, all of it resumable at any point.

Polling and fetching meet in the database alone. A poll writes the items it has not seen and the feed's validators in
one transaction; fetching takes pending items that are due, one per host at a time, and writes what became of each in
one transaction. Whatever is lost with the process is done again by the next one.
"""

from __future__ import annotations

import asyncio
import logging

from codebook.errors import StoreUnavailable
from crawlers.archive import Archive
from crawlers.backfill import Backfill
from crawlers.fetching.fetcher import Fetcher
from crawlers.items import Items
from crawlers.metrics import exposed
from crawlers.polling.schedule import Polling
from crawlers.registration import register
from crawlers.registry import Registry
from crawlers.run import CrawlSummary, Run, Worker
from crawlers.settings import CrawlSettings
from crawlers.strangers import Strangers
from crawlers.telling import Tell, Telling
from crawlers.watch import Watch
from store.crawler_place import CrawlerPlace
from store.database import Database

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
"""How often, at the latest, pending items are looked for: some become due by time alone."""


LOOK_SECONDS = 0.05
"""How often, at the most: under load each fetch that ends wakes us, and looking costs the database some queries."""


async def crawl(
    settings: CrawlSettings,
    database: Database,
    place: CrawlerPlace,
    registry: Registry,
    fetcher: Fetcher,
    stop: asyncio.Event,
    *,
    until_idle: bool,
    tell: Tell = log.info,
) -> CrawlSummary:
    """Crawls until `stop` is set or, with `until_idle`, until every feed was polled once and no item is pending.
    `tell` gets a line for people now and then.

    Raises:
        StoreUnavailable: the database does not answer at the start.
        Conflict: the database was away, and meanwhile another crawler took the place.
    """
    archive = Archive(settings.archive_dir, settings.warc_rotate_bytes, settings.agent)
    with Worker() as worker, archive:
        run = Run(settings, database, fetcher, worker, asyncio.Semaphore(settings.max_concurrent))
        await worker.do(register, database, registry, settings)
        fetcher.keep_to(Strangers(registry, database, worker, settings.max_requests_to_strangers))
        polling = Polling(run, registry, once=until_idle)
        backfill = Backfill(run, registry)
        items = Items(run, registry, archive)
        telling = Telling(run, registry, tell)
        watch = Watch(run, registry)
        with exposed(run, [source.id for source in registry.sources]):
            await items.begin()
            telling.begin()
            await polling.begin()
            beside = [asyncio.ensure_future(watch.keep()), asyncio.ensure_future(telling.keep())]
            try:
                await _work(run, place, polling, backfill, items, stop, telling if until_idle else None)
            finally:
                for task in beside:
                    task.cancel()
                await polling.end()
                await backfill.end()
                await items.end()
            if until_idle and not stop.is_set():
                await watch.finish()
        run.summary.pending = await worker.do(items.pending_count)
    return run.summary


async def _work(
    run: Run,
    place: CrawlerPlace,
    polling: Polling,
    backfill: Backfill,
    items: Items,
    stop: asyncio.Event,
    ending: Telling | None,
) -> None:
    """Starts fetches of due items and reading of due archives until it is time to end; the polls start on their
    schedule by themselves. `ending` tells of a crawl that is to end when it has nothing to do any more."""
    stopped = asyncio.ensure_future(stop.wait())
    try:
        while not stop.is_set():
            run.wake.clear()
            try:
                await run.worker.do(place.keep)
                await polling.keep_time()
                await items.start_due()
                await backfill.start_due()
                if ending is not None and polling.all_done:
                    if await backfill.all_done() and await items.all_done():
                        return
                    await ending.ending()
            except StoreUnavailable as error:
                log.warning("%s", error)
            await asyncio.sleep(LOOK_SECONDS)  # what else wakes us meanwhile is looked for at the same time
            woken = asyncio.ensure_future(run.wake.wait())
            await asyncio.wait([woken, stopped], timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
    finally:
        stopped.cancel()

"""One crawl: feeds polled on their schedule, pending items fetched, all of it resumable at any point.

Polling and fetching meet in the database alone. A poll writes the items it has not seen and the feed's validators in
one transaction; fetching takes pending items that are due, one per host at a time, and writes what became of each in
one transaction. Whatever is lost with the process is done again by the next one.

The event loop only waits for the network: parsing, archiving and the database are done by a single worker thread.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

from apscheduler.events import EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from pydantic import BaseModel

from codebook.errors import StoreUnavailable
from crawlers import feeds
from crawlers.archive import Archive
from crawlers.extraction import Unusable, article_of
from crawlers.feeds import FeedDocument, NotAFeed
from crawlers.fetching import Fetched, Fetcher, FetchFailed
from crawlers.polling import backed_off, complaint, jittered, next_interval, weight
from crawlers.registry import FeedEntry, Registry, SourceEntry
from crawlers.settings import CrawlSettings
from store import collecting
from store.collecting import SeenItem, Validators
from store.database import Database
from store.schema import Feed, PendingItem, Source

log = logging.getLogger(__name__)

Until = Literal["forever", "idle"]
Result = TypeVar("Result")

TICK_SECONDS = 1.0
"""How often, at the latest, pending items are looked for: some become due by time alone."""

DATABASE_PAUSE = dt.timedelta(seconds=10)
"""After so long a poll that found no database is tried again."""

THROTTLED_PAUSE = dt.timedelta(seconds=30)
"""A host that answered 429 or 503 without saying for how long is left alone for this long, as Media Cloud does."""

PERMANENT = frozenset({"gone", "too_large", "redirects"})
"""Failures to fetch an article that another attempt will not change."""


class CrawlSummary(BaseModel):
    """What one run did. `items_seen` counts items that had not been seen before; each of them ends in `new`,
    `changed` or `unchanged` (its article), `failed`, `refused` or `unusable`, or is still among `pending`."""

    polls: int = 0
    polls_unchanged: int = 0
    polls_failed: int = 0
    polls_missed: int = 0
    items_seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    refused: int = 0
    unusable: int = 0
    postponed: int = 0
    pending: int = 0


async def crawl(
    settings: CrawlSettings,
    database: Database,
    registry: Registry,
    fetcher: Fetcher,
    until: Until,
    stop: asyncio.Event,
) -> CrawlSummary:
    """Crawls until `stop` is set or, with `until` "idle", until every feed was polled and no item is pending.

    Raises:
        Conflict: another crawler is running on this database.
    """
    return await Crawl(settings, database, registry, fetcher, until, stop).run()


class Crawl:
    """The state of one run."""

    def __init__(
        self,
        settings: CrawlSettings,
        database: Database,
        registry: Registry,
        fetcher: Fetcher,
        until: Until,
        stop: asyncio.Event,
    ) -> None:
        self._settings, self._database, self._fetcher = settings, database, fetcher
        self._until, self._stop = until, stop
        self._sources = {source.id: source for source in registry.sources}
        self._feeds = {feed.url: (source, feed) for source, feed in registry.feeds()}
        self._archive = Archive(settings.archive_dir, settings.warc_rotate_bytes, settings.agent)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crawl-worker")
        self._slots = asyncio.Semaphore(settings.max_concurrent)
        self._polled: set[str] = set()
        self._fetching: dict[str, asyncio.Task[None]] = {}
        self._paused: dict[str, dt.datetime] = {}
        self._wake = asyncio.Event()
        self._summary = CrawlSummary()
        self._scheduler = AsyncIOScheduler(
            timezone=dt.UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(self._count_missed, EVENT_JOB_MISSED)

    async def run(self) -> CrawlSummary:
        with self._worker, collecting.only_crawler(self._database), self._archive:
            await self._work(self._register)
            for url, moment in (await self._work(self._next_polls)).items():
                self._schedule(url, moment)
            self._scheduler.start()
            try:
                await self._fetch_pending()
            finally:
                self._scheduler.shutdown(wait=False)
                await self._finish_fetches()
            self._summary.pending = await self._work(self._pending_count)
        return self._summary

    async def _work(self, function: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._worker, function, *arguments)

    def _count_missed(self, event: JobExecutionEvent) -> None:
        self._summary.polls_missed += 1
        log.warning("missed the poll of %s", event.job_id)

    # -- the registry and the schedule

    def _register(self) -> None:
        sources = [
            Source(
                id=source.id,
                name=source.name,
                url=source.url,
                jurisdiction=source.jurisdiction,
                kind=source.kind,
                languages=list(source.languages),
                verified=source.verified,
            )
            for source in self._sources.values()
        ]
        rows = [Feed(url=feed.url, source_id=source.id, kind=feed.kind) for source, feed in self._feeds.values()]
        with self._database.session() as session:
            collecting.register(session, sources, rows, round(self._settings.interval_seconds))

    def _next_polls(self) -> dict[str, dt.datetime]:
        """Every feed's next poll; all at once where the run is to end when all were polled."""
        now = dt.datetime.now(dt.UTC)
        with self._database.session() as session:
            known = collecting.next_polls(session)
        if self._until == "idle":
            return dict.fromkeys(self._feeds, now)
        return {url: max(known.get(url) or now, now) for url in self._feeds}

    def _schedule(self, url: str, moment: dt.datetime) -> None:
        self._scheduler.add_job(self._poll, DateTrigger(run_date=moment), args=[url], id=url, replace_existing=True)

    # -- polling

    async def _poll(self, url: str) -> None:
        """Polls one feed and schedules its next poll, whatever happens: no feed is ever dropped."""
        next_poll = dt.datetime.now(dt.UTC) + DATABASE_PAUSE
        try:
            async with self._slots:
                next_poll = await self._polled_feed(url)
            self._polled.add(url)
        except StoreUnavailable as error:
            log.warning("%s: %s", url, error)
        except Exception:
            # A defect met by one feed must not end the polling of that feed, let alone of the others.
            log.exception("%s: polling failed unexpectedly", url)
            next_poll = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self._settings.max_interval_seconds)
            self._polled.add(url)
        self._schedule(url, next_poll)
        self._wake.set()

    async def _polled_feed(self, url: str) -> dt.datetime:
        _, entry = self._feeds[url]
        known = await self._work(self._feed, url)
        self._summary.polls += 1
        try:
            page = await self._fetcher.get(url, _conditions(known))
            body_hash = known.body_hash if page.status == 304 else hashlib.sha256(page.body).hexdigest()
            if body_hash == known.body_hash:
                self._summary.polls_unchanged += 1
                document = FeedDocument(items=())
            else:
                document = await self._document(entry, page)
        except (FetchFailed, NotAFeed) as failure:
            self._summary.polls_failed += 1
            return await self._work(self._record_failure, known, failure)
        if document.note:
            log.info("%s: %s", url, document.note)
        return await self._work(self._record_poll, known, document.items, _validators(known, page, body_hash))

    async def _document(self, entry: FeedEntry, page: Fetched) -> FeedDocument:
        document = await self._parse(entry, page)
        children = [await self._fetcher.get(child) for child in document.children]
        documents = [document, *[await self._parse(entry, child) for child in children]]
        items = [item for each in documents for item in each.items]
        return FeedDocument(items=tuple(items[: self._settings.max_items_per_feed]), note=document.note)

    async def _parse(self, entry: FeedEntry, page: Fetched) -> FeedDocument:
        limit = self._settings.max_items_per_feed
        header = page.header("content-type")
        return await self._work(feeds.parse, page.body, header, page.url, entry.kind, limit)

    def _feed(self, url: str) -> Feed:
        with self._database.session() as session:
            return collecting.feed(session, url)

    def _record_poll(self, known: Feed, items: tuple[SeenItem, ...], validators: Validators) -> dt.datetime:
        recent = [item for item in items if self._is_recent(item)]
        with self._database.session() as session:
            unseen = collecting.unseen(session, recent)
            interval = next_interval(
                dt.timedelta(seconds=known.interval_seconds), len(recent), len(unseen), self._settings
            )
            next_poll = dt.datetime.now(dt.UTC) + jittered(interval)
            collecting.record_poll(session, known, unseen, validators, interval, next_poll)
        self._summary.items_seen += len(unseen)
        return next_poll

    def _is_recent(self, item: SeenItem) -> bool:
        days, dated = self._settings.max_item_age_days, item.published or item.updated
        return days is None or dated is None or dated >= dt.datetime.now(dt.UTC) - dt.timedelta(days=days)

    def _record_failure(self, known: Feed, failure: FetchFailed | NotAFeed) -> dt.datetime:
        failures = known.failures + weight(failure)
        retry_after = failure.retry_after if isinstance(failure, FetchFailed) else None
        interval = dt.timedelta(seconds=known.interval_seconds)
        wait = backed_off(interval, failures, retry_after, self._settings)
        next_poll = dt.datetime.now(dt.UTC) + jittered(wait)
        log.warning("%s: %s", known.url, complaint(failure))
        with self._database.session() as session:
            collecting.record_failed_poll(session, known.url, complaint(failure), failures, next_poll)
        return next_poll

    # -- fetching

    async def _fetch_pending(self) -> None:
        stopped = asyncio.ensure_future(self._stop.wait())
        try:
            while not self._stop.is_set():
                self._wake.clear()
                try:
                    for item in await self._work(self._due_items, self._busy_hosts()):
                        task = asyncio.ensure_future(self._fetch(item))
                        self._fetching[item.host] = task
                    if await self._is_idle():
                        return
                except StoreUnavailable as error:
                    log.warning("%s", error)
                woken = asyncio.ensure_future(self._wake.wait())
                await asyncio.wait([woken, stopped], timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                woken.cancel()
        finally:
            stopped.cancel()

    async def _is_idle(self) -> bool:
        if self._until != "idle" or self._fetching or len(self._polled) < len(self._feeds):
            return False
        return await self._work(self._pending_count) == 0

    def _busy_hosts(self) -> list[str]:
        now = dt.datetime.now(dt.UTC)
        self._paused = {host: until for host, until in self._paused.items() if until > now}
        return [*self._fetching, *self._paused]

    def _due_items(self, busy_hosts: list[str]) -> list[PendingItem]:
        with self._database.session() as session:
            return collecting.due_items(session, list(self._sources), busy_hosts, self._settings.max_concurrent)

    def _pending_count(self) -> int:
        with self._database.session() as session:
            return collecting.pending_count(session, list(self._sources))

    async def _fetch(self, item: PendingItem) -> None:
        """Fetches one item and records what became of it."""
        try:
            async with self._slots:
                page = await self._fetcher.get(item.link)
            await self._work(self._settle_page, item, page)
        except FetchFailed as failure:
            await self._settle_failure(item, failure)
        except StoreUnavailable as error:
            log.warning("%s: %s", item.link, error)  # the item is still pending and still due
            await asyncio.sleep(TICK_SECONDS)
        except Exception as error:
            # A page that a parser cannot stand must not end the crawl; the item's outcome says what happened.
            log.exception("%s: unexpected failure", item.link)
            await self._settle_failure(item, FetchFailed("server", f"unexpected {type(error).__name__}: {error}"))
        finally:
            del self._fetching[item.host]
            self._wake.set()

    async def _settle_failure(self, item: PendingItem, failure: FetchFailed) -> None:
        if failure.kind == "throttled":
            pause = failure.retry_after or THROTTLED_PAUSE
            self._paused[item.host] = dt.datetime.now(dt.UTC) + pause
        try:
            await self._work(self._record_fetch_failure, item, failure)
        except StoreUnavailable as error:
            log.warning("%s: %s", item.link, error)

    def _settle_page(self, item: PendingItem, page: Fetched) -> None:
        archived = self._archive.write(page)
        try:
            source: SourceEntry = self._sources[item.source_id]
            article = article_of(page, item, source, archived, self._settings.min_text_characters)
        except Unusable as unusable:
            self._record_miss(item, "unusable", unusable.reason, None, final=unusable.permanent)
            return
        with self._database.session() as session:
            stored = collecting.record_article(session, item, article)
        self._count(stored)

    def _record_fetch_failure(self, item: PendingItem, failure: FetchFailed) -> None:
        if failure.kind == "refused":
            self._record_miss(item, "refused", failure.reason, None, final=True)
        else:
            final = failure.kind in PERMANENT
            self._record_miss(item, "failed", failure.reason, failure.retry_after, final=final)

    def _record_miss(
        self,
        item: PendingItem,
        outcome: Literal["failed", "refused", "unusable"],
        reason: str,
        retry_after: dt.timedelta | None,
        *,
        final: bool,
    ) -> None:
        """Postpones the item while it has attempts left, otherwise records its outcome."""
        delays = self._settings.retry_delays_seconds
        final = final or item.attempts >= len(delays)
        with self._database.session() as session:
            if final:
                collecting.record_outcome(session, item, outcome, reason)
            else:
                wait = max(dt.timedelta(seconds=delays[item.attempts]), retry_after or dt.timedelta())
                collecting.postpone(session, item, f"{outcome}: {reason}", wait)
        self._count(outcome if final else "postponed")

    def _count(self, what: str) -> None:
        setattr(self._summary, what, getattr(self._summary, what) + 1)

    async def _finish_fetches(self) -> None:
        """Lets fetches under way end, as long as one request may take."""
        if self._fetching:
            await asyncio.wait(list(self._fetching.values()), timeout=self._settings.timeout_seconds)


def _conditions(known: Feed) -> dict[str, str]:
    """RFC 9110, section 13.1: the entity tag where there is one, else the date; never both."""
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.last_modified} if known.last_modified else {}


def _validators(known: Feed, page: Fetched, body_hash: str | None) -> Validators:
    if page.status == 304:
        return Validators(
            page.header("etag") or known.etag, page.header("last-modified") or known.last_modified, body_hash
        )
    return Validators(page.header("etag"), page.header("last-modified"), body_hash)

"""Feeds polled on their schedule: what each lists for the first time becomes a pending item.

APScheduler says when; the poll itself is a task of ours, so that the end of the run is ours to order. No feed is ever
dropped: whatever a poll meets, the next one is scheduled.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import logging

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy.exc import SQLAlchemyError

from codebook.errors import StoreUnavailable
from crawlers import feeds
from crawlers.feeds import FeedDocument, NotAFeed
from crawlers.fetching import Fetched, FetchFailed
from crawlers.intervals import HARD, backed_off, complaint, jittered, next_interval, weight
from crawlers.registry import FeedEntry, Registry
from crawlers.run import DATABASE_PAUSE, Run
from store import collecting
from store.collecting import SeenItem, Validators
from store.daily import PassedOver
from store.schema import Feed

log = logging.getLogger(__name__)


class Polling:
    """The polls of one run. With `once`, every feed is polled at once and not again."""

    def __init__(self, run: Run, registry: Registry, *, once: bool) -> None:
        self._run, self._once = run, once
        self._feeds = {feed.url: feed for _, feed in registry.feeds()}
        self._polled: set[str] = set()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        # A poll that comes late is still made: a laptop may have slept
        self._scheduler = AsyncIOScheduler(timezone=dt.UTC, job_defaults={"misfire_grace_time": None})

    @property
    def all_done(self) -> bool:
        """Whether every feed was polled in this run."""
        return len(self._polled) == len(self._feeds)

    async def begin(self) -> None:
        """Schedules every feed's next poll."""
        known = {} if self._once else await self._run.worker.do(self._next_polls)
        now = dt.datetime.now(dt.UTC)
        for url in self._feeds:
            self._schedule(url, max(known.get(url) or now, now))
        self._scheduler.start()

    async def end(self) -> None:
        """Abandons the polls under way: what they have not recorded, the next run sees again."""
        self._scheduler.shutdown(wait=False)
        polls = list(self._under_way.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)

    def _next_polls(self) -> dict[str, dt.datetime | None]:
        with self._run.database.session() as session:
            return collecting.next_polls(session)

    def _schedule(self, url: str, moment: dt.datetime) -> None:
        self._scheduler.add_job(self._begin_poll, DateTrigger(run_date=moment, timezone=dt.UTC), args=[url], id=url)

    async def _begin_poll(self, url: str) -> None:
        task = asyncio.ensure_future(self._poll(url))
        self._under_way[url] = task
        task.add_done_callback(lambda _: self._under_way.pop(url))

    async def _poll(self, url: str) -> None:
        """Polls one feed and schedules its next poll, whatever happens."""
        try:
            async with self._run.slots:
                next_poll = await self._polled_feed(url)
        except StoreUnavailable as error:
            log.warning("%s: %s", url, error)
            self._schedule(url, dt.datetime.now(dt.UTC) + DATABASE_PAUSE)
            return
        except Exception as error:
            # The boundary of one feed: a defect that its document meets must not end its polling, nor the others'.
            log.exception("%s: polling failed unexpectedly", url)
            next_poll = await self._settled_defect(url, error)
        self._polled.add(url)
        if not self._once:
            self._schedule(url, next_poll)
        self._run.wake.set()

    async def _polled_feed(self, url: str) -> dt.datetime:
        known = await self._run.worker.do(self._feed, url)
        self._run.summary.count("polls")
        try:
            page = await self._run.fetcher.get(url, _conditions(known))
            body_hash = known.body_hash if page.status == 304 else hashlib.sha256(page.body).hexdigest()
            if body_hash == known.body_hash:
                self._run.summary.count("polls_unchanged")
                document = FeedDocument(items=())
            else:
                document = await self._document(self._feeds[url], page)
        except (FetchFailed, NotAFeed) as failure:
            retry_after = failure.retry_after if isinstance(failure, FetchFailed) else None
            return await self._run.worker.do(
                self._record_failure, url, complaint(failure), weight(failure), retry_after
            )
        if document.note:
            log.info("%s: %s", url, document.note)
        validators = _validators(known, page, body_hash, document)
        return await self._run.worker.do(self._record_poll, known, document, validators)

    async def _settled_defect(self, url: str, error: Exception) -> dt.datetime:
        reason = " ".join(f"unexpected {type(error).__name__}: {error}".split())
        complaint_line = f"{reason[:200]}: report it with the address of the feed"
        try:
            return await self._run.worker.do(self._record_failure, url, complaint_line, HARD, None)
        except (StoreUnavailable, SQLAlchemyError) as failure:
            log.warning("%s: %s", url, failure)
            return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self._run.settings.max_interval_seconds)

    async def _document(self, entry: FeedEntry, page: Fetched) -> FeedDocument:
        """What a feed lists, its children's items included. Children that cannot be had are passed over while one
        can; they are asked again at the next poll.

        Raises:
            FetchFailed, NotAFeed: the document or all of its children.
        """
        document = await self._parsed(entry, page)
        items, passed, failures = list(document.items), document.passed, []
        for child in document.children:
            try:
                listed = await self._parsed(entry, await self._run.fetcher.get(child))
                items += listed.items
                passed += listed.passed
            except (FetchFailed, NotAFeed) as failure:
                log.warning("%s: %s", child, failure)
                failures.append(failure)
        if failures and len(failures) == len(document.children):
            raise failures[0]
        limit = self._run.settings.max_items_per_feed
        passed += PassedOver(over_limit=max(0, len(items) - limit))
        return FeedDocument(tuple(items[:limit]), document.children, note=document.note, passed=passed)

    async def _parsed(self, entry: FeedEntry, page: Fetched) -> FeedDocument:
        limit = self._run.settings.max_items_per_feed
        header = page.header("content-type")
        return await self._run.worker.do(feeds.parse, page.body, header, page.url, entry.kind, limit)

    # -- in the worker thread

    def _feed(self, url: str) -> Feed:
        with self._run.database.session() as session:
            return collecting.feed(session, url)

    def _record_poll(self, known: Feed, document: FeedDocument, validators: Validators) -> dt.datetime:
        recent = [item for item in document.items if self._is_recent(item)]
        with self._run.database.session() as session:
            unseen = collecting.unseen(session, recent)
            before = dt.timedelta(seconds=known.interval_seconds)
            interval = next_interval(before, len(recent), len(unseen), self._run.settings)
            next_poll = dt.datetime.now(dt.UTC) + jittered(interval)
            passed = PassedOver(known=len(recent) - len(unseen), too_old=len(document.items) - len(recent))
            collecting.record_poll(session, known, unseen, validators, interval, next_poll, document.passed + passed)
        self._run.summary.items_seen += len(unseen)
        return next_poll

    def _is_recent(self, item: SeenItem) -> bool:
        days, dated = self._run.settings.max_item_age_days, item.published or item.updated
        return days is None or dated is None or dated >= dt.datetime.now(dt.UTC) - dt.timedelta(days=days)

    def _record_failure(
        self, url: str, complaint_line: str, added: float, retry_after: dt.timedelta | None
    ) -> dt.datetime:
        log.warning("%s: %s", url, complaint_line)
        with self._run.database.session() as session:
            known = collecting.feed(session, url)
            failures = known.failures + added
            wait = backed_off(dt.timedelta(seconds=known.interval_seconds), failures, retry_after, self._run.settings)
            next_poll = dt.datetime.now(dt.UTC) + jittered(wait)
            collecting.record_failed_poll(session, url, complaint_line, failures, next_poll)
        self._run.summary.count("polls_failed")
        return next_poll


def _conditions(known: Feed) -> dict[str, str]:
    """RFC 9110, section 13.1: the entity tag where there is one, else the date; never both."""
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.last_modified} if known.last_modified else {}


def _validators(known: Feed, page: Fetched, body_hash: str | None, document: FeedDocument) -> Validators:
    """What the next poll may send. None for an index: it stays the same while the sitemaps it names change."""
    if document.children:
        return Validators(None, None, None)
    if page.status == 304:
        etag, last_modified = page.header("etag"), page.header("last-modified")
        return Validators(etag or known.etag, last_modified or known.last_modified, body_hash)
    return Validators(page.header("etag"), page.header("last-modified"), body_hash)

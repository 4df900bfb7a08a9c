"""Back-fill: the archives of sources read for a past period, beside the ordinary crawl and behind it.

A sitemap is read with those of its children that may hold the period; a section with further pages is read page by
page, a feed by WordPress's `?paged=`, until the period's beginning or the archive's end. What is found becomes pending
items that give way to all others. Every page read is one transaction, so that an interruption costs nothing and no
address is ever listed twice.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from codebook.errors import StoreUnavailable
from crawlers.feeds.formats import FeedDocument, NotAFeed
from crawlers.feeds.periods import Period, paged
from crawlers.feeds.whole import document_of, next_address, read_apart
from crawlers.fetching.fetcher import Fetched, FetchFailed, Rank
from crawlers.polling.intervals import error_class
from crawlers.registry import FeedEntry, Registry, SourceEntry
from crawlers.run import DATABASE_PAUSE, Run
from store import backfills, collecting
from store.collecting import SeenItem
from store.daily import PassedOver
from store.feeds import feed_at
from store.schema import BackfillStep

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Archives that are read at the same time."""

MOST_LISTED = 50_000
"""Entries taken from one page of an archive: a sitemap may have so many."""

LONGEST_STORED = 200
"""Addresses of a page that are remembered, to notice that the next one is the same or is older than the period."""


def steps_of(sources: Iterable[SourceEntry], period: Period) -> list[BackfillStep]:
    """The archives of some sources, where a back-fill of the period begins."""
    return [
        BackfillStep(
            source_id=source.id,
            feed_url=feed.url,
            way=way,
            address=feed.url,
            since=period.since,
            until=period.until,
            position=feed.url,
        )
        for source in sources
        for feed in source.feeds
        if (way := _way(feed)) is not None
    ]


def _way(feed: FeedEntry) -> str | None:
    """How a feed leads back into the past; None where it does not."""
    if feed.kind in ("rss", "atom"):
        return "feed"
    if feed.kind == "sitemap":
        return "sitemap"
    return "section" if feed.next is not None or feed.page_address is not None else None


@dataclass(frozen=True, slots=True)
class Found:
    """What one page of an archive listed: items of the period, how many entries are not of it, the sitemaps to read
    besides, where the next page lies, and why there is none."""

    items: tuple[SeenItem, ...]
    passed: PassedOver
    undated: int
    children: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    following: str | None = None
    end: str = ""


class Backfill:
    """The back-fills that were ordered for the sources of a run."""

    def __init__(self, run: Run, registry: Registry) -> None:
        self._run = run
        self._entries = {feed.url: feed for _, feed in registry.feeds()}
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def start_due(self) -> None:
        """Begins to read archives that are due, one page of each and one archive of a feed at a time.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        for step in await self._run.worker.do(self._due, set(self._under_way)):
            if step.feed_url not in self._under_way and len(self._under_way) < AT_ONCE:
                self._under_way[step.feed_url] = asyncio.ensure_future(self._read(step))

    async def all_done(self) -> bool:
        """Whether no archive is left to be read.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        return not self._under_way and await self._run.worker.do(self._open_count) == 0

    async def end(self) -> None:
        """Abandons what is under way; the next run goes on there."""
        reads = list(self._under_way.values())
        for read in reads:
            read.cancel()
        await asyncio.gather(*reads, return_exceptions=True)

    async def _read(self, step: BackfillStep) -> None:
        """Reads one page of an archive and records what it listed."""
        try:
            reached = await self._run.worker.do(self._settled_before, step)
            if not reached:
                await self._read_page(step)
        except StoreUnavailable as error:
            log.warning("%s: %s", step.position, error)
            await asyncio.sleep(DATABASE_PAUSE.total_seconds())
        finally:
            del self._under_way[step.feed_url]
            self._run.wake.set()

    async def _read_page(self, step: BackfillStep) -> None:
        entry = self._entries[step.feed_url]
        try:
            page = await self._run.fetcher.get(step.position, rank=Rank.BACKFILL)
            found = await read_apart(self._run, found_in, step, entry, page)
            await self._run.worker.do(self._record, step, found)
        except StoreUnavailable:
            raise
        except (FetchFailed, NotAFeed) as failure:
            await self._run.worker.do(self._record_failure, step, failure)
        except Exception as error:
            # The boundary of one archive: a defect that it meets must end neither the crawl nor the other archives.
            log.exception("%s: reading an archive failed unexpectedly", step.position)
            note = f"unexpected {type(error).__name__}: report it with the address {step.position}"
            await self._run.worker.do(self._record_failure, step, NotAFeed(note))

    # -- in the worker thread

    def _due(self, busy_feeds: set[str]) -> list[BackfillStep]:
        with self._run.database.session() as session:
            return backfills.due_steps(session, self._entries.keys() - busy_feeds, AT_ONCE)

    def _open_count(self) -> int:
        with self._run.database.session() as session:
            return backfills.open_count(session, self._entries.keys())

    def _settled_before(self, step: BackfillStep) -> bool:
        """Whether the articles of the page before are known to be older than the period: the rest is older still."""
        if step.page == 1 or not step.listed:
            return False
        with self._run.database.session() as session:
            newest = backfills.newest_published(session, step.listed)
            if newest is None or not Period(step.since, step.until).is_before(newest):
                return False
            backfills.settle(session, step, "done", f"page {step.page - 1} is older than {step.since}")
        return True

    def _record(self, step: BackfillStep, found: Found) -> None:
        """Makes what a page listed pending, and says where to go on, in one transaction."""
        with self._run.database.session() as session:
            feed = feed_at(session, step.feed_url)
            unseen = collecting.unseen(session, found.items)
            passed = found.passed + PassedOver(known=len(found.items) - len(unseen))
            collecting.add_backfilled(session, feed, unseen, passed)
            period = {"since": step.since, "until": step.until}
            own = {"source_id": step.source_id, "feed_url": step.feed_url, "way": step.way, **period}
            backfills.order(session, [BackfillStep(**own, address=child, position=child) for child in found.children])
            if found.following is None:
                undated = f"; {found.undated} entries without a date were left out" if found.undated else ""
                backfills.settle(session, step, "done", found.end + undated, len(unseen))
            else:
                backfills.advance(session, step, found.following, found.listed[:LONGEST_STORED], len(unseen))
        self._run.summary.items_seen += len(unseen)
        self._run.counters.add("backfill_pages", step.source_id)
        self._run.counters.add("backfill_items", step.source_id, by=len(unseen))

    def _record_failure(self, step: BackfillStep, failure: FetchFailed | NotAFeed) -> None:
        log.warning("%s: %s", step.position, failure)
        delays = self._run.settings.retry_delays_seconds
        is_end = isinstance(failure, NotAFeed) or failure.kind in ("not_found", "gone")
        with self._run.database.session() as session:
            if step.page > 1 and is_end:
                backfills.settle(session, step, "done", f"page {step.page}, the end of the archive: {failure}")
            elif error_class(failure) == "hard" or step.attempts >= len(delays):
                backfills.settle(session, step, "failed", f"page {step.page}: {failure}")
            else:
                wait = dt.timedelta(seconds=delays[step.attempts])
                asked = failure.retry_after if isinstance(failure, FetchFailed) else None
                backfills.postpone(session, step, str(failure), max(wait, asked or wait))


def found_in(step: BackfillStep, entry: FeedEntry, page: Fetched) -> Found:
    """What one page of an archive lists.

    Raises:
        NotAFeed: it is not what it should be.
    """
    period = Period(step.since, step.until)
    document = document_of(page, entry, MOST_LISTED, entry.url)
    if step.way == "sitemap":
        return _in_sitemap(step, period, document)
    listed = tuple(item.url for item in document.items)
    kept = [item for item in document.items if period.holds(item) is not False]
    passed = document.passed + PassedOver(too_old=len(document.items) - len(kept))
    following = _following(step, entry, page)
    end = _end(step, period, document, following)
    return Found(tuple(kept), passed, 0, listed=listed, following=None if end else following, end=end)


def _in_sitemap(step: BackfillStep, period: Period, document: FeedDocument) -> Found:
    children = tuple(child.url for child in document.children if period.may_hold(child) and child.url != step.address)
    undated_too = period.is_stated_by(step.address)
    judged = [(item, period.holds(item)) for item in document.items]
    kept = tuple(item for item, holds in judged if holds or (holds is None and undated_too))
    undated = 0 if undated_too else sum(holds is None for _, holds in judged)
    passed = document.passed + PassedOver(too_old=len(document.items) - len(kept))
    end = f"{len(children)} of its {len(document.children)} sitemaps may hold the period" if children else "read"
    return Found(kept, passed, undated, children, end=end)


def _following(step: BackfillStep, entry: FeedEntry, page: Fetched) -> str | None:
    if step.way == "feed":
        return paged(step.address, step.page + 1)
    return next_address(entry, page, step.page + 1)


def _end(step: BackfillStep, period: Period, document: FeedDocument, following: str | None) -> str:
    """Why a page is the last one to read; "" where it is not."""
    if not document.items:
        return f"page {step.page} lists nothing"
    if step.page > 1 and {item.url for item in document.items[:LONGEST_STORED]} <= set(step.listed):
        return f"page {step.page} lists the same again: there are no further pages"
    dated = [item.published for item in document.items if item.published is not None]
    if dated and len(dated) == len(document.items) and period.is_before(max(dated)):
        return f"page {step.page} is older than {period.since}"
    return f"page {step.page} is the last" if following is None or following == step.position else ""

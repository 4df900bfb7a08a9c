"""Pending items fetched, one per site at a time: each ends as an article or in a stated outcome."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import defaultdict
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from codebook.errors import ArchiveUnwritable, StoreUnavailable
from codebook.records import Archived
from crawlers.archive import Archive
from crawlers.away import Away
from crawlers.extraction.extract import Unusable, unexpected
from crawlers.fetching.browser import NEEDS_BROWSER, Browser
from crawlers.fetching.fetcher import Fetched, FetchFailed, Rank, SiteAway, SpentForToday
from crawlers.fetching.politeness import site_of
from crawlers.registry import Registry
from crawlers.run import DATABASE_PAUSE, Run
from crawlers.stages import Settled, Stages
from store import collecting
from store.away import WAITS_MOST, LeftAlone, call_back, leave_alone
from store.fetched_pages import record_page
from store.outcomes import postpone, record_outcome
from store.polling import put_off_hosts, put_off_item
from store.schema import PendingItem

log = logging.getLogger(__name__)

ARCHIVE_PAUSE = dt.timedelta(seconds=10)
"""While the archive takes no page, none is fetched for so long: it could not be kept, and no site is to blame."""

END_GRACE_SECONDS = 5.0
"""How long fetches under way may still take when the run ends; the others are fetched by the next run. A supervisor
kills after 15 seconds."""

PERMANENT = frozenset({"gone", "too_large", "redirects"})
"""Failures to fetch an article that another attempt will not change."""

Miss = Literal["failed", "refused", "unusable"]


class Items:
    """The fetches of one run."""

    def __init__(self, run: Run, registry: Registry, archive: Archive) -> None:
        self._run = run
        self._sources = {source.id: source for source in registry.sources}
        self._stages = Stages(run, archive, self._sources)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._backfilled: set[str] = set()  # the sites of those that a back-fill found
        self._paused: dict[str, float] = {}  # until when, on the steady clock: the other may be set back
        self._away = Away(run.settings)
        self._browser = Browser(run.fetcher, run.settings) if run.settings.render else None
        self._hosts: defaultdict[str, set[str]] = defaultdict(set)  # by site
        self._unsettled = 0
        self._archive_away_until = 0.0

    async def begin(self) -> None:
        """Makes ready what fetched pages are read with."""
        await self._stages.begin()

    async def start_due(self) -> None:
        """Starts fetching the first due item of every site that is free, unless the archive takes no page or the
        worker is behind with those that were fetched.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        if self._archive_is_away() or self._unsettled >= self._run.settings.max_concurrent:
            return
        busy = self._busy_sites()
        hosts = [host for site in busy for host in self._hosts[site]]
        for item in await self._run.worker.do(self._due, hosts):
            site = site_of(item.host)
            self._hosts[site].add(item.host)
            if site not in busy and not (item.backfill and len(self._backfilled) >= self._most_backfilled()):
                busy.add(site)
                self._under_way[site] = asyncio.ensure_future(self._fetch(item, site))
                if item.backfill:
                    self._backfilled.add(site)

    def _most_backfilled(self) -> int:
        """Half of the requests at once: the news never waits for a past that takes them all."""
        return max(1, self._run.settings.max_concurrent // 2)

    async def all_done(self) -> bool:
        """Whether no item is pending, but for those that wait for a site of which nothing can be had.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        return not self._under_way and await self._run.worker.do(self._reachable_count) == 0

    async def end(self) -> None:
        """Lets the fetches under way end for a moment and abandons the rest, which stay pending."""
        fetches = list(self._under_way.values())
        if fetches:
            await asyncio.wait(fetches, timeout=END_GRACE_SECONDS)
        for fetch in fetches:
            fetch.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)
        await self._stages.end()

    def _busy_sites(self) -> set[str]:
        now = time.monotonic()
        self._paused = {site: until for site, until in self._paused.items() if until > now}
        return {*self._under_way, *self._paused, *self._run.fetcher.pausing_sites()}

    def _pause(self, site: str, pause: dt.timedelta) -> None:
        self._paused[site] = time.monotonic() + pause.total_seconds()

    def _archive_is_away(self) -> bool:
        return time.monotonic() < self._archive_away_until

    def _pause_for_archive(self, error: ArchiveUnwritable) -> None:
        """Pauses all hosts; says it once for the fetches that were under way together."""
        if not self._archive_is_away():
            log.error("%s; the items wait", error)
            self._archive_away_until = time.monotonic() + ARCHIVE_PAUSE.total_seconds()

    async def _fetch(self, item: PendingItem, site: str) -> None:
        """Fetches one item and records what became of it."""
        try:
            page = await self._run.fetcher.get(item.link, rank=Rank.BACKFILL if item.backfill else Rank.ARTICLE)
            await self._note_answer(item, site)
            await self._settled(item, await self._shown(item, page))
        except FetchFailed as failure:
            await self._settle_failure(item, site, failure)
        except StoreUnavailable as error:
            log.warning("%s: %s", item.link, error)
            self._pause(site, DATABASE_PAUSE)
        except ArchiveUnwritable as error:
            self._pause_for_archive(error)
        except Exception as error:
            # The boundary of one page: a defect that it meets must not end the crawl; the outcome says what happened.
            log.exception("%s: unexpected failure", item.link)
            await self._settle_failure(item, site, FetchFailed("server", unexpected(error)))
        finally:
            del self._under_way[site]
            self._backfilled.discard(site)
            self._run.wake.set()

    async def _shown(self, item: PendingItem, page: Fetched) -> Fetched:
        """The page as it is read: rendered where its source asks for that; then both forms are archived."""
        if self._browser is None or not self._sources[item.source_id].render:
            return page
        await self._stages.archived(page)
        return await self._browser.rendered(page)

    async def _settled(self, item: PendingItem, page: Fetched) -> None:
        self._unsettled += 1
        try:
            await self._settle_page(item, page)
        finally:
            self._unsettled -= 1

    async def _settle_page(self, item: PendingItem, page: Fetched) -> None:
        archived = await self._stages.archived(page)
        try:
            taken = await self._stages.article(page, item, archived)
        except Unusable as unusable:
            await self._run.worker.do(self._record_unusable, item, page, archived, unusable)
            return
        except Exception as error:
            # The boundary of one page: it stays addressed in the archive, to be read again once the defect is mended.
            log.exception("%s: extraction failed unexpectedly", item.link)
            await self._run.worker.do(self._record_defect, item, page, archived, unexpected(error))
            return
        self._run.summary.count(await self._stages.stored(Settled(item, taken, archived, page.at)))

    async def _settle_failure(self, item: PendingItem, site: str, failure: FetchFailed) -> None:
        if not failure.asked and site in self._run.fetcher.pausing_sites():
            return  # that says nothing about this item: it stays due
        try:
            await self._settle_missed(item, site, failure)
        except (StoreUnavailable, SQLAlchemyError) as error:
            log.warning("%s: %s", item.link, error)
            self._pause(site, DATABASE_PAUSE)

    async def _settle_missed(self, item: PendingItem, site: str, failure: FetchFailed) -> None:
        """Records what a failure says of the item, and of its site: one that answered is not away."""
        away = failure.site if isinstance(failure, SiteAway) else None
        if away != site and failure.asked and failure.kind != "refused":  # we may have refused without asking
            await self._note_answer(item, site)
        if not isinstance(failure, SiteAway):
            await self._run.worker.do(self._record_failure, item, failure)
            return
        pause = self._away.pause(failure.site, failure.known_for)
        self._pause(failure.site, pause)
        left = await self._run.worker.do(self._leave_alone, item, failure, pause)
        log.warning("%s: %s; %d items wait", failure.site, failure.reason, left.waiting)
        for _ in range(left.ended):
            self._run.summary.count("failed")

    async def _note_answer(self, item: PendingItem, site: str) -> None:
        """Has the items of a site be fetched that waited for it, now that it answers."""
        if self._away.is_back(site) or item.away_since is not None:
            await self._run.worker.do(self._call_back, site)

    # -- in the worker thread

    def pending_count(self) -> int:
        """How many items have no final outcome yet.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with self._run.database.session() as session:
            return collecting.pending_count(session, list(self._sources))

    def _reachable_count(self) -> int:
        with self._run.database.session() as session:
            return collecting.pending_count(session, list(self._sources), reachable=True)

    def _leave_alone(self, item: PendingItem, failure: SiteAway, pause: dt.timedelta) -> LeftAlone:
        with self._run.database.session() as session:
            return leave_alone(session, item, list(self._hosts[failure.site]), failure.reason, pause)

    def _call_back(self, site: str) -> None:
        with self._run.database.session() as session:
            call_back(session, list(self._hosts[site]))

    def _due(self, busy_hosts: list[str]) -> list[PendingItem]:
        with self._run.database.session() as session:
            return collecting.due_items(session, list(self._sources), busy_hosts, self._run.settings.max_concurrent)

    def _record_unusable(self, item: PendingItem, page: Fetched, archived: Archived, unusable: Unusable) -> None:
        reason, final = unusable.reason, unusable.permanent
        if self._sources[item.source_id].render and self._browser is None:
            reason, final = f"{reason}; {NEEDS_BROWSER}", True
        self._record_miss(item, "unusable", reason, None, final=final, archived=(archived, page.at))

    def _record_defect(self, item: PendingItem, page: Fetched, archived: Archived, reason: str) -> None:
        self._record_miss(item, "failed", reason, None, final=False, archived=(archived, page.at))

    def _record_failure(self, item: PendingItem, failure: FetchFailed) -> None:
        if failure.kind == "refused":
            self._record_miss(item, "refused", failure.reason, None, final=True)
        elif isinstance(failure, SpentForToday):
            self._record_wait(item, failure)
        else:
            final = failure.kind in PERMANENT
            self._record_miss(item, "failed", failure.reason, failure.retry_after, final=final)

    def _record_wait(self, item: PendingItem, spent: SpentForToday) -> None:
        """Leaves a stranger's items for tomorrow, a week at most since they were seen: that is no attempt."""
        if dt.datetime.now(dt.UTC) - item.seen_at >= WAITS_MOST:
            reason = f"{spent.reason}; so it has been for {WAITS_MOST.days} days"
            self._record_miss(item, "failed", reason, None, final=True)
            return
        hosts, wait = list(self._hosts[spent.site]), spent.retry_after or dt.timedelta(days=1)
        with self._run.database.session() as session:
            put_off_item(session, item.url, spent.reason, wait)
            waiting = put_off_hosts(session, hosts, spent.reason, wait, seen_within=WAITS_MOST)
            log.warning("%s; %d more items of it wait for tomorrow", spent.reason, waiting)

    def _record_miss(
        self,
        item: PendingItem,
        outcome: Miss,
        reason: str,
        retry_after: dt.timedelta | None,
        *,
        final: bool,
        archived: tuple[Archived, dt.datetime] | None = None,
    ) -> None:
        """Postpones the item while it has attempts left, otherwise records its outcome. `archived` is where its page
        lies, and the moment it was fetched."""
        delays = self._run.settings.retry_delays_seconds
        final = final or item.attempts >= len(delays)
        with self._run.database.session() as session:
            if archived is not None:
                record_page(session, item, *archived, reason=reason)
            if final:
                record_outcome(session, item, outcome, reason)
            else:
                wait = max(dt.timedelta(seconds=delays[item.attempts]), retry_after or dt.timedelta())
                postpone(session, item, f"{outcome}: {reason}", wait)
        self._run.summary.count(outcome if final else "postponed")

"""What is done with a fetched page: archived, extracted, stored, each step for several pages at once under load."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from codebook.records import Archived
from crawlers.archive import Archive
from crawlers.extraction.child_process import Page
from crawlers.extraction.extract import Taken
from crawlers.fetching.fetcher import Fetched
from crawlers.grouping import Grouped
from crawlers.identity.owner import Owners
from crawlers.identity.settling import Settling, settle_all
from crawlers.registry import SourceEntry
from crawlers.run import Run
from store.articles import Stored
from store.fetched_pages import record_page
from store.gathered import gathering
from store.schema import PendingItem

GROUP = 16
"""Pages of which one flush to the disk or one transaction is made, at most: under 100 ms of work."""

EXTRACTED_AT_ONCE = 4
"""Pages handed over to extraction at once: enough that it does not wait for the next."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An item, what its page was, and where the page lies that was fetched at `fetched`."""

    item: PendingItem
    taken: Taken
    archived: Archived
    fetched: dt.datetime


class Stages:
    """Archives, extracts and stores the pages of one run."""

    def __init__(self, run: Run, archive: Archive, sources: Mapping[str, SourceEntry]) -> None:
        self._run, self._archive, self._sources = run, archive, sources
        self._owners = Owners(sources.values())
        self._archiving = Grouped(self._archived, GROUP)
        self._extracting = Grouped(run.extraction.articles_of, EXTRACTED_AT_ONCE)
        self._storing = Grouped(self._stored, GROUP)

    async def begin(self) -> None:
        """Starts the process that extracts."""
        await self._run.extraction.begin()

    async def end(self) -> None:
        """Ends it."""
        await self._run.extraction.end()

    async def archived(self, page: Fetched) -> Archived:
        """Where the page lies, once it is on the disk.

        Raises:
            ArchiveUnwritable: it could not be written.
        """
        return await self._archiving.do(page)

    async def article(self, page: Fetched, item: PendingItem, archived: Archived) -> Taken:
        """The article that a page is.

        Raises:
            Unusable: it is none.
        """
        least = self._run.settings.min_text_characters
        source = self._owners.owner(page.url, self._sources[item.source_id])
        answer = await self._extracting.do(Page(page, item, source, archived, least))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def stored(self, settled: Settled) -> Stored:
        """Whether the article was new, once it is in the database.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        return await self._storing.do(settled)

    async def _archived(self, pages: list[Fetched]) -> list[Archived]:
        return await self._run.worker.do(self._archive.write_all, pages)

    async def _stored(self, settled: list[Settled]) -> list[Stored]:
        return await self._run.worker.do(self._store, settled)

    def _store(self, settled: list[Settled]) -> list[Stored]:
        pages = [Settling(one.item, one.taken.article, one.taken.facts) for one in settled]
        with self._run.database.session() as session:
            outcomes = settle_all(session, pages)
            with gathering(session):
                for one, (_, article_id) in zip(settled, outcomes, strict=True):
                    record_page(session, one.item, one.archived, one.fetched, article_id=article_id)
        return [stored for stored, _ in outcomes]

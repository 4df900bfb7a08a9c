"""A crawl that tells whoever started it how it goes: now and then, and what it waits for before it ends."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable

from codebook.errors import StoreUnavailable
from crawlers.fetching.politeness import site_of
from crawlers.in_words import clock, counted, span
from crawlers.registry import Registry
from crawlers.run import CrawlSummary, Run
from store.waiting import Waiting, waiting

log = logging.getLogger(__name__)

Tell = Callable[[str], None]
"""Takes one line for people."""

ROUND_SECONDS = 900.0
"""In so long a line says that the crawl is alive."""

LOOK_SECONDS = 1.0
"""How often, at the most, is looked at what a crawl waits for that has nothing else to do."""


class Telling:
    """The lines of one run, handed to `tell`."""

    def __init__(self, run: Run, registry: Registry, tell: Tell) -> None:
        self._run, self._registry, self._tell = run, registry, tell
        self._ids = [source.id for source in registry.sources]
        self._told = CrawlSummary()
        self._told_polled = False
        self._told_until = ""
        self._looked = float("-inf")

    def begin(self) -> None:
        """Says what is polled."""
        feeds = counted(sum(1 for _ in self._registry.feeds()), "feed")
        every = span(dt.timedelta(seconds=ROUND_SECONDS))
        self._tell(f"Polling {feeds} of {counted(len(self._ids), 'source')}; a line every {every} says how it goes.")

    async def keep(self) -> None:
        """Says every while what was done in it, until it is cancelled."""
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                left = await self._run.worker.do(self._waiting)
            except StoreUnavailable as error:
                log.warning("%s", error)
                continue
            now, before = self._run.summary, self._told
            self._told = now.model_copy()
            done = CrawlSummary(**{name: value - getattr(before, name) for name, value in now})
            at = dt.datetime.now(dt.UTC)
            self._tell(f"{at:%H:%M} UTC: {said(done)}, {left.entries} still to be fetched.")

    async def ending(self) -> None:
        """Says, of a crawl that is to end, when all is polled, and until when it has nothing to do but wait.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        left = await self._run.worker.do(self._waiting)
        if not self._told_polled:
            self._told_polled = True
            self._tell(f"Every feed was polled: {said(self._run.summary)}, {left.entries} still to be fetched.")
        pausing = self._run.fetcher.pausing_sites()
        if left.archives_due or any(site_of(host) not in pausing for host in left.due_hosts):
            return  # at work
        until = clock(left.next_due, dt.datetime.now(dt.UTC)) if left.next_due else "the sites may be asked again"
        if until != self._told_until:
            self._told_until = until
            self._tell(f"Waiting for {_what(left)} until {until}.")

    # -- in the worker thread

    def _waiting(self) -> Waiting:
        with self._run.database.session() as session:
            return waiting(session, self._ids)


def said(summary: CrawlSummary) -> str:
    """What a crawl did, as the beginning of a sentence."""
    missed = summary.failed + summary.refused + summary.unusable
    return (
        f"{counted(summary.polls, 'poll')}, {summary.polls_failed} in vain; "
        f"{counted(summary.new, 'new article')}, {summary.changed} changed, {missed} that could not be had"
    )


def _what(left: Waiting) -> str:
    archives = f" and {counted(left.archives, 'archive')}" if left.archives else ""
    return counted(left.entries, "entry", "entries") + archives

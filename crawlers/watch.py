"""The sources of one crawl watched for alarms, a few at a time, so that no check holds up the crawl."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence

from codebook.errors import StoreUnavailable
from crawlers.registry import Registry
from crawlers.run import Run
from store import alarms
from store.alarms import Watched

log = logging.getLogger(__name__)

ROUND_SECONDS = 900.0
"""In so long every source is looked at once: a new alarm comes no later than this."""

FIRST_SECONDS = 30.0
"""So soon after its first poll in this run a source is looked at, without waiting for its turn in the round."""

AT_ONCE = 20
"""Sources looked at in one go: the one worker thread has other work."""


class Watch:
    """Raises and clears the alarms of one run."""

    def __init__(self, run: Run, registry: Registry) -> None:
        self._run = run
        self._sources = [
            Watched(source.id, tuple(feed.url for feed in source.feeds), source.conditional)
            for source in registry.sources
        ]
        self._looked_at: set[str] = set()

    async def keep(self) -> None:
        """Looks at all sources, soon after the start and then round after round, until it is cancelled."""
        await self._do(self._clear_others)
        await asyncio.gather(self._first(), self._rounds())

    async def finish(self) -> None:
        """Looks at all sources once, at the end of a crawl that does not go on."""
        await self._do(self._clear_others)
        for some in _slices(self._sources):
            await self._do(self._check, some)

    async def _first(self) -> None:
        started, left = dt.datetime.now(dt.UTC), self._sources
        while left:
            await asyncio.sleep(FIRST_SECONDS)
            for some in _slices(left):
                await self._do(self._check, some, started)
            left = [watched for watched in left if watched.source_id not in self._looked_at]

    async def _rounds(self) -> None:
        slices = list(_slices(self._sources)) or [[]]
        while True:
            for some in slices:
                await asyncio.sleep(ROUND_SECONDS / len(slices))
                await self._do(self._check, some)
            await self._do(self._clear_others)

    async def _do(self, work: Callable[..., None], *arguments: object) -> None:
        try:
            await self._run.worker.do(work, *arguments)
        except StoreUnavailable as error:
            log.warning("the sources' alarms wait: %s", error)
        except Exception:
            # The boundary of watching: a defect of it must not end the crawl, nor the watch over the other sources.
            log.exception("watching over sources failed unexpectedly")

    # -- in the worker thread

    def _check(self, sources: list[Watched], since: dt.datetime | None = None) -> None:
        with self._run.database.session() as session:
            polled = alarms.polled(session, sources, since)
            raised = alarms.check(session, polled)
        self._looked_at |= {watched.source_id for watched in polled}
        for alarm in raised:
            log.warning("%s: %s: %s", alarm.source_id, alarm.line, alarm.remedy)

    def _clear_others(self) -> None:
        with self._run.database.session() as session:
            alarms.clear_others(session, [watched.source_id for watched in self._sources])


def _slices(sources: Sequence[Watched]) -> Iterator[list[Watched]]:
    for start in range(0, len(sources), AT_ONCE):
        yield list(sources[start : start + AT_ONCE])

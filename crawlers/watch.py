"""The sources of one crawl watched for alarms, a few at a time, so that no check holds up the crawl."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator

from codebook.errors import StoreUnavailable
from crawlers.registry import Registry
from crawlers.run import Run
from store import alarms
from store.alarms import Watched

log = logging.getLogger(__name__)

ROUND_SECONDS = 900.0
"""In so long every source is looked at once: a new alarm comes no later than this."""

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

    async def keep(self) -> None:
        """Looks at all sources, round after round, until it is cancelled."""
        slices = list(self._slices())
        while True:
            await self._do(self._clear_others)
            for some in slices:
                await asyncio.sleep(ROUND_SECONDS / len(slices))
                await self._do(self._check, some)

    async def finish(self) -> None:
        """Looks at all sources once, at the end of a crawl that does not go on."""
        await self._do(self._clear_others)
        for some in self._slices():
            await self._do(self._check, some)

    async def _do(self, work: Callable[..., None], *arguments: object) -> None:
        try:
            await self._run.worker.do(work, *arguments)
        except StoreUnavailable as error:
            log.warning("the sources' alarms wait: %s", error)
        except Exception:
            # The boundary of watching: a defect of it must not end the crawl, nor the watch over the other sources.
            log.exception("watching over sources failed unexpectedly")

    def _slices(self) -> Iterator[list[Watched]]:
        for start in range(0, len(self._sources), AT_ONCE):
            yield self._sources[start : start + AT_ONCE]

    # -- in the worker thread

    def _check(self, sources: list[Watched]) -> None:
        with self._run.database.session() as session:
            raised = alarms.check(session, sources)
        for alarm in raised:
            log.warning("%s: %s: %s", alarm.source_id, alarm.line, alarm.remedy)

    def _clear_others(self) -> None:
        with self._run.database.session() as session:
            alarms.clear_others(session, [watched.source_id for watched in self._sources])

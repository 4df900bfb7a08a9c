"""Feeds polled on their schedule: what each lists for the first time becomes a pending item.

APScheduler says when; the poll itself is a task of ours, so that the end of the run is ours to order. No feed is ever
dropped: whatever a poll meets, the next one is scheduled; a poll that comes too late to be made (a laptop slept) is
counted and scheduled anew, spread over some minutes, for all others come late with it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable

from apscheduler.events import EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy.exc import SQLAlchemyError

from codebook.errors import StoreUnavailable
from crawlers.fetching.politeness import site_at
from crawlers.polling.poll import Poller
from crawlers.registry import Registry
from crawlers.run import DATABASE_PAUSE, Run
from store.feeds import next_polls
from store.polling import wake_overslept

log = logging.getLogger(__name__)

MISFIRE_GRACE_SECONDS = 600.0
"""A poll that the scheduler cannot begin within so long is missed."""

LATE_SECONDS = 60.0
"""A poll that begins so long after its time is late: too many feeds for the slots, or a stalled machine."""

SET_BACK_SECONDS = 60.0
"""A clock that goes back by more than this against the machine's steady one was set back."""

LONGEST_WAIT = 2 * dt.timedelta(days=1)
"""Nothing waits longer, or longer than twice what the settings say: a site may ask for a day."""

SPREAD_SECONDS = 300.0
"""Missed polls are made within so long."""


class Polling:
    """The polls of one run. With `once`, every feed is polled at once and not again. `clock_ahead`: by how many seconds
    the clock is ahead of a steady one."""

    def __init__(
        self, run: Run, registry: Registry, *, once: bool, clock_ahead: Callable[[], float] | None = None
    ) -> None:
        self._run, self._once = run, once
        self._feeds = frozenset(feed.url for _, feed in registry.feeds())
        self._poller = Poller(run, registry)
        self._polled: set[str] = set()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._clock_ahead = clock_ahead or (lambda: time.time() - time.monotonic())
        self._ahead = self._clock_ahead()
        waits = (
            run.settings.max_interval_seconds,
            run.settings.max_backoff_seconds,
            *run.settings.retry_delays_seconds,
        )
        self._longest = max(LONGEST_WAIT, 2 * dt.timedelta(seconds=max(waits)))
        self._sites: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        defaults = {"misfire_grace_time": MISFIRE_GRACE_SECONDS, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=dt.UTC, job_defaults=defaults)
        self._scheduler.add_listener(self._missed, EVENT_JOB_MISSED)

    @property
    def all_done(self) -> bool:
        """Whether every feed was polled in this run."""
        return len(self._polled) == len(self._feeds)

    async def begin(self) -> None:
        """Schedules every feed's next poll."""
        await self._run.worker.do(self._wake)
        known = {} if self._once else await self._run.worker.do(self._next_polls)
        now = dt.datetime.now(dt.UTC)
        for url in self._feeds:
            self._schedule(url, self._within_reach(known.get(url) or now))
        self._scheduler.start()

    def _within_reach(self, moment: dt.datetime) -> dt.datetime:
        """A moment planned earlier; now, where it is over or lies where only a clock that was wrong can have put it."""
        now = dt.datetime.now(dt.UTC)
        return moment if now <= moment <= now + self._longest else now

    async def keep_time(self) -> None:
        """Where the clock was set back since the last call, plans the polls that much earlier, and has no item wait
        longer than items do: all would wait until it has gone the same way again.

        Raises:
            StoreUnavailable: the database does not answer; the next call does it.
        """
        ahead = self._clock_ahead()
        set_back = self._ahead - ahead
        if set_back > SET_BACK_SECONDS:
            log.warning("the clock was set back by %.0f s: what waits is planned anew", set_back)
            await self._run.worker.do(self._wake)
            for job in self._scheduler.get_jobs():
                url, moment = job.args
                job.remove()
                self._schedule(url, self._within_reach(moment - dt.timedelta(seconds=set_back)))
        self._ahead = ahead

    async def end(self) -> None:
        """Abandons the polls under way: what they have not recorded, the next run sees again."""
        self._scheduler.pause()
        await asyncio.sleep(0)  # jobs just handed out begin their polls: the scheduler prints cancelled ones as errors
        self._scheduler.shutdown(wait=False)
        polls = list(self._under_way.values())
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)

    def _wake(self) -> None:
        with self._run.database.session() as session:
            wake_overslept(session, self._longest)

    def _next_polls(self) -> dict[str, dt.datetime | None]:
        with self._run.database.session() as session:
            return next_polls(session)

    def _schedule(self, url: str, moment: dt.datetime) -> None:
        trigger = DateTrigger(run_date=moment, timezone=dt.UTC)
        self._scheduler.add_job(self._begin_poll, trigger, args=[url, moment], id=url)

    def _missed(self, event: JobExecutionEvent) -> None:
        """Schedules a missed poll anew. The scheduler has forgotten its job before it says so."""
        self._run.summary.count("polls_missed")
        self._run.counters.add("polls_missed")
        spread = dt.timedelta(seconds=random.uniform(0, SPREAD_SECONDS))  # noqa: S311
        log.warning("%s: missed its poll of %s", event.job_id, event.scheduled_run_time)
        self._schedule(event.job_id, dt.datetime.now(dt.UTC) + spread)

    async def _begin_poll(self, url: str, moment: dt.datetime) -> None:
        task = asyncio.ensure_future(self._poll(url, moment))
        self._under_way[url] = task
        task.add_done_callback(lambda _: self._under_way.pop(url))

    async def _poll(self, url: str, moment: dt.datetime) -> None:
        """Polls one feed and schedules its next poll, whatever happens."""
        try:
            # A poll whose site is not free would hold its slot for nothing, and forty of one site all of them
            async with self._sites[site_at(url)], self._run.slots:
                self._note_lateness(moment)
                next_poll = await self._poller.poll(url)
        except StoreUnavailable as error:
            log.warning("%s: %s", url, error)
            self._schedule(url, dt.datetime.now(dt.UTC) + DATABASE_PAUSE)
            return
        except SQLAlchemyError:
            log.exception("%s: the outcome of its poll cannot be recorded", url)
            next_poll = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self._run.settings.max_interval_seconds)
        self._polled.add(url)
        if not self._once:
            self._schedule(url, self._within_reach(next_poll))
        self._run.wake.set()

    def _note_lateness(self, moment: dt.datetime) -> None:
        if (dt.datetime.now(dt.UTC) - moment).total_seconds() > LATE_SECONDS:
            self._run.summary.count("polls_late")
            self._run.counters.add("polls_late")

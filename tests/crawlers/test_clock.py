"""A clock that is set back has nothing sleep for ever."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import func, select, update

from crawlers.polling.schedule import Polling
from crawlers.registration import register
from crawlers.run import Run, Worker
from crawlers.settings import CrawlSettings
from store.database import Database
from store.schema import Feed, PendingItem
from tests.crawlers.test_early_end import sources

HOUR = dt.timedelta(hours=1)


def waits(database: Database, folder: Path, planned: dt.timedelta, set_back: dt.timedelta) -> set[int]:
    """In how many hours the polls come that a crawl planned, when the clock is set back under it."""
    ahead = [0.0]

    async def run() -> set[int]:
        settings = CrawlSettings(archive_dir=folder, contact="desk@example.org")
        with Worker() as worker:
            run = Run(settings, database, cast("Any", None), worker, asyncio.Semaphore(0))
            await worker.do(register, database, sources(), settings)
            with database.session() as session:
                session.execute(update(Feed).values(next_poll=dt.datetime.now(dt.UTC) + planned))
            polling = Polling(run, sources(), once=False, clock_ahead=lambda: ahead[0])
            await polling.begin()
            ahead[0] -= set_back.total_seconds()
            await polling.keep_time()
            jobs = polling._scheduler.get_jobs()
            now = dt.datetime.now(dt.UTC)
            left = {round((job.args[1] - now) / HOUR) for job in jobs}
            await polling.end()
        return left

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("planned", "set_back", "left"),
    [
        (20 * HOUR, 0 * HOUR, {20}),
        (20 * HOUR, HOUR, {19}),
        (20 * HOUR, 0.01 * HOUR, {20}),  # a clock is corrected by seconds all the time
        (20 * HOUR, -HOUR, {20}),
        (20 * HOUR, 19 * HOUR, {1}),
    ],
)
def test_polls_come_as_soon_as_they_would_have(
    database: Database, tmp_path: Path, planned: dt.timedelta, set_back: dt.timedelta, left: set[int]
) -> None:
    assert waits(database, tmp_path, planned, set_back) == left


@pytest.mark.parametrize("days", [1, 365])
def test_a_poll_that_a_wrong_clock_planned_is_made(database: Database, tmp_path: Path, days: int) -> None:
    """Planned by an earlier run far ahead, or overtaken by the clock that was set back: due at once."""
    assert waits(database, tmp_path, dt.timedelta(days=days + 2), 0 * HOUR) <= {0}


def test_items_that_a_wrong_clock_put_off_are_due(database: Database, tmp_path: Path) -> None:
    waits(database, tmp_path, HOUR, 0 * HOUR)
    with database.session() as session:
        for name, days in (("soon", 1), ("never", 365)):
            session.add(
                PendingItem(
                    url=name, source_id="example.rs", feed_url="f", link=name, host="example.rs",
                    due_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=days), seen_at=dt.datetime.now(dt.UTC),
                )
            )  # fmt: skip
    waits(database, tmp_path, HOUR, HOUR)
    with database.session() as session:
        due = session.scalars(select(PendingItem.url).where(PendingItem.due_at <= func.now())).all()
    assert due == ["never"]

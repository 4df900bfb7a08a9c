"""A crawl that tells how it goes."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest

from crawlers import telling
from crawlers.fetching.fetcher import Fetcher
from crawlers.registration import register
from crawlers.registry import FeedEntry, Registry, SourceEntry
from crawlers.run import Run, Worker
from crawlers.settings import CrawlSettings
from crawlers.telling import Telling
from store.database import Database
from store.schema import BackfillStep, PendingItem

FEED = "https://example.rs/feed/"
SOURCES = Registry(
    sources=(
        SourceEntry(
            id="example.rs", name="Example", url="https://example.rs/", jurisdiction="RS", kind="media",
            languages=("sr",), feeds=(FeedEntry(url=FEED, kind="rss"),),
        ),
    )
)  # fmt: skip
NOON = dt.datetime.now(dt.UTC).replace(hour=12, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
"""Of tomorrow, which no test lives to see."""


class Pausing:
    """Stands in for the fetcher, of which only the pausing sites are asked here."""

    sites: frozenset[str] = frozenset()

    def pausing_sites(self) -> set[str]:
        return set(self.sites)


Story = Callable[[Telling, Run, Pausing, list[str]], Awaitable[None]]


@pytest.fixture
def told(database: Database, tmp_path: Path) -> Callable[[Story], list[str]]:
    """The lines of a run in which a story happens."""

    def lines_of(story: Story) -> list[str]:
        lines: list[str] = []

        async def work() -> None:
            settings = CrawlSettings(archive_dir=tmp_path, contact="desk@example.org")
            fetcher = Pausing()
            with Worker() as worker:
                run = Run(settings, database, cast("Fetcher", fetcher), worker, asyncio.Semaphore(1))
                await worker.do(register, database, SOURCES, settings)
                await story(Telling(run, SOURCES, lines.append), run, fetcher, lines)

        asyncio.run(work())
        return lines

    return lines_of


def pending(database: Database, number: int, due_at: dt.datetime) -> None:
    url = f"https://example.rs/{number}"
    with database.session() as session:
        session.merge(
            PendingItem(
                url=url, source_id="example.rs", feed_url=FEED, link=url, host="www.example.rs", attempts=1,
                due_at=due_at,
            )
        )  # fmt: skip


def test_a_line_comes_now_and_then_and_says_what_was_done_since(
    told: Callable[[Story], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "ROUND_SECONDS", 0.2)

    async def story(tells: Telling, run: Run, _: Pausing, lines: list[str]) -> None:
        run.summary.polls, run.summary.new, run.summary.failed, run.summary.unusable = 3, 2, 1, 1
        keeping = asyncio.ensure_future(tells.keep())
        while len(lines) < 2:
            await asyncio.sleep(0.05)
        keeping.cancel()

    first, second, *_ = told(story)
    assert re.fullmatch(
        r"\d\d:\d\d UTC: 3 polls, 0 in vain; 2 new articles, 0 changed, 2 that could not be had, 0 still to be fetched\.",
        first,
    )
    assert " UTC: 0 polls, 0 in vain; 0 new articles, 0 changed, 0 that could not be had" in second


def test_at_the_start_it_says_what_is_polled(told: Callable[[Story], list[str]]) -> None:
    async def story(tells: Telling, *_: object) -> None:
        tells.begin()

    assert told(story) == ["Polling 1 feed of 1 source; a line every 15 min says how it goes."]


def test_it_says_until_when_it_waits_and_again_when_that_changes(
    told: Callable[[Story], list[str]], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "LOOK_SECONDS", 0.0)
    told(_nothing)  # the source has its row

    async def story(tells: Telling, run: Run, _: Pausing, lines: list[str]) -> None:
        run.summary.polls = 1
        pending(database, 1, NOON)
        pending(database, 2, NOON + dt.timedelta(hours=1))
        await tells.ending()
        await tells.ending()
        pending(database, 1, NOON + dt.timedelta(hours=2))
        await tells.ending()

    day = NOON.date().isoformat()
    polled = "Every feed was polled: 1 poll, 0 in vain; 0 new articles, 0 changed, 0 that could not be had"
    assert told(story) == [
        f"{polled}, 2 still to be fetched.",
        f"Waiting for 2 entries until {day} 12:00 UTC.",
        f"Waiting for 2 entries until {day} 13:00 UTC.",
    ]


def test_it_does_not_wait_while_there_is_something_to_do(
    told: Callable[[Story], list[str]], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "LOOK_SECONDS", 0.0)
    told(_nothing)
    past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)

    async def story(tells: Telling, _: Run, pauses: Pausing, lines: list[str]) -> None:
        pending(database, 1, past)
        await tells.ending()
        assert not any(line.startswith("Waiting") for line in lines)
        pauses.sites = frozenset({"example.rs"})
        await tells.ending()
        with database.session() as session:
            session.add(step := archive(NOON))
        await tells.ending()
        with database.session() as session:
            session.merge(step).due_at = past
        told_so_far = len(lines)
        await tells.ending()
        assert len(lines) == told_so_far, "an archive is read"

    assert told(story)[1:] == [
        "Waiting for 1 entry until the sites may be asked again.",
        f"Waiting for 1 entry and 1 archive until {NOON.date().isoformat()} 12:00 UTC.",
    ]


def archive(due_at: dt.datetime) -> BackfillStep:
    day = NOON.date()
    return BackfillStep(
        source_id="example.rs", feed_url=FEED, way="feed", address=FEED, since=day, until=day, position=FEED,
        state="open", due_at=due_at,
    )  # fmt: skip


async def _nothing(*_: object) -> None:
    pass

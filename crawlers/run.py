"""What the parts of one crawl share: its means, its one worker thread, and the count of what it did."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Self, TypeVar

from pydantic import BaseModel

from crawlers.counters import Counters
from crawlers.extraction.child_process import Extraction
from crawlers.fetching.fetcher import Fetcher
from crawlers.settings import CrawlSettings
from store.database import Database

Result = TypeVar("Result")

DATABASE_PAUSE = dt.timedelta(seconds=10)
"""After so long what found no database is tried again: a poll, or the host of an item, which is still due."""


class CrawlSummary(BaseModel):
    """What one run did. `items_seen` counts items that had not been seen before; each of them ends in `new`,
    `changed` or `unchanged` (its article), `failed`, `refused` or `unusable`, or is still among `pending`.
    `polls_late` were made more than a minute after their time; `polls_missed` so late that they were put off."""

    polls: int = 0
    polls_unchanged: int = 0
    polls_failed: int = 0
    polls_late: int = 0
    polls_missed: int = 0
    items_seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    refused: int = 0
    unusable: int = 0
    postponed: int = 0
    pending: int = 0

    def count(self, what: str) -> None:
        """Adds one to a figure."""
        setattr(self, what, getattr(self, what) + 1)


class Worker:
    """The one thread that parses, archives and speaks to the database, so that the event loop waits for the network
    alone. A context manager; leaving it waits for the task in hand."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="crawl-worker")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    async def do(self, function: Callable[..., Result], *arguments: object) -> Result:
        """What the function returns, called in the thread. Cancelling the wait does not end a call under way: its
        transaction is completed."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)


@dataclass(frozen=True)
class Run:
    """One run. `slots` bounds the polls under way; `extraction` reads what sites sent, in a process of its own; `wake`
    is set when there may be something new to do."""

    settings: CrawlSettings
    database: Database
    fetcher: Fetcher
    worker: Worker
    slots: asyncio.Semaphore
    extraction: Extraction = field(default_factory=Extraction)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    summary: CrawlSummary = field(default_factory=CrawlSummary)
    counters: Counters = field(default_factory=Counters)

"""The counts beside the filters: anew for each page of a short queue, a moment old for a long one."""

from __future__ import annotations

import time

import pytest

from review_ui import queue_counts
from review_ui.queue_counts import QueueCounts
from store.database import Database
from store.queue_filter import QueueFilter
from tests.review_ui import seed


def _waiting(counts: QueueCounts, database: Database) -> int:
    with database.session() as session:
        return counts.facets(session, QueueFilter(), "ana").waiting


def _add(database: Database, name: str) -> None:
    with database.session() as session:
        seed.simple(session, name)


def test_a_short_queue_is_counted_for_every_page(database: Database) -> None:
    counts = QueueCounts(database)
    for number in range(3):
        assert _waiting(counts, database) == number
        _add(database, f"c{number}")


def test_a_long_queue_is_counted_beside_the_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_counts, "SHORT", 1)
    _add(database, "c0")
    counts = QueueCounts(database)
    counts.warm()
    _add(database, "c1")
    assert _waiting(counts, database) == 1, "counted half a minute ago at most"
    monkeypatch.setattr(queue_counts, "FRESH_SECONDS", 0.0)
    assert _waiting(counts, database) == 1, "the page does not wait for the new counts"
    until = time.monotonic() + 60
    while _waiting(counts, database) != 2:
        assert time.monotonic() < until, "the counts were never brought up to date"
        time.sleep(0.05)

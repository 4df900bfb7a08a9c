"""Which sitemaps of an index a poll reads."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from crawlers.feeds.listing import Child
from crawlers.feeds.rotation import CHANGED, ROTATED, chosen
from store.schema import SitemapChild

NOW = dt.datetime(2026, 11, 26, 12, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def row(url: str, **columns: object) -> SitemapChild:
    return SitemapChild(feed_url="f", url=url, **{"nested": False, **columns})


def test_reads_the_newest_those_that_changed_and_one_in_turn() -> None:
    listed = [Child(f"/{n}", NOW - n * HOUR) for n in range(8)]
    known = {child.url: row(child.url, lastmod=child.lastmod, read_at=NOW - HOUR) for child in listed}
    known["/3"].lastmod = NOW - 9 * HOUR
    known["/6"].read_at = NOW - 5 * HOUR
    assert [child.url for child in chosen(listed, known)] == ["/0", "/3", "/6"]


def test_a_mere_date_may_hide_a_change_until_the_day_is_over() -> None:
    today = NOW.replace(hour=0, minute=0)
    listed = [Child("/new", NOW), Child("/today", today), Child("/yesterday", today - 24 * HOUR)]
    known = {child.url: row(child.url, lastmod=child.lastmod, read_at=NOW - HOUR) for child in listed}
    known["/yesterday"].read_at = NOW - HOUR / 2
    picked = [child.url for child in chosen(listed, known)]
    assert picked[:2] == ["/new", "/today"]
    assert known["/yesterday"].read_at >= today


def test_an_index_within_an_index_is_in_the_rotation() -> None:
    known = {"/inner": row("/inner", nested=True), "/outer": row("/outer", read_at=NOW)}
    assert {child.url for child in chosen([Child("/outer")], known)} == {"/inner", "/outer"}


@given(st.lists(st.none() | st.integers(0, 400), min_size=1, max_size=40))
def test_no_child_is_ever_forgotten(ages: list[int | None]) -> None:
    listed = [Child(f"/{n}", NOW - age * HOUR if age is not None else None) for n, age in enumerate(ages)]
    known: dict[str, SitemapChild] = {}
    now = NOW
    for _ in range(len(listed) + 1):
        now += HOUR
        picked = chosen(listed, known)
        assert len({child.url for child in picked}) == len(picked) <= CHANGED + ROTATED
        for child in picked:
            known[child.url] = row(child.url, lastmod=child.lastmod, read_at=now)
    assert set(known) == {child.url for child in listed}
    before = now
    for _ in range(len(listed) + 1):
        now += HOUR
        for child in chosen(listed, known):
            known[child.url] = row(child.url, lastmod=child.lastmod, read_at=now)
    assert all(child.read_at is not None and child.read_at > before for child in known.values())

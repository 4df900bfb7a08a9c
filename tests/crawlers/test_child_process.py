"""Extraction beside the crawl: as it is in one process, and a page that ends it harms no other."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from pathlib import Path

import pytest

from codebook.records import Archived
from crawlers.extraction import child_process
from crawlers.extraction.child_process import Extraction, Page
from crawlers.extraction.extract import Taken, Unusable, article_of
from crawlers.fetching.fetcher import Fetched
from crawlers.grouping import Grouped
from crawlers.registry import SourceEntry
from store.schema import PendingItem
from tests.crawlers.sites import words

SOURCE = SourceEntry(
    id="a.rs", name="A", url="https://a.rs/", jurisdiction="RS", kind="media", languages=("sr",)
)  # fmt: skip
DEADLY = """
import os, pickle, sys
from crawlers.extraction import child_process, extract
real = extract.article_of
def deadly(page, *rest):
    if b"deadly" in page.body:
        os._exit(3)
    return real(page, *rest)
extract.article_of = deadly
child_process.main()
"""


def page(name: str, text: str) -> Page:
    url = f"https://a.rs/{name}"
    body = (
        f"<html><head><title>{name}</title></head><body><article><h1>{name}</h1><p>{text}</p></article></body></html>"
    )
    fetched = Fetched(url, url, 200, (("Content-Type", "text/html"),), body.encode(), dt.datetime.now(dt.UTC))
    item = PendingItem(url=url, link=url, host="a.rs", title=f"Naslov {name}", fresh=True)
    return Page(fetched, item, SOURCE, Archived(path="a", offset=0, length=1, sha256="0" * 64), 80)


def answers(*pages: Page) -> list[Taken | Exception]:
    async def run() -> list[Taken | Exception]:
        extraction = Extraction()
        grouped = Grouped(extraction.articles_of, 4)
        await extraction.begin()
        try:
            return list(await asyncio.gather(*map(grouped.do, pages)))
        finally:
            await extraction.end()

    return asyncio.run(run())


def test_a_page_is_read_as_without_it() -> None:
    good, short = page("prvi", words(1)), page("kratak", "Kratko.")
    taken, unusable = answers(good, short)
    assert taken == article_of(good.page, good.item, good.source, good.archived, good.min_text_characters)
    assert isinstance(unusable, Unusable)
    assert unusable.reason


def test_a_page_that_ends_the_process_is_unusable_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "deadly.py"
    script.write_text(DEADLY)
    monkeypatch.setattr(child_process, "COMMAND", (sys.executable, str(script)))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    first, deadly, last = answers(page("prvi", words(1)), page("drugi", words(2) + " deadly"), page("treci", words(3)))
    assert isinstance(first, Taken)
    assert isinstance(last, Taken)
    assert isinstance(deadly, Unusable)
    assert not deadly.permanent
    assert "breaks its extraction" in deadly.reason


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "slow.py"
    script.write_text(DEADLY.replace("os._exit(3)", "__import__('time').sleep(60)"))
    monkeypatch.setattr(child_process, "COMMAND", (sys.executable, str(script)))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))

    async def run() -> list[Taken | Exception]:
        extraction = Extraction()
        await extraction.begin()
        monkeypatch.setattr(child_process, "PAGE_SECONDS", 0.3)
        try:
            return await extraction.articles_of([page("spor", words(1) + " deadly")])
        finally:
            await extraction.end()

    (slow,) = asyncio.run(run())
    assert isinstance(slow, Unusable)

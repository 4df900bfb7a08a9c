"""Feeds and pages that nobody has seen: put together from pieces as sites send them, then cut, doubled, spliced and
mis-encoded (`fuzz_pieces`, `fuzz_mutations`).

Whatever comes, `feeds.parse` answers with a document or `NotAFeed`, and extraction with an article or `Unusable`, in
a time that a hostile site cannot stretch. 20,200 inputs, the same in every run; other ones each time with
`FUZZ_ANEW=1`.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lxml import etree

from codebook.records import Archived
from crawlers.entries import SourceEntry
from crawlers.extraction.extract import Taken, Unusable, article_of
from crawlers.feeds.formats import FeedDocument, NotAFeed, is_feed, parse
from crawlers.feeds.sections import next_page
from crawlers.feeds.whole import fingerprint
from crawlers.fetching.fetcher import Fetched
from crawlers.front_page import FrontPage
from store.collecting import TITLE_LIMIT
from store.schema import PendingItem
from tests.crawlers.bad_feeds import BAD_FEEDS
from tests.crawlers.fuzz_mutations import CONTENT_TYPES, LONGEST, spoilt
from tests.crawlers.fuzz_pieces import BASE, FEEDS, PAGES, PATHS, SECTIONS, SITEMAPS, TITLES, choices

pytestmark = pytest.mark.slow

FEED_INPUTS, SITEMAP_INPUTS, SECTION_INPUTS, PAGE_INPUTS = 7_000, 7_500, 4_000, 1_700
LIMIT = 3
"""Items that are read of a document, so that many list more."""

CPU_SECONDS = 5.0
"""For one input."""

FETCHED = dt.datetime(2026, 3, 13, tzinfo=dt.UTC)
LONG_AGO, SOON = dt.datetime(1995, 1, 1, tzinfo=dt.UTC), dt.timedelta(days=1)

KNOWN_BAD = [bad.served(BASE).decode("latin-1") for bad in BAD_FEEDS if len(bad.body) < LONGEST]


def asked(inputs: int, **drawn: SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
    """Runs the decorated check on so many inputs."""

    def run(check: Callable[..., None]) -> None:
        bounded = settings(
            max_examples=inputs,
            deadline=None,
            derandomize="FUZZ_ANEW" not in os.environ,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        bounded(given(**drawn)(check))()

    return run


@contextmanager
def bounded_time(data: bytes) -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < CPU_SECONDS, data


def fetched(data: bytes, content_type: str | None) -> Fetched:
    headers = (("Content-Type", content_type),) if content_type is not None else ()
    return Fetched(f"{BASE}/1", f"{BASE}/1", 200, headers, data, FETCHED)


def check_feed(tally: Counter[str], kind: str, data: bytes, content_type: str | None, **selectors: str | None) -> None:
    tally["inputs"] += 1
    with bounded_time(data):
        is_feed(data)
        fingerprint("page", fetched(data, content_type))
        try:
            document = parse(data, content_type, f"{BASE}/hronika", kind, LIMIT, **selectors)
        except NotAFeed as complaint:
            tally["complaints"] += bool(str(complaint))
            return
    require_sound(document, data)
    tally["sound"] += 1
    tally["read"] += bool(document.items or document.children)


def require_sound(document: FeedDocument, data: bytes) -> None:
    assert len(document.items) <= LIMIT, data
    for item in document.items:
        told = f"{item.url}{item.link}{item.host}{item.guid}{item.title}"
        told.encode("utf-8")  # no lone surrogate
        assert "\0" not in told, data
        assert "root:" not in told, data
        assert item.link.startswith(("http://", "https://")), data
        assert item.host, data
        assert len(item.title or "") <= TITLE_LIMIT, data
        for moment in (item.published, item.updated):
            assert moment is None or LONG_AGO <= moment <= dt.datetime.now(dt.UTC) + SOON, data
    for child in document.children:
        child.url.encode("utf-8")
        assert child.url and "\0" not in child.url, data
    assert document.every is None or document.every > dt.timedelta(), data


def test_any_feed_is_a_document_or_none() -> None:
    tally: Counter[str] = Counter()

    @asked(
        FEED_INPUTS,
        data=spoilt(st.one_of(FEEDS, FEEDS, FEEDS, st.sampled_from(KNOWN_BAD))),
        content_type=CONTENT_TYPES,
        kind=st.sampled_from(("rss", "rss", "rss", "atom", "sitemap", "section")),
    )
    def check(data: bytes, content_type: str | None, kind: str) -> None:
        check_feed(tally, kind, data, content_type)

    require_many(tally, FEED_INPUTS)


def test_any_sitemap_is_a_document_or_none() -> None:
    tally: Counter[str] = Counter()

    @asked(SITEMAP_INPUTS, data=spoilt(SITEMAPS), content_type=CONTENT_TYPES)
    def check(data: bytes, content_type: str | None) -> None:
        check_feed(tally, "sitemap", data, content_type)

    require_many(tally, SITEMAP_INPUTS)


def test_any_section_is_a_document_or_none() -> None:
    tally: Counter[str] = Counter()

    @asked(
        SECTION_INPUTS,
        data=spoilt(SECTIONS),
        content_type=CONTENT_TYPES,
        links=st.sampled_from((None, None, "h3 a", "div")),
    )
    def check(data: bytes, content_type: str | None, links: str | None) -> None:
        check_feed(tally, "section", data, content_type, links=links)
        with bounded_time(data):
            with suppress(NotAFeed):
                next_page(data, content_type, f"{BASE}/hronika", "a.next")
            require_front_page_read(data, content_type)

    require_many(tally, SECTION_INPUTS)


def require_front_page_read(data: bytes, content_type: str | None) -> None:
    """What `avmp sources add` asks of a front page."""
    try:
        front = FrontPage(fetched(data, content_type))
    except etree.LxmlError:
        return
    assert all(url for url, _ in front.linked_feeds()), data
    front.chronicles()
    front.platform()
    assert front.name([]), data


SOURCE = SourceEntry(id="example.rs", name="E", url=f"{BASE}/", jurisdiction="RS", kind="media", languages=("sr",))
SELECTING = SourceEntry.model_validate(
    SOURCE.model_dump() | {"selectors": {"title": "h1", "text": "article", "date": "time", "author": ".by", "drop": ["p"]}}
)  # fmt: skip
ARCHIVED = Archived(path="a.warc.gz", offset=0, length=1, sha256="0" * 64)


def test_any_page_is_an_article_or_unusable() -> None:
    tally: Counter[str] = Counter()

    @asked(
        PAGE_INPUTS,
        data=spoilt(PAGES),
        content_type=CONTENT_TYPES,
        source=st.sampled_from((SOURCE, SOURCE, SELECTING)),
        told=choices(TITLES, PATHS),
        fresh=st.booleans(),
    )
    def check(
        data: bytes, content_type: str | None, source: SourceEntry, told: tuple[str, str], *, fresh: bool
    ) -> None:
        tally["inputs"] += 1
        title, url = told[0] or None, BASE + told[1]
        item = PendingItem(url=url, link=url, host="example.rs", source_id="example.rs", title=title, fresh=fresh)
        headers = (("Content-Type", content_type),) if content_type is not None else ()
        with bounded_time(data):
            try:
                taken = article_of(Fetched(url, url, 200, headers, data, FETCHED), item, source, ARCHIVED, 80)
            except Unusable as unusable:
                tally["complaints"] += bool(unusable.reason)
                return
        require_article(taken, data)
        tally["sound"] += 1
        tally["read"] += 1

    require_many(tally, PAGE_INPUTS)


def require_article(taken: Taken, data: bytes) -> None:
    article, facts = taken.article, taken.facts
    told = f"{article.title}{article.text}{facts.author}{facts.lead}{facts.extraction}"
    assert article.title, data
    assert len(article.text) >= 80, data
    assert "\0" not in told, data
    told.encode("utf-8")  # no lone surrogate
    assert article.published is None or LONG_AGO <= article.published <= FETCHED + SOON, data
    assert (article.published is None) == (article.published_from is None), data


def require_many(tally: Counter[str], inputs: int) -> None:
    assert tally["inputs"] >= inputs
    assert tally["inputs"] == tally["sound"] + tally["complaints"], "each ends in a document or a stated reason"
    assert tally["read"] > inputs / 5, "the inputs are near enough to the sound ones for many to be read"

"""Feeds and pages that nobody has seen: documents like the real ones, cut, doubled, spliced and mis-encoded.

Whatever comes, `feeds.parse` answers with a document or `NotAFeed`, and extraction with an article or `Unusable`, in
a time that a hostile site cannot stretch. 30,000 inputs, the same in every run.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator

import pytest

from codebook.records import Archived
from crawlers.entries import SourceEntry
from crawlers.extraction.extract import Unusable, article_of
from crawlers.feeds.formats import FeedDocument, NotAFeed, parse
from crawlers.fetching.fetcher import Fetched
from store.collecting import TITLE_LIMIT
from store.schema import PendingItem
from tests.crawlers.bad_feeds import BAD_FEEDS
from tests.crawlers.sites import page_html, words

pytestmark = pytest.mark.slow

FEEDS, PAGES = 24_000, 6_000
BASE = "https://example.rs"
CPU_SECONDS = 5.0
"""For one input of at most some 20 kB."""

KINDS = ("rss", "atom", "sitemap", "section")
TYPES = (None, "", "text/html", "application/rss+xml; charset=windows-1251", "text/xml;charset=utf-16", "a;charset=x\0")
CODECS = ("utf-8", "windows-1250", "windows-1251", "utf-16", "utf-16-be", "utf-32", "iso-8859-2", "utf-7")
PIECES = (
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0' encoding='utf-16'?>", b"&", b"&nbsp;", b"&#0;", b"&#xD800;",
    b"&#99999999;", b"<!DOCTYPE x [", b"]>", b"<!ENTITY a SYSTEM 'file:///etc/passwd'>", b"&a;", b"\0", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\x1f\x8b", b"<rss>", b"</rss>", b"<item>", b"</item>", b"<url><loc>", b"<urlset>", b"</channel>", b"<link>", b"http://[",
    b"http://example.rs:99999/", b"//", b"\xed\xa0\x80", b"<script>", b"</script", b"<template>", b"<svg>", b"<math>", b"<table>",
    b"<frameset>", b"<noscript>", b"<plaintext>", b"<title>", b"<article>", b"<base href='//['>", b"<link rel=canonical href='http://['>",
    b"<meta charset=utf-7>", b"<meta property='article:published_time' content='9999-12-31T23:59:59-23:59'>",
    b"<script type='application/ld+json'>{\"datePublished\": [[[", b"<time datetime='0001-01-01T00:00:00+14:00'>", b"<pubDate>Mon, 99 Foo 99999 99:99:99 +9999</pubDate>",
    b"<lastmod>0001-01-01T00:00:00+23:00</lastmod>", b"xmlns:a='", b"<a:b>", b"{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [",
)  # fmt: skip

PAGE_HEADS = (
    '<meta property="article:published_time" content="2026-03-12T12:30:00+01:00">',
    '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-03-12", "author": [{"name": "R"}]}</script>',
    '<link rel="canonical" href="https://example.rs/1"><meta name="description" content="Kratko">',
)
PAGE_SEEDS = [
    page_html("Pucnjava u centru grada", words(number), head).encode() for number, head in enumerate(PAGE_HEADS)
]
FEED_SEEDS = [bad.served(BASE) for bad in BAD_FEEDS if len(bad.body) < 20_000] + PAGE_SEEDS


def cut(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:]


def truncated(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def doubled(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:end] * rng.choice((1, 2, 5)) + data[end:]


def with_piece(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(PIECES) * rng.choice((1, 1, 1, 3, 50)) + data[at:]


def with_noise(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 12)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def without_a_tag(rng: random.Random, data: bytes) -> bytes:
    starts = [at for at, byte in enumerate(data) if byte == ord("<")]
    if not starts:
        return data
    start = rng.choice(starts)
    return data[:start] + data[data.find(b">", start) + 1 :]


def encoded(rng: random.Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(rng.choice(CODECS), "replace")


def spliced(rng: random.Random, data: bytes) -> bytes:
    return truncated(rng, data) + cut(rng, rng.choice(FEED_SEEDS))


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    cut, truncated, doubled, with_piece, with_piece, with_noise, without_a_tag, encoded, spliced,
)  # fmt: skip


def mutated(seeds: list[bytes], number: int, salt: int) -> Iterator[tuple[random.Random, bytes]]:
    rng = random.Random(salt)
    for _ in range(number):
        data = rng.choice(seeds)
        for _ in range(rng.randrange(1, 5)):
            data = rng.choice(MUTATIONS)(rng, data)[:20_000]
        yield rng, data


def test_any_feed_is_a_document_or_none() -> None:
    read = 0
    for rng, data in mutated(FEED_SEEDS, FEEDS, 1):
        kind, content_type = rng.choice(KINDS), rng.choice(TYPES)
        began = time.process_time()
        try:
            document = parse(data, content_type, f"{BASE}/feed", kind, 50)
        except NotAFeed:
            continue
        finally:
            assert time.process_time() - began < CPU_SECONDS, data
        require_sound(document, data)
        read += bool(document.items)
        assert time.process_time() - began < CPU_SECONDS, data
    assert read > FEEDS / 10, "the inputs are near enough to feeds for many to be read"


def require_sound(document: FeedDocument, data: bytes) -> None:
    assert len(document.items) <= 50, data
    for item in document.items:
        told = f"{item.url}{item.link}{item.host}{item.guid}{item.title}"
        told.encode("utf-8")  # no lone surrogate
        assert "\0" not in told, data
        assert "root:" not in told, data
        assert item.link.startswith(("http://", "https://")), data
        assert item.host, data
        assert len(item.title or "") <= TITLE_LIMIT, data


def test_any_page_is_an_article_or_unusable() -> None:
    source = SourceEntry(id="example.rs", name="E", url=f"{BASE}/", jurisdiction="RS", kind="media", languages=("sr",))
    archived = Archived(path="a.warc.gz", offset=0, length=1, sha256="0" * 64)
    item = PendingItem(
        url=f"{BASE}/1", link=f"{BASE}/1", host="example.rs", source_id="example.rs", title=None, fresh=True
    )
    read = 0
    for rng, data in mutated(PAGE_SEEDS, PAGES, 2):
        headers = (("Content-Type", rng.choice(("text/html", "text/html; charset=windows-1250", ""))),)
        page = Fetched(item.link, item.link, 200, headers, data, dt.datetime(2026, 3, 13, tzinfo=dt.UTC))
        began = time.process_time()
        try:
            article = article_of(page, item, source, archived, 80).article
        except Unusable:
            continue
        finally:
            assert time.process_time() - began < CPU_SECONDS, data
        read += 1
        assert article.title, data
        assert len(article.text) >= 80, data
        assert "\0" not in article.title + article.text, data
        (article.title + article.text).encode("utf-8")  # no lone surrogate
        assert article.published is None or article.published.year in range(1995, 2027), data
    assert read > PAGES / 10

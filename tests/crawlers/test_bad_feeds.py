"""Every kind of bad feed: what is read of it, what the feed's row says afterwards, and what `sources check` says."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from sqlalchemy import select

from crawlers.feeds.formats import NotAFeed, parse
from store.collecting import TITLE_LIMIT
from store.schema import Feed, FetchOutcome
from tests.crawlers.bad_feeds import BAD_FEEDS, BadFeed, item, rss, urlset
from tests.crawlers.conftest import ROOT, Crawler
from tests.crawlers.sites import Answer, Site, serving, words

BASE = "http://127.0.4.200:8000"
LIMIT = 1000
CPU_SECONDS = 10.0
"""For any one document, on the slowest machine the tests run on; here the worst takes some four."""


@pytest.mark.parametrize("bad", BAD_FEEDS, ids=lambda bad: bad.name)
def test_what_is_read_of_a_bad_feed(bad: BadFeed) -> None:
    body = bad.served(BASE)
    if bad.items is None:
        with pytest.raises(NotAFeed) as complaint:
            parse(body, bad.content_type, f"{BASE}/feed", bad.kind, LIMIT)
        assert bad.said in str(complaint.value)
        return
    document = parse(body, bad.content_type, f"{BASE}/feed", bad.kind, LIMIT)
    assert tuple(found.link.removeprefix(BASE) for found in document.items) == bad.items
    assert bad.said in (document.note or "")
    assert bool(document.note) is bool(bad.said), "what can be read rightly is not complained of"
    for found in document.items:
        assert len(found.title or "") <= TITLE_LIMIT
        assert not {"<b>", "\0", "root:", "hahaha"} & set((found.title or "").split())
        assert found.published is None or found.published.year == 2026


def test_titles_are_text_without_markup() -> None:
    titles = {bad.name: bad for bad in BAD_FEEDS}
    [cdata, _] = parse(titles["CDATA titles"].served(BASE), None, BASE, "rss", LIMIT).items
    assert cdata.title == "Kum & kuma"
    [entities, _] = parse(titles["entities of HTML"].served(BASE), None, BASE, "rss", LIMIT).items
    assert entities.title == "Pucnjava –š"
    [cyrillic, _] = parse(titles["windows-1251 that says UTF-8"].served(BASE), None, BASE, "rss", LIMIT).items
    assert cyrillic.title == "Пуцњава у Шапцу број a"


FEW = b"<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url></urlset>"
NESTED = 1_000_000
HUGE = {
    "100,000 items": ("rss", rss(*(item(f"/n/{n}", more=f"<guid>{n}</guid>") for n in range(100_000)))),
    "100,000 pages": ("sitemap", urlset(*(f"<url><loc>BASE/n/{n}</loc></url>" for n in range(100_000)))),
    "one item of 50 MB": ("rss", rss(item("/a"), item("/b", more=f"<description>{'x' * 50_000_000}</description>"))),
    "nothing but tags": ("rss", rss(item("/a", "<a>" * (NESTED // 3)))),
    "nothing but attributes": ("rss", rss(item("/a", "<a b='" * (NESTED // 6)))),
    "nothing but ampersands": ("rss", rss(item("/a", "&" * NESTED))),
    "nothing but sections of CDATA": ("rss", rss(item("/a", "<![CDATA[" * (NESTED // 9)))),
    "nothing but comments": ("rss", b"<!--" * (NESTED // 4)),
    "nothing but processing instructions": ("rss", b"<?x ?>" * (NESTED // 6)),
    "nothing but declarations": ("sitemap", b"<!DOCTYPE [" * (NESTED // 11)),
    "a sitemap of nested elements": ("sitemap", b"<urlset>" + b"<url>" * (NESTED // 5)),
    "a page of nested boxes": ("section", b"<div>" * (NESTED // 5)),
    "a page of nested letters": ("section", b"".join(b"<b id=%d>" % n for n in range(NESTED // 12))),
    "a page of links": ("section", b"".join(b"<a href='/feed/%d'>Naslov o pucnjavi u gradu</a>" % n for n in range(99_999))),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", HUGE)
def test_a_huge_feed_takes_bounded_time(name: str) -> None:
    kind, body = HUGE[name]
    began = time.process_time()
    try:
        document = parse(body.replace(b"BASE", BASE.encode()), None, f"{BASE}/feed", kind, LIMIT)
        assert len(document.items) <= LIMIT
        assert document.note
    except NotAFeed:
        pass
    assert time.process_time() - began < CPU_SECONDS


PARSING = """
import resource, sys
from crawlers.feeds.formats import parse
body = b"<urlset>" + b"<url><loc>/n/%s</loc></url>" % (b"x" * 300) * 160_000
assert len(body) > 50_000_000
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
parse(body, None, "http://127.0.4.200/sitemap.xml", "sitemap", 1000)
sys.stdout.write(str((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024))
"""


@pytest.mark.slow
def test_a_huge_sitemap_takes_bounded_memory() -> None:
    ran = subprocess.run([sys.executable, "-c", PARSING], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 150, "MB: twenty of it are read, as bytes, as text, mended, as bytes for the parser"


def test_the_region_s_dates_and_no_others_are_believed() -> None:
    bad = next(bad for bad in BAD_FEEDS if bad.name == "dates in the region's languages")
    assert [
        one.published.isoformat() for one in parse(bad.served(BASE), None, BASE, "rss", LIMIT).items if one.published
    ] == ["2026-03-12T11:30:00+00:00"] * 2


def path_of(number: int) -> str:
    return f"/feeds/{number}"


@pytest.fixture
def site() -> Any:
    """One that serves every bad feed, and a good one, so that `check` does not search for others."""
    with serving("127.0.4.200") as [site]:
        for number, bad in enumerate(BAD_FEEDS):
            site.pages[path_of(number)] = Answer(bad.served(site.base), headers={"Content-Type": bad.content_type})
        site.feed("/good", {"/good/1": "Naslov dobrog članka"})
        site.article("/good/1", "Naslov dobrog članka", words(1))
        yield site


def declared(site: Site) -> list[tuple[str, str]]:
    return [("/good", "rss"), *((path_of(number), bad.kind) for number, bad in enumerate(BAD_FEEDS))]


def test_what_the_feed_s_row_says_after_it(crawler: Crawler, site: Site) -> None:
    crawler.watch(site, declared(site))
    summary = crawler.crawl(min_gap_seconds=0.0, retry_delays_seconds=[], max_items_per_feed=50)
    with crawler.database.session() as session:
        rows = {feed.url: feed for feed in session.scalars(select(Feed))}
        outcomes = list(session.scalars(select(FetchOutcome)))
    failed = [bad for bad in BAD_FEEDS if bad.items is None]
    assert (summary["polls"], summary["polls_failed"]) == (len(BAD_FEEDS) + 1, len(failed))
    for number, bad in enumerate(BAD_FEEDS):
        row = rows[site.base + path_of(number)]
        if bad.items is None:
            assert row.last_error is not None and bad.said in row.last_error, bad.name
            assert (row.last_error_kind, row.failures, row.last_success) == ("not_a_feed", 1.0, None), bad.name
        else:
            assert (row.last_error, row.last_error_kind, row.failures) == (None, None, 0.0), bad.name
            assert row.last_success is not None, bad.name
        assert row.next_poll is not None, "no feed is ever dropped"
    assert summary["pending"] == 0
    assert summary["items_seen"] == len(outcomes) == summary["new"] + summary["failed"] + summary["refused"]
    assert summary["new"] == 1
    assert "/entity" not in site.paths(), "no entity is ever fetched"


def test_what_sources_check_says_of_it(crawler: Crawler, site: Site) -> None:
    entry = {"id": "bad.example", "name": "Bad", "url": f"{site.base}/", "jurisdiction": "RS", "kind": "media", "languages": ["sr"]}  # fmt: skip
    feeds = [{"url": site.base + path, "kind": kind} for path, kind in declared(site)]
    settings = {"archive_dir": str(crawler.archive), "contact": "desk@example.org", "allow_loopback": True, "min_gap_seconds": 0.0}  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.check_once"],
        cwd=ROOT,
        input=json.dumps({"sources": [entry | {"feeds": feeds}], "settings": settings}),
        capture_output=True,
        text=True,
        check=True,
    )
    told = {report["url"]: report for report in json.loads(ran.stdout)["told"]}
    for number, bad in enumerate(BAD_FEEDS):
        report = told[site.base + path_of(number)]
        assert bad.said in report["fix"], bad.name
        if bad.items is None:
            assert report["status"] == "failed", bad.name
        else:
            assert report["items"] == len(bad.items), bad.name
            assert report["status"] == "warning" if bad.said else report["status"] in ("ok", "warning"), bad.name

"""Dates and where they come from."""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import html

from crawlers.extraction.dates import publication

FETCHED = dt.datetime(2024, 3, 15, 9, 0, tzinfo=dt.UTC)
FEED = dt.datetime(2024, 3, 12, 8, 0, tzinfo=dt.UTC)
URL = "https://example.rs/vest"


def published(
    head: str = "", body: str = "", *, url: str = URL, feed: dt.datetime | None = None, fresh: bool = False
) -> tuple[str | None, str | None]:
    document = html.document_fromstring(f"<html><head>{head}</head><body><p>Tekst.</p>{body}</body></html>")
    moment, provenance = publication(document, url, "RS", FETCHED, feed, fresh=fresh)
    return moment.isoformat() if moment else None, provenance


JSON_LD = '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "%s"}]}</script>'
META = '<meta property="article:published_time" content="%s">'


@pytest.mark.parametrize(
    "head",
    [
        JSON_LD,
        META,
        '<meta name="datePublished" content="%s">',
        '<meta itemprop="datePublished" content="%s">',
        '<meta name="DCTERMS.issued" content="%s">',
    ],
)
def test_a_moment_stated_in_markup(head: str) -> None:
    assert published(head % "2024-03-12T12:30:00+01:00", feed=FEED) == ("2024-03-12T11:30:00+00:00", "page")


def test_without_a_zone_it_is_local() -> None:
    assert published(META % "2024-07-12T12:30:00") == (None, None)  # the future
    assert published(META % "2023-07-12T12:30:00") == ("2023-07-12T10:30:00+00:00", "page")


def test_the_feed_next() -> None:
    assert published(body="<p>12.03.2024.</p>", feed=FEED) == ("2024-03-12T08:00:00+00:00", "feed")


@pytest.mark.parametrize("impossible", ["1970-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00"])
def test_impossible_dates_are_passed_over(impossible: str) -> None:
    assert published(META % impossible, feed=FEED) == ("2024-03-12T08:00:00+00:00", "feed")
    assert published(feed=dt.datetime.fromisoformat(impossible)) == (None, None)


def test_a_date_shown_on_the_page_is_local_midnight() -> None:
    shown = '<div class="post-date"><time datetime="2024-03-10">10. mart 2024.</time></div>'
    assert published(body=shown) == ("2024-03-09T23:00:00+00:00", "page")


def test_the_address_last() -> None:
    assert published(url="https://example.rs/2024/03/11/vest") == ("2024-03-10T23:00:00+00:00", "url")


def test_never_silently_today() -> None:
    assert published() == (None, None)
    assert published(fresh=True) == (FETCHED.isoformat(), "fetch")


def test_broken_json_ld_is_passed_over() -> None:
    assert published('<script type="application/ld+json">{"datePublished": </script>', feed=FEED)[1] == "feed"

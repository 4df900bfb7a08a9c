"""What is read off a front page, whatever it is made of."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crawlers.fetching.fetcher import Fetched
from crawlers.front_page import MOST_ANCHORS, FrontPage


def page(body: bytes) -> FrontPage:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return FrontPage(
        Fetched("https://example.rs/", "https://www.example.rs/", 200, headers, body, dt.datetime.now(dt.UTC))
    )


def built(head: str = "", body: str = "") -> FrontPage:
    return page(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode())


LINKS = {
    '<link rel="alternate" type="application/rss+xml" href="/f">': [("https://www.example.rs/f", "rss")],
    '<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="a">': [
        ("https://www.example.rs/a", "atom")
    ],
    '<link rel="alternate" type="application/feed+json" href="/f.json">': [("https://www.example.rs/f.json", "rss")],
    '<link rel="alternate" hreflang="en" href="/en">': [],
    '<link rel="alternate" type="application/rss+xml">': [],
    '<link rel="alternate" type="application/rss+xml" href="http://[">': [],
    '<link rel="stylesheet" type="text/css" href="/feed.css">': [],
}


@pytest.mark.parametrize(("head", "found"), LINKS.items())
def test_feeds_of_the_head(head: str, found: list[tuple[str, str]]) -> None:
    assert built(head).linked_feeds() == found


ANCHORS = {
    "/rss": True,
    "/rss.xml": True,
    "/rss/vijesti": True,
    "/vijesti/feed/": True,
    "https://rss.example.rs/feed": True,
    "https://other.rs/rss": False,
    "/rssfeeds-explained": False,
    "/pressing": False,
    "http://[": False,
    "mailto:rss@example.rs": False,
}


@pytest.mark.parametrize(("href", "is_feed"), ANCHORS.items())
def test_feeds_of_the_text(href: str, is_feed: bool) -> None:
    assert bool(built(body=f'<a href="{href}">RSS</a>').linked_feeds()) is is_feed


def test_not_every_feed_of_a_page_of_feeds_is_tried() -> None:
    links = "".join(f'<a href="/rss/{number}">{number}</a>' for number in range(50))
    assert len(built(body=links).linked_feeds()) == MOST_ANCHORS


CHRONICLES = [
    "Hronika",
    "CRNA HRONIKA",
    " Crna kronika ",
    "Kronikë",
    "Хроника",
    "Црна хроника",
    "Cronică",
    "Происшествия",
]


@pytest.mark.parametrize("text", CHRONICLES)
def test_the_rubric_of_crime_in_every_language(text: str) -> None:
    found = built(body=f'<a href="/x/y">{text}</a><a href="/sport">Sport</a><a href="/">{text}</a>').chronicles()
    assert found == [("https://www.example.rs/x/y", "section")]


PLATFORMS = {
    '<meta name="generator" content="WordPress 6.5.2">': "wordpress",
    '<meta name="generator" content="Joomla! - Open Source Content Management">': "joomla",
    '<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">': "drupal",
    '<link rel="stylesheet" href="https://example.rs/wp-content/themes/x.css">': "wordpress",
    '<meta name="generator" content="Own work">': None,
    "": None,
}


@pytest.mark.parametrize(("head", "platform"), PLATFORMS.items())
def test_the_platform(head: str, platform: str | None) -> None:
    assert built(head, "<p>-</p>").platform() == platform


def test_the_name_is_the_best_stated() -> None:
    title, site = "<title>Naslovna  -\n Primer</title>", '<meta property="og:site_name" content=" Primer ">'
    assert built(title + site).name(["Primer RSS"]) == "Primer"
    assert built(title).name(["Primer RSS"]) == "Primer RSS"
    assert built(title).name([]) == "Naslovna - Primer"
    assert built("", "<p>-</p>").name([""]) == "www.example.rs"


FRAGMENTS = st.sampled_from(
    [b"<a href='", b"'>", b"<link rel=alternate type=application/rss+xml href=", b"http://[::1", b"//", b"\x00", b"\xff",
     b"<meta name=generator content=", b"&#x110000;", b"<!--", b"<script>", b"#", b"rss", b"feed", b"\xd0\xb0"]
)  # fmt: skip


@given(st.lists(FRAGMENTS | st.binary(max_size=8), max_size=30))
@settings(max_examples=300, deadline=None)
def test_no_page_is_too_broken(pieces: list[bytes]) -> None:
    try:
        front = page(b"".join(pieces))
    except etree.LxmlError:
        return
    front.linked_feeds()
    front.chronicles()
    front.platform()
    front.name([])
    front.language("RS")

"""The registry that comes with the program: the region, and nothing that should not be in it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from codebook.codes import code_list
from crawlers.entries import FeedEntry, SourceEntry, brings_comments
from crawlers.identity.normal_form import host_of, normalised
from crawlers.platforms import platforms, usual_feeds
from crawlers.registry import load

ROOT = Path(__file__).parents[2]

SOURCES = load().sources

COUNTS = {
    "AL": (95, 5),
    "BA": (111, 17),
    "XK": (64, 7),
    "MD": (70, 10),
    "ME": (46, 3),
    "MK": (89, 5),
    "RS": (74, 6),
}
"""Media and institutions of each jurisdiction."""

LANGUAGES = {
    "AL": {"sq", "en"},
    "BA": {"bs", "hr", "sr", "en"},
    "XK": {"sq", "sr", "bs", "en"},
    "MD": {"ro", "ru", "en"},
    "ME": {"cnr", "sr", "sq", "en"},
    "MK": {"mk", "sq", "en"},
    "RS": {"sr", "sq", "bs", "en"},
}
"""Languages that sources of a jurisdiction are in."""

STAGING = re.compile(
    r"^(?:direct|staging|stage|test|dev|sidev|beta|alpha|gale|prova|preview|old|arhiva|archive|sefront\d*|alo)\.(?=[^.]+\.)"
    r"|its4test|mediadesk|gliterin|karakorum|superdesk|greenfriends|atvbl3|feedburner|proxy|google\."
)


def feeds() -> list[tuple[SourceEntry, FeedEntry]]:
    return [(source, feed) for source in SOURCES for feed in source.feeds]


def test_counts_are_those_of_the_docs() -> None:
    of = Counter((source.jurisdiction, source.kind) for source in SOURCES)
    assert {code: (of[code, "media"], of[code, "official"]) for code in COUNTS} == COUNTS
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    for code, (media, official) in COUNTS.items():
        names = code_list("jurisdiction").codes[code].name.replace("*", r"\*")
        verified = sum(source.verified for source in SOURCES if source.jurisdiction == code)
        feedless = sum(not source.feeds for source in SOURCES if source.jurisdiction == code)
        assert f"| {names} | {media} | {official} | {verified} | {feedless} |" in page
    assert f"{len(SOURCES)} outlets and institutions" in page
    limits = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    verified, feedless = sum(source.verified for source in SOURCES), sum(not source.feeds for source in SOURCES)
    assert f"Of the {len(SOURCES)} [sources](sources.md), {verified} are verified" in limits
    assert f"{feedless} have no feed" in limits


@pytest.mark.parametrize("jurisdiction", code_list("jurisdiction").codes)
def test_a_jurisdiction_has_all_that_a_monitor_reads(jurisdiction: str) -> None:
    of = Counter(source.reach for source in SOURCES if source.jurisdiction == jurisdiction)
    assert min(of[reach] for reach in ("national", "local", "broadcaster", "agency")) >= 1
    assert of["police"] + of["ministry"] >= 1
    assert of["prosecutor"] >= 1
    assert of["border"] >= 1 or jurisdiction == "ME"  # its customs are on the host of its government


def test_every_source_says_its_reach_and_its_own_domain() -> None:
    for source in SOURCES:
        assert source.reach is not None
        assert source.url == f"https://{source.id}/"
        assert "." in source.id


def test_languages_are_those_of_the_jurisdiction() -> None:
    for source in SOURCES:
        assert set(source.languages) <= LANGUAGES[source.jurisdiction], source.id


def test_no_name_twice_in_a_jurisdiction() -> None:
    names = Counter((source.jurisdiction, source.name.casefold()) for source in SOURCES)
    assert [name for name, count in names.items() if count > 1] == []


def test_no_feed_twice_and_none_of_comments() -> None:
    keys = Counter(normalised(feed.url) for _, feed in feeds())
    assert [key for key, count in keys.items() if count > 1] == []
    assert not [feed.url for _, feed in feeds() if "comment" in feed.url or brings_comments(feed.url)]


MOVED = {"insajderi.org": "insajderi.com", "lajmpress.org": "lajmpress.com"}
"""Outlets that keep their feed at a sister domain."""


def test_no_staging_or_foreign_host() -> None:
    for source, feed in feeds():
        host = host_of(feed.url)
        assert not STAGING.search(host), feed.url
        home = MOVED.get(source.id, source.id)
        assert host == home or host.endswith(f".{home}"), feed.url
    assert not [source.id for source in SOURCES if STAGING.search(source.id)]


LEFT_OUT = (
    *("naslovi.net", "vesti.rs", "news.yam.md", "time.mk"),
    *("zeriamerikes.com", "vesti-online.com"),
    *("publika.md", "mup.gov.me", "upravacarina.gov.me"),
    *("auto-expert.md", "bani.md", "mold-street.com", "monitor.al"),
    "ustavensud.mk",
)


def test_what_is_left_out_stays_out() -> None:
    assert not {source.id for source in SOURCES} & set(LEFT_OUT)
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert f"{len(LEFT_OUT)} of 616" in page
    assert len(SOURCES) == 616 - len(LEFT_OUT)


def test_only_feeds_and_news_sitemaps_are_verified() -> None:
    """Sections were never opened."""
    for source in SOURCES:
        if source.verified:
            assert {feed.kind for feed in source.feeds} <= {"rss", "atom", "sitemap"}


def test_robots_of_vreme_bar_the_slash() -> None:
    [vreme] = [source for source in SOURCES if source.id == "vreme.com"]
    assert [urlsplit(feed.url).path for feed in vreme.feeds] == ["/feed"]


def test_usual_feeds_of_every_platform() -> None:
    for name in platforms():
        addresses = usual_feeds("https://example.rs/", name)
        kinds = [kind for _, kind in addresses]
        assert kinds == sorted(kinds, key=lambda kind: kind == "sitemap")
        assert all(address.startswith("https://example.rs/") for address, _ in addresses)
    general = usual_feeds("https://example.rs/", None)
    assert general[0] == ("https://example.rs/feed/", "rss")
    assert len(general) == len(set(general)) <= 20

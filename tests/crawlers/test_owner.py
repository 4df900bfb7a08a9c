"""An article belongs to the source on whose site it lies, whichever feed listed it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crawlers.identity.owner import Owners
from crawlers.registry import SourceEntry
from store.schema import StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, rss, serving, words


def source(domain: str, url: str | None = None) -> SourceEntry:
    return SourceEntry(
        id=domain, name=domain, url=url or f"https://{domain}/", jurisdiction="RS", kind="media", languages=("sr",)
    )


LISTING, OTHER, PART = source("listing.rs"), source("other.rs"), source("police.other.rs")


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("https://listing.rs/a/1", LISTING),
        ("https://www.other.rs/a/1", OTHER),
        ("https://m.other.rs/a/1", OTHER),
        ("https://news.other.rs/a/1", OTHER),
        ("https://police.other.rs/a/1", PART),
        ("https://nobody.rs/a/1", LISTING),
        ("https://another.rs/a/1", LISTING),
        ("no address", LISTING),
    ],
)
def test_the_owner_is_the_source_of_the_nearest_host(address: str, owner: SourceEntry) -> None:
    assert Owners([LISTING, OTHER, PART]).owner(address, LISTING) is owner


def test_a_host_that_several_share_tells_nothing() -> None:
    police, border = source("police", "https://gov.rs/police/"), source("border", "https://gov.rs/border/")
    assert Owners([police, border]).owner("https://gov.rs/a", border) is border


def test_an_article_of_another_source_that_a_feed_lists_is_credited_to_that_source(crawler: Crawler) -> None:
    with serving("127.0.3.61", "127.0.3.62") as [lists, owns]:
        links = {f"{owns.base}/a": "Naslov tuđeg članka o pucnjavi", f"{lists.base}/b": "Naslov svog članka o pucnjavi"}
        lists.pages["/feed"] = Answer(rss("", links))
        lists.article("/b", "Naslov svog članka o pucnjavi", words(1))
        owns.feed("/feed", {})
        owns.article("/a", "Naslov tuđeg članka o pucnjavi", words(2))
        crawler.watch(lists, [("/feed", "rss")], "ME")
        crawler.watch(owns, [("/feed", "rss")], "RS")
        assert crawler.crawl()["new"] == 2
    with crawler.database.session() as session:
        found = {row.title: row for row in session.scalars(select(StoredArticle))}
    other = found["Naslov tuđeg članka o pucnjavi"]
    assert (other.source_id, other.source_jurisdiction) == ("127.0.3.62", "RS")
    assert found["Naslov svog članka o pucnjavi"].source_id == "127.0.3.61"

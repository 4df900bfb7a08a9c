"""What is wrong with a document that could be read all the same is kept until another document is read."""

from __future__ import annotations

from sqlalchemy import select

from store.schema import Feed
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, serving, words

RSS = {"Content-Type": "application/rss+xml"}


def note(crawler: Crawler) -> str | None:
    with crawler.database.session() as session:
        return session.scalars(select(Feed.note)).one()


def test_a_feed_that_breaks_off_is_told_of_until_it_is_whole(crawler: Crawler) -> None:
    with serving("127.0.2.211") as [site]:
        for name in "ab":
            site.article(f"/{name}", f"Naslov članka {name} o pucnjavi", words(ord(name)))
        site.feed("/feed", {"/a": "Naslov članka a o pucnjavi", "/b": "Naslov članka b o pucnjavi"})
        whole = site.pages["/feed"]
        assert isinstance(whole, Answer)
        site.pages["/feed"] = Answer(whole.body[: whole.body.rindex(b"<item>") + 20], headers=RSS)
        crawler.watch(site, [("/feed", "rss")])
        crawler.crawl()
        assert "breaks off" in (note(crawler) or "")
        crawler.crawl()
        assert "breaks off" in (note(crawler) or ""), "the same document is as wrong as it was"
        site.pages["/feed"] = whole
        crawler.crawl()
        assert note(crawler) is None

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


def test_an_index_tells_of_the_sitemaps_that_break_off_or_cannot_be_had(crawler: Crawler) -> None:
    xml = {"Content-Type": "application/xml"}
    with serving("127.0.2.212") as [site]:
        site.article("/a", "Naslov članka o pucnjavi", words(1))
        listed = (
            f"<sitemap><loc>{site.base}/whole.xml</loc></sitemap><sitemap><loc>{site.base}/gone.xml</loc></sitemap>"
        )
        site.pages["/index.xml"] = Answer(f"<sitemapindex>{listed}</sitemapindex>".encode(), headers=xml)
        whole = f"<urlset><url><loc>{site.base}/a</loc></url><url><loc>{site.base}/b</loc></url></urlset>".encode()
        site.pages["/whole.xml"] = Answer(whole[: whole.rindex(b"<loc>") + 8], headers=xml)
        crawler.watch(site, [("/index.xml", "sitemap")])
        assert crawler.crawl()["new"] == 1
        told = note(crawler) or ""
        assert told.startswith(f"{site.base}/whole.xml: ")
        assert "breaks off" in told
        assert f"{site.base}/gone.xml: HTTP 404" in told
        site.pages |= {"/whole.xml": Answer(whole, headers=xml), "/gone.xml": Answer(b"<urlset></urlset>", headers=xml)}
        site.article("/b", "Naslov drugog članka", words(2))
        assert crawler.crawl()["new"] == 1
        assert note(crawler) is None

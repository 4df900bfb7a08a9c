"""The line through the room: a feed is polled, its articles are stored, each with its event and its archived page."""

from __future__ import annotations

from sqlalchemy import select

from codebook.events import ArticleFetched
from codebook.records import Archived
from crawlers import archive
from crawlers.identity.normal_form import article_id
from store.schema import FetchOutcome, OutboxMessage, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import serving, words


def test_a_feed_becomes_articles_and_events(crawler: Crawler) -> None:
    with serving("127.0.1.1") as [site]:
        site.feed("/feed", {f"/a/{n}": f"Naslov broj {n} o pucnjavi" for n in range(3)})
        for n in range(3):
            site.article(f"/a/{n}", f"Naslov broj {n} o pucnjavi", words(n))
        crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl()
        agents = {asked.headers["user-agent"] for asked in site.asked}
    assert summary["new"] == 3
    assert summary["pending"] == summary["failed"] == 0
    assert agents == {"avmp-crawler/0.1 (+desk@example.org)"}
    with crawler.database.session() as session:
        articles = list(session.scalars(select(StoredArticle).order_by(StoredArticle.url)))
        outcomes = list(session.scalars(select(FetchOutcome)))
        messages = list(session.scalars(select(OutboxMessage)))
    assert [article.id for article in articles] == [article_id(f"{site.base}/a/{n}") for n in range(3)]
    for n, article in enumerate(articles):
        assert article.title == f"Naslov broj {n} o pucnjavi"
        assert f"u selu broj {n}-0 zatekla" in article.text
        assert "Most read" not in article.text
        assert "All rights reserved" not in article.text
        assert article.archive_path
        assert article.archive_sha256
        archived = Archived(
            path=article.archive_path,
            offset=article.archive_offset,
            length=article.archive_length,
            sha256=article.archive_sha256,
        )
        page = archive.read(crawler.archive, archived)
        assert page.url == article.url
        assert f"u selu broj {n}-0 zatekla".encode() in page.body
    assert {outcome.outcome for outcome in outcomes} == {"fetched"}
    assert len(outcomes) == 3
    events = [ArticleFetched.decode(message.value or b"", "outbox") for message in messages]
    assert {event.article.id for event in events} == {article.id for article in articles}

"""The demonstration's outlets crawled as they are: every article with its text, title, date and source, and nothing of
the page around it."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from avmp.demo.outlets import DemoArticle, Outlet, articles, interface_words, outlets
from avmp.demo.pages import article_path
from avmp.demo.run import CRAWL
from avmp.demo.sites import serve_sites
from avmp.demo.sources import write_registry
from codebook.records import Archived
from crawlers import archive
from crawlers.extraction.charset import decoded
from crawlers.identity.normal_form import article_id
from store.database import Database
from store.schema import FetchOutcome, OutboxMessage, StoredArticle
from tests.databases import made_database

ROOT = Path(__file__).parents[2]
OUTLETS = outlets()
every_outlet = pytest.mark.parametrize("outlet", OUTLETS, ids=[outlet.id for outlet in OUTLETS])

AROUND = ("cookies", "accept", "related", "latest", "subscribe", "footer", "not_found")
"""Interface words that stand around an article and must not be taken for its text."""

DATED_BY = {
    "glasnik-dva-mosta": "feed",
    "pristan-sever": "feed",
}
"""Where the date comes from when it is not the page: these sites' markup states no moment."""


@dataclass
class Crawled:
    """One crawl of all outlets: its summary, the articles by id, the outcomes, and the folder of the archive."""

    bases: dict[str, str]
    summary: dict[str, int]
    articles: dict[str, StoredArticle]
    outcomes: list[FetchOutcome]
    events: int
    archive: Path

    def article(self, outlet: Outlet, told: DemoArticle) -> StoredArticle:
        prefix = "/cir" if outlet.twins else ""
        return self.articles[article_id(self.bases[outlet.id] + prefix + article_path(outlet, told))]

    def archived(self, article: StoredArticle) -> tuple[str, str]:
        """The archived page as text, entities resolved, and its charset."""
        where = Archived(
            path=article.archive_path or "",
            offset=article.archive_offset or 0,
            length=article.archive_length or 0,
            sha256=article.archive_sha256 or "",
        )
        page = archive.read(self.archive, where)
        text, codec = decoded(page.body, page.header("content-type"))
        return html.unescape(text), codec

    def page(self, article: StoredArticle) -> str:
        return self.archived(article)[0]


@pytest.fixture(scope="module")
def crawled(server_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("crawled")
    with serve_sites() as bases, made_database(server_url, template_database) as url:
        write_registry(folder / "sources", bases)
        given = {
            "settings": CRAWL | {"archive_dir": str(folder / "archive"), "contact": "desk@example.org"},
            "database_url": url,
            "sources": str(folder / "sources"),
            "until_idle": True,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.crawlers.crawl_once"],
            cwd=ROOT,
            input=json.dumps(given),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        database = Database(url)
        with database.session() as session:
            stored = {article.id: article for article in session.scalars(select(StoredArticle))}
            outcomes = list(session.scalars(select(FetchOutcome)))
            events = len(session.scalars(select(OutboxMessage.event_id)).all())
        database.close()
        by_outlet = dict(zip((outlet.id for outlet in OUTLETS), bases, strict=True))
        yield Crawled(by_outlet, json.loads(done.stdout), stored, outcomes, events, folder / "archive")


def token_f1(found: str, told: str) -> float:
    """F1 of the words of two texts, each counted as often as it stands there."""
    one, other = Counter(found.split()), Counter(told.split())
    common = sum((one & other).values())
    return 2 * common / (one.total() + other.total())


def test_every_article_is_there_once(crawled: Crawled) -> None:
    told = sum(len(articles(outlet.id)) for outlet in OUTLETS)
    assert len(crawled.articles) == len(crawled.outcomes) == crawled.events == told
    assert {outcome.outcome for outcome in crawled.outcomes} == {"fetched"}
    assert {name: number for name, number in crawled.summary.items() if number} == {
        "polls": len(OUTLETS),
        "items_seen": told,
        "new": told,
    }


@every_outlet
def test_the_text_is_the_articles_own(crawled: Crawled, outlet: Outlet) -> None:
    for told in articles(outlet.id):
        assert token_f1(crawled.article(outlet, told).text, told.text) > 0.99, told.slug


@every_outlet
def test_the_title_is_the_articles_own(crawled: Crawled, outlet: Outlet) -> None:
    titles = [(crawled.article(outlet, told).title, told.title) for told in articles(outlet.id)]
    assert [found for found, _ in titles] == [told for _, told in titles]


@every_outlet
def test_nothing_of_the_page_around_it(crawled: Crawled, outlet: Outlet) -> None:
    words = interface_words()[outlet.interface]
    around = [words[name] for name in AROUND] + words["comment_bodies"] + words["comment_authors"] + [outlet.motto]
    titles = [told.title for told in articles(outlet.id)]
    for told in articles(outlet.id):
        article = crawled.article(outlet, told)
        page = crawled.page(article)
        on_page = {piece for piece in around + titles if piece in page}
        assert {words["cookies"], words["related"], words["footer"], outlet.motto} <= on_page, "there is much around it"
        assert outlet.layout == "bulletin" or set(words["comment_bodies"]) <= on_page
        assert len(on_page & set(titles)) > 1
        strangers = [piece for piece in on_page if piece in article.text and piece not in told.text]
        assert strangers == [], told.slug


@every_outlet
def test_the_date_is_the_articles_own_and_its_provenance_is_stated(crawled: Crawled, outlet: Outlet) -> None:
    for told in articles(outlet.id):
        article = crawled.article(outlet, told)
        assert article.published == told.published, told.slug
        assert article.published_from == DATED_BY.get(outlet.id, "page"), told.slug


@every_outlet
def test_the_source_and_the_fetched_bytes_are_on_record(crawled: Crawled, outlet: Outlet) -> None:
    for told in articles(outlet.id):
        article = crawled.article(outlet, told)
        assert (article.source_id, article.source_jurisdiction) == (outlet.id, outlet.jurisdiction)
        assert article.source_kind == outlet.kind
        assert article.text_truncated is False
        assert crawled.archived(article)[1].replace("cp", "windows-") == outlet.charset
        assert told.paragraphs[0].split()[0] in crawled.page(article)

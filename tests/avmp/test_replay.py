"""`avmp replay extract`: archived pages through today's extraction."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from codebook.events import ArticleFetched
from codebook.records import Article
from crawlers.archive import Archive
from crawlers.extraction.extract import Unusable, article_of
from crawlers.fetching.fetcher import Fetched
from crawlers.registry import SourceEntry
from store.articles import PageFacts
from store.conservation import conservation
from store.database import Database
from store.fetched_pages import record_page
from store.outcomes import record_article, record_outcome
from store.schema import (
    ArticleAddress,
    ArticleMark,
    ArticleVersion,
    Feed,
    FetchedPage,
    FetchOutcome,
    OutboxMessage,
    PendingItem,
    Source,
    StoredArticle,
)
from tests.avmp.conftest import Avmp
from tests.crawlers.sites import page_html, words

AT = dt.datetime(2026, 9, 3, 10, 0, tzinfo=dt.UTC)
ENTRY = SourceEntry(
    id="example.rs", name="Example", url="https://example.rs/", jurisdiction="RS", kind="media", languages=("sr",)
)


class Line:
    """A crawl's end: pages in the archive and what yesterday's extraction made of them in the store."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.archive = Archive(home / "archive", 500_000, "test")
        with database.session() as session:
            session.add(
                Source(id=ENTRY.id, name="Example", url=ENTRY.url, jurisdiction="RS", kind="media", languages=["sr"])
            )

    def fetched(
        self,
        number: int,
        body: str,
        *,
        then: str | None = None,
        unusable: str | None = None,
        path: str | None = None,
        guid: str | None = None,
    ) -> None:
        """A page that was fetched on day `number`. `then` is the text that yesterday's extraction gave in place of
        today's; `unusable` why it gave none."""
        url = f"https://example.rs{path or f'/vest/{number}'}"
        page = Fetched(url, url, 200, (("Content-Type", "text/html"),), body.encode(), AT + dt.timedelta(days=number))
        archived = self.archive.write(page)
        item = PendingItem(
            url=url, source_id=ENTRY.id, link=url, host="example.rs", guid=guid or url, title=None, published=None,
            fresh=True, attempts=0, feed_url="https://example.rs/feed",
        )  # fmt: skip
        with self.database.session() as session:
            session.add(item)
        with self.database.session() as session:
            if unusable is not None:
                record_page(session, item, archived, page.at, reason=unusable)
                record_outcome(session, item, "unusable", unusable)
                return
            article = self._article(page, item, archived, then)
            record_article(session, item, article, PageFacts("precision"))
            record_page(session, item, archived, page.at, article_id=article.id)

    @staticmethod
    def _article(page: Fetched, item: PendingItem, archived: object, then: str | None) -> Article:
        try:
            article = article_of(page, item, ENTRY, archived, 80).article  # type: ignore[arg-type]
        except Unusable:
            article = Article(
                id="a-lost", source_id=ENTRY.id, url=page.url, title="Naslov", text="", fetched=page.at,
                source_jurisdiction="RS", archived=archived,
            )  # fmt: skip
        return article.model_copy(update={"text": then}) if then is not None else article

    def events(self) -> list[ArticleFetched]:
        with self.database.session() as session:
            rows = session.scalars(select(OutboxMessage.value).order_by(OutboxMessage.id)).all()
        return [ArticleFetched.decode(value or b"", "outbox") for value in rows]


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    database = Database(database_url)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "RS.toml").write_text(
        '[[source]]\nid = "example.rs"\nname = "Example"\nurl = "https://example.rs/"\njurisdiction = "RS"\n'
        'kind = "media"\nlanguages = ["sr"]\n'
    )
    line = Line(database, tmp_path)
    with line.archive:
        yield line
    database.close()


@pytest.fixture
def replay(avmp: Avmp, line: Line) -> Avmp:
    def run(*arguments: str, **environment: str):  # type: ignore[no-untyped-def]
        given = {
            "AVMP_HOME": str(line.home),
            "AVMP_CRAWL__ARCHIVE_DIR": str(line.home / "archive"),
            "AVMP_SOURCES": "sources",
        }
        return avmp("replay", "extract", *arguments, **given | environment)

    return run


def told(stdout: str) -> dict[str, str]:
    """What became of each address that is not as it was."""
    return {url: verdict for verdict, url, _ in (row.split("\t") for row in stdout.splitlines())}


def test_what_changed_becomes_a_version_and_goes_to_the_bus_once(line: Line, replay: Avmp) -> None:
    line.fetched(1, page_html("Naslov koji stoji", words(1)))
    line.fetched(
        2, page_html("Naslov koji se menja", words(2)), then=words(2) + "\nPročitajte još: Drugi zločin u drugom gradu"
    )
    line.fetched(3, page_html("Naslov koji dolazi", words(3)), unusable="no article text: 0 characters")
    line.fetched(4, "<html><body><p>ništa</p></body></html>", then=words(4))
    line.fetched(5, "<html><body></body></html>", unusable="an older reason")
    before = len(line.events())
    assert before == 3

    dry = replay("--dry-run")
    assert "5 pages read again: 2 same, 1 changed, 1 no longer an article, 1 now an article." in dry.stderr
    assert "Nothing was changed" in dry.stderr
    assert len(line.events()) == before

    done = replay()
    assert done.returncode == 0
    assert told(done.stdout) == {
        "https://example.rs/vest/2": "changed",
        "https://example.rs/vest/3": "now an article",
        "https://example.rs/vest/4": "no longer an article",
    }
    again = replay()
    assert again.stdout == "no longer an article\thttps://example.rs/vest/4\tno article text: 5 characters\n"
    events = line.events()[before:]
    assert [(event.article.url[-1], event.article.fetched.day) for event in events] == [("2", 5), ("3", 6)]
    assert "Drugi zločin" not in events[0].article.text
    with line.database.session() as session:
        outcomes = {row.url[-1]: (row.outcome, row.reason) for row in session.scalars(select(FetchOutcome))}
        versions = session.scalars(select(ArticleVersion.text)).all()
        rows = {row.url[-1]: row for row in session.scalars(select(StoredArticle))}
        pages = {page.url[-1]: page for page in session.scalars(select(FetchedPage))}
        equations = conservation(session)
    assert outcomes["3"] == ("fetched", None)
    assert outcomes["5"] == ("unusable", "no article text: 0 characters")
    assert [("Drugi zločin" in text) for text in versions] == [True]
    assert rows["3"].archive_offset == pages["3"].archive_offset
    assert pages["3"].article_id == rows["3"].id
    assert rows["4"].text == words(4), "what was an article stays one"
    assert equations[2].holds, str(equations[2])


def test_a_page_that_becomes_an_article_is_the_one_its_guid_tells(line: Line, replay: Avmp) -> None:
    guid, report = "https://example.rs/?p=4711", page_html("Naslov koji stoji", words(1))
    line.fetched(1, report, guid=guid)
    line.fetched(2, page_html("Naslov koji stoji", words(1) + "\n\nUhapšen je i D. Đ."), guid=guid, unusable="no text")
    line.fetched(0, report, guid=guid, path="/ranije", unusable="no text")
    line.fetched(3, page_html("Drugi naslov", words(3)), unusable="no text")
    assert told(replay().stdout) == {
        "https://example.rs/vest/2": "changed",
        "https://example.rs/vest/3": "now an article",
    }
    with line.database.session() as session:
        first, third = session.scalars(select(StoredArticle).order_by(StoredArticle.fetched)).all()
        marked = set(session.scalars(select(ArticleMark.article_id)))
        found = dict(session.execute(select(ArticleAddress.address, ArticleAddress.article_id)).all())
        outcomes = {row.article_id for row in session.scalars(select(FetchOutcome))}
    assert "D. Đ." in first.text
    assert marked == {first.id, third.id}
    assert found == {
        "https://example.rs/vest/2": first.id,
        "https://example.rs/ranije": first.id,
        "https://example.rs/vest/3": third.id,
    }
    assert outcomes == {first.id, third.id}
    assert "2 same" in replay().stderr, "the newest page of each"


def test_every_day_of_a_page_that_changes_becomes_an_article_of_its_own(line: Line, replay: Avmp) -> None:
    with line.database.session() as session:
        session.add(Feed(url="https://example.rs/bilten", source_id=ENTRY.id, kind="page"))
    for number in (1, 2, 3):
        line.fetched(number, page_html("Dnevni bilten", words(number)), path="/bilten", unusable="no text")
    assert list(told(replay().stdout).values()) == ["now an article"]
    with line.database.session() as session:
        rows = session.scalars(select(StoredArticle).order_by(StoredArticle.fetched)).all()
        assert [row.fetched.day for row in rows] == [4, 5, 6]
        assert len(set(session.scalars(select(FetchedPage.article_id)))) == 3
    assert "3 same" in replay().stderr


def test_a_page_older_than_its_article_changes_nothing(line: Line, replay: Avmp) -> None:
    line.fetched(1, page_html("Naslov koji stoji", words(1)))
    with line.database.session() as session:
        row = session.scalars(select(StoredArticle)).one()
        row.fetched, row.text = row.fetched + dt.timedelta(days=1), "Novija verzija. " * 20
    assert "1 same" in replay().stderr
    with line.database.session() as session:
        assert session.scalars(select(StoredArticle.text)).one().startswith("Novija verzija.")


def test_a_time_that_is_none_is_told(replay: Avmp) -> None:
    done = replay("--since", "last week", "--dry-run")
    remedy = "write 2026-01-31 or 2026-01-31T12:00:00"
    assert (done.returncode, done.stderr) == (1, f"avmp: replay: --since: 'last week': {remedy}\n")


def test_only_pages_since_a_day_and_of_a_source(line: Line, replay: Avmp) -> None:
    for number in range(1, 5):
        line.fetched(number, page_html(f"Naslov broj {number} dana", words(number)), then="star tekst " * 20)
    done = replay("--since", "2026-09-06", "--source", "example.rs", "--dry-run")
    assert set(told(done.stdout)) == {"https://example.rs/vest/3", "https://example.rs/vest/4"}
    unknown = replay("--source", "example.com")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert "--source: 'example.com': name a source that" in unknown.stderr


def test_a_replay_that_was_broken_off_goes_on(line: Line, replay: Avmp) -> None:
    for number in range(1, 5):
        line.fetched(number, page_html(f"Naslov broj {number} dana", words(number)), then="star tekst " * 20)
    with line.database.session() as session:
        second = session.scalars(select(FetchedPage).order_by(FetchedPage.fetched)).all()[1]
    position = {
        "since": "0001-01-01T00:00:00Z", "source": None, "fetched": second.fetched.isoformat(),
        "path": second.archive_path, "offset": second.archive_offset,
    }  # fmt: skip
    saved = line.home / "replay-extract.json"
    saved.write_text(json.dumps(position))
    assert "5" not in told(replay("--dry-run").stdout)
    done = replay()
    assert "Going on after 2 of 4 pages" in done.stderr
    assert set(told(done.stdout)) == {"https://example.rs/vest/3", "https://example.rs/vest/4"}
    assert not saved.exists()
    assert "2 same, 2 changed" in replay().stderr


def test_an_archive_that_is_not_there_is_told_and_the_rest_is_read(line: Line, replay: Avmp) -> None:
    for number in (1, 2):
        line.fetched(number, page_html(f"Naslov broj {number} dana", words(number)))
    with line.database.session() as session:
        first = session.scalars(select(FetchedPage).order_by(FetchedPage.fetched)).first()
        assert first is not None
        first.archive_sha256 = "0" * 64
    done = replay()
    assert done.returncode == 1
    assert "1 same" in done.stderr and "1 unreadable in the archive" in done.stderr
    assert "restore the archive from a copy" in done.stdout
    with line.database.session() as session:
        assert session.scalars(select(func.count()).select_from(OutboxMessage)).one() == 2


def test_other_stages_are_not_built_yet(avmp: Avmp) -> None:
    for stage, words_told in (("read", "not built yet"), ("fetch", "use extract")):
        done = avmp("replay", stage)
        assert done.returncode == 1
        assert words_told in done.stderr

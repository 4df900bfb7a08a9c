"""`avmp crawl --since`: ordering a back-fill, alone and beside a crawler that is running."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import func, select

from avmp.backfilling import period_of
from codebook.errors import BadInput
from crawlers.feeds.periods import Period
from store.crawler_place import CrawlerPlace
from store.database import Database
from store.schema import BackfillStep, StoredArticle
from tests.avmp.conftest import Avmp
from tests.crawlers.sites import Answer, Site, serving, words

SOURCE = """[[source]]
id = "old.example"
name = "Old"
url = "{base}/"
jurisdiction = "RS"
kind = "media"
languages = ["sr"]
feeds = [{{ url = "{base}/map-2025-04.xml", kind = "sitemap" }}]
verified = true
"""


def registry(site: Site, folder: Path) -> dict[str, str]:
    """A registry with one source, and the environment that names it."""
    folder.mkdir()
    (folder / "RS.toml").write_text(SOURCE.format(base=site.base))
    entries = "".join(f"<url><loc>{site.base}/a/{n}</loc><lastmod>2025-04-0{n}</lastmod></url>" for n in range(1, 4))
    site.pages["/map-2025-04.xml"] = Answer(f"<urlset>{entries}</urlset>".encode())
    for n in range(1, 4):
        site.article(f"/a/{n}", f"Naslov članka broj {n}", words(n))
    return {
        "AVMP_SOURCES": str(folder),
        "AVMP_CRAWL__ALLOW_LOOPBACK": "true",
        "AVMP_CRAWL__MIN_GAP_SECONDS": "0.02",
        "AVMP_CRAWL__CONTACT": "desk@example.org",
    }


def articles(database_url: str) -> int:
    database = Database(database_url)
    with database.session() as session:
        count = session.scalars(select(func.count()).select_from(StoredArticle)).one()
    database.close()
    return count


def test_crawls_the_past_and_says_how_far_it_is(avmp: Avmp, database_url: str, tmp_path: Path) -> None:
    with serving("127.0.3.70") as [site]:
        environment = registry(site, tmp_path / "sources")
        days = ("--since", "2025-04-02", "--until", "2025-04-30")
        first = avmp("crawl", *days, "--until-idle", **environment)
        assert first.returncode == 0, first.stderr
        told = " ".join(first.stderr.split())
        assert "Back-fill from 2025-04-02 to 2025-04-30: 1 archives to read, 0 read" in told
        assert "2 new articles" in told
        again = avmp("crawl", *days, "--until-idle", **environment)
        told = " ".join(again.stderr.split())
        assert "0 archives to read, 1 read, 0 given up, 2 articles found so far" in told
        assert "0 new articles" in told
    assert articles(database_url) == 2


def test_a_crawler_that_is_running_takes_the_order_up(avmp: Avmp, database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    with serving("127.0.3.71") as [site]:
        environment = registry(site, tmp_path / "sources")
        with CrawlerPlace(database):
            ordered = avmp("crawl", "--since", "2025-04-02", **environment)
        assert ordered.returncode == 0, ordered.stderr
        assert "The crawler that is running takes it up." in ordered.stderr
        with database.session() as session:
            assert session.scalars(select(BackfillStep.state)).all() == ["open"]
        database.close()
        assert avmp("crawl", "--until-idle", **environment).returncode == 0
    assert articles(database_url) == 2


@pytest.mark.parametrize(
    ("since", "until", "sources", "told"),
    [
        ("yesterday", None, (), "--since: 'yesterday': write a day as 2025-01-31"),
        ("2999-01-01", None, (), "--since: '2999-01-01': name a day that is past"),
        ("2025-04-02", "2025-04-01", (), "--until: '2025-04-01': name a day from 2025-04-02 on"),
        (None, "2025-04-01", (), "--until: '2025-04-01': use it with --since"),
        (None, None, ("old.example",), "--source: 'old.example': use it with --since"),
    ],
)
def test_a_wrong_period_is_one_line(since: str | None, until: str | None, sources: tuple[str, ...], told: str) -> None:
    with pytest.raises(BadInput) as wrong:
        period_of(since, until, sources)
    assert str(wrong.value) == f"avmp crawl: {told}"


def test_a_period_ends_today_at_the_latest() -> None:
    today = dt.datetime.now(dt.UTC).date()
    assert (
        period_of("2025-04-02", None, ())
        == period_of("2025-04-02", "2999-01-01", ())
        == Period(dt.date(2025, 4, 2), today)
    )
    assert period_of(None, None, ()) is None


def test_an_unknown_source_is_named(avmp: Avmp, tmp_path: Path) -> None:
    with serving("127.0.3.72") as [site]:
        environment = registry(site, tmp_path / "sources")
        done = avmp("crawl", "--since", "2025-04-02", "--source", "nobody.example", **environment)
        assert site.asked == []
    assert done.returncode == 1
    assert "--source: 'nobody.example': name a source that" in " ".join(done.stderr.split())

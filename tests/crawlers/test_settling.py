"""Which article a fetched page is: address, declared address, guid, title and day; and what is a new version."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from codebook.records import Article
from crawlers.identity.normal_form import article_id, normalised
from crawlers.identity.rekeying import bring_up_to_date
from crawlers.identity.settling import Settling, settle_all
from languages.canonical import canonical
from store import collecting
from store.articles import NOTHING_KNOWN
from store.collecting import SeenItem
from store.database import Database
from store.feeds import register_sources
from store.schema import (
    AddressRules,
    ArticleAddress,
    ArticleMark,
    ArticleVersion,
    Feed,
    FetchOutcome,
    OutboxMessage,
    PendingItem,
    Source,
    StoredArticle,
)

DAY = dt.datetime(2024, 3, 12, 10, 0, tzinfo=dt.UTC)
OUTLETS = ("example.rs", "other.rs")

REPORT = (
    "Policija je u utorak u Kuli pronašla pušku i 50 metaka u kući osumnjičenog A. B.\n"
    "Osumnjičenom je određeno zadržavanje do 48 sati i biće priveden nadležnom tužilaštvu u Somboru.\n"
    "Iz policije su naveli da je oružje oduzeto i poslato na veštačenje."
)
BULLETIN = (
    "U protekla 24 sata na putevima se dogodilo {0} saobraćajnih nesreća u kojima je {1} osoba lakše povređeno.\n"
    "Policija apeluje na sve učesnike u saobraćaju da poštuju propise i da brzinu prilagode uslovima na putu.\n"
    "Vozačima se savetuje dodatan oprez zbog radova, kao i zbog kiše i magle u jutarnjim satima."
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    with database.session() as session:
        register_sources(session, [source(name) for name in OUTLETS], [feed(name) for name in OUTLETS], 900)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as session:
        yield session


def source(name: str) -> Source:
    return Source(id=name, name=name, url=f"https://{name}/", jurisdiction="RS", kind="media", languages=["sr"])


def feed(name: str) -> Feed:
    return Feed(url=f"https://{name}/feed", source_id=name, kind="rss")


def came(
    session: Session,
    url: str,
    title: str,
    body: str,
    *,
    guid: str | None = None,
    link: str | None = None,
    declared: str | None = None,
    published: dt.datetime = DAY,
) -> tuple[str, str]:
    """What a page was and its article, once a feed listed `link` and the fetch ended at `url`."""
    link = link or url
    outlet = normalised(url).split("/")[2]
    item = PendingItem(
        url=normalised(link), source_id=outlet, link=link, guid=guid, feed_url="f", host=outlet, attempts=0
    )
    article = Article(
        id=article_id(declared or url),
        source_id=outlet,
        url=url,
        title=title,
        text=body,
        published=published,
        published_from="page",
        fetched=published + dt.timedelta(minutes=10),
        source_jurisdiction="RS",
    )
    return settle_all(session, [Settling(item, article, NOTHING_KNOWN)])[0]


def articles(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(StoredArticle)) or 0


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_an_update_is_a_version_and_one_event(session: Session) -> None:
    first = came(session, "https://example.rs/1", "Pronađena puška", REPORT)
    second = came(
        session, "https://example.rs/1?utm_source=x", "Pronađena puška", REPORT + "\nUhapšena je i druga osoba."
    )
    again = came(session, "https://m.example.rs/1", "Pronađena puška", REPORT + "\nUhapšena je i druga osoba.")
    assert (first[0], second[0], again[0]) == ("new", "changed", "unchanged")
    assert first[1] == second[1] == again[1] == article_id("https://example.rs/1")
    assert session.scalars(select(ArticleVersion.text)).all() == [REPORT]
    assert events(session) == 2


@pytest.mark.parametrize(
    "same",
    [
        REPORT.replace("\n", "\n\n  ").replace(" ", "  "),
        REPORT.replace("A. B.", "A.B."),
        REPORT + "\nObjavljeno pre 12 minuta\n34 komentara",
        "12.03.2024. 10:45\n" + REPORT,
        REPORT.replace("\n", " "),
    ],
)
def test_spacing_and_counters_are_no_change(session: Session, same: str) -> None:
    came(session, "https://example.rs/1", "Pronađena puška", REPORT + "\nObjavljeno pre 3 minuta\n2 komentara")
    assert came(session, "https://example.rs/1", "Pronađena  puška!", same)[0] == "unchanged"
    assert events(session) == 1


def test_the_other_script_is_no_change(session: Session) -> None:
    cyrillic = "Полиција је у уторак у Кули пронашла пушку и 50 метака у кући осумњиченог.\nИстрагу води тужилаштво."
    assert came(session, "https://example.rs/cir/1", "Пронађена пушка", cyrillic)[0] == "new"
    latin = came(session, "https://example.rs/lat/1", canonical("Пронађена пушка").text, canonical(cyrillic).text)
    assert latin == ("unchanged", article_id("https://example.rs/1"))
    assert session.scalars(select(StoredArticle.text)).one() == cyrillic


def test_a_ticker_of_the_sites_headlines_is_no_change(session: Session) -> None:
    came(session, "https://example.rs/2", "Vlada usvojila budžet za narednu godinu", BULLETIN.format(1, 2))
    came(session, "https://example.rs/3", "Zvezda pobedila u derbiju večeras", BULLETIN.format(3, 4))
    ticker = "\nVlada usvojila budžet za narednu godinu", "\nZvezda pobedila u derbiju večeras"
    came(session, "https://example.rs/1", "Pronađena puška", REPORT + ticker[0])
    assert came(session, "https://example.rs/1", "Pronađena puška", REPORT + ticker[1])[0] == "unchanged"
    assert came(session, "https://example.rs/1", "Pronađena puška", REPORT + "\nPuška je bila ukradena")[0] == "changed"


@pytest.mark.parametrize(
    ("before", "after"), [("50 metaka", "51 metaka"), ("Kuli", "Bačkoj"), ("oduzeto", "vraćeno"), ("A. B.", "V. G.")]
)
def test_one_word_or_number_is_a_change(session: Session, before: str, after: str) -> None:
    came(session, "https://example.rs/1", "Pronađena puška", REPORT)
    assert came(session, "https://example.rs/1", "Pronađena puška", REPORT.replace(before, after))[0] == "changed"


def test_a_changed_title_is_a_change(session: Session) -> None:
    came(session, "https://example.rs/1", "Pronađena puška", REPORT)
    assert came(session, "https://example.rs/1", "Preminuo ranjeni mladić", REPORT)[0] == "changed"


def test_a_number_as_address_is_resolved_by_redirect_or_declaration(session: Session) -> None:
    real = "https://example.rs/2024/03/pronadjena-puska-u-kuli/"
    assert came(session, real, "Pronađena puška", REPORT, link="https://example.rs/?p=12") == ("new", article_id(real))
    assert came(session, "https://example.rs/?p=12", "Pronađena puška", REPORT, declared=real)[1] == article_id(real)
    assert came(session, real, "Pronađena puška", REPORT)[0] == "unchanged"
    assert articles(session) == 1


def test_a_shorteners_final_address_counts(session: Session) -> None:
    final = "https://example.rs/vest-1"
    came(session, final, "Pronađena puška", REPORT, link="https://bit.ly/3abcDE")
    assert came(session, final, "Pronađena puška", REPORT, link="https://t.co/x1")[1] == article_id(final)
    assert articles(session) == 1
    addresses = set(session.scalars(select(ArticleAddress.address)))
    assert addresses == {final, "https://bit.ly/3abcDE", "https://t.co/x1"}


def test_one_declared_address_for_many_pages_is_not_believed(session: Session) -> None:
    shared = "https://example.rs/dnevni-bilten-policije-uprave"
    ids = {
        came(session, f"https://example.rs/b/{n}", "Dnevni bilten", BULLETIN.format(n, n + 3), declared=shared)[1]
        for n in range(3)
    }
    assert len(ids) == articles(session) == 3
    itself = came(session, shared, "Kako se priprema bilten uprave", REPORT)
    assert itself[0] == "new"
    assert itself[1] not in ids
    assert came(session, shared, "Kako se priprema bilten uprave", REPORT)[1] == itself[1]


def test_a_guid_with_a_new_address_is_a_version(session: Session) -> None:
    first = came(session, "https://example.rs/puska-u-kuli", "Puška u Kuli", REPORT, guid="https://example.rs/?p=4711")
    moved = came(
        session,
        "https://example.rs/puska-i-50-metaka-u-kuli",
        "Puška i 50 metaka u Kuli",
        REPORT + "\nUhapšena je i druga osoba.",
        guid="https://example.rs/?p=4711",
    )
    assert moved == ("changed", first[1])
    assert session.scalars(select(StoredArticle.url)).one() == "https://example.rs/puska-i-50-metaka-u-kuli"


@pytest.mark.parametrize("guid", ["1", "0", "17", "n-1", "2024"])
def test_a_guid_that_says_nothing(session: Session, guid: str) -> None:
    came(session, "https://example.rs/1", "Dnevni bilten", BULLETIN.format(4, 5), guid=guid)
    assert came(session, "https://example.rs/2", "Dnevni bilten", BULLETIN.format(6, 7), guid=guid)[0] == "new"


def test_a_guid_used_again_on_another_day(session: Session) -> None:
    came(session, "https://example.rs/b-12", "Dnevni bilten", BULLETIN.format(4, 5), guid="bilten-uprave")
    tomorrow = DAY + dt.timedelta(days=1)
    next_one = came(
        session,
        "https://example.rs/b-13",
        "Dnevni bilten",
        BULLETIN.format(6, 7),
        guid="bilten-uprave",
        published=tomorrow,
    )
    assert next_one[0] == "new"
    later = came(session, "https://example.rs/b-14", "Dnevni bilten", BULLETIN.format(8, 9), guid="bilten-uprave")
    assert later[0] == "new", "a guid of two articles tells nothing any more"


def test_the_same_guid_for_all(session: Session) -> None:
    listed = [
        SeenItem(
            url=f"https://example.rs/{n}", link=f"https://example.rs/{n}", host="example.rs", guid="the-feed", title=t
        )
        for n, t in enumerate(["Dnevni bilten", "Dnevni bilten", "Noćni bilten"])
    ]
    twin = SeenItem(url="https://example.rs/9", link="https://example.rs/9", host="example.rs", guid="stable-9")
    unseen = collecting.unseen(session, [*listed, twin, twin])
    assert [item.guid for item in unseen] == [None, None, None, "stable-9"]


def test_another_sources_guid_is_another(session: Session) -> None:
    came(session, "https://example.rs/1", "Pronađena puška", REPORT, guid="guid-4711")
    assert came(session, "https://other.rs/1", "Pronađena puška", REPORT, guid="guid-4711")[0] == "new"


def test_title_and_day(session: Session) -> None:
    first = came(session, "https://example.rs/1", "Pronađena puška u Kuli", REPORT)
    twice = came(
        session, "https://example.rs/hronika/1-b", "Pronađena puška u Kuli", REPORT + "\nIstraga se nastavlja."
    )
    assert twice == ("changed", first[1])
    assert came(session, "https://other.rs/1", "Pronađena puška u Kuli", REPORT)[0] == "new"
    old = DAY - dt.timedelta(days=1)
    assert came(session, "https://example.rs/0", "Pronađena puška u Kuli", REPORT, published=old)[0] == "new"


def test_bulletins_of_one_title_are_articles_of_their_own(session: Session) -> None:
    title = "Saobraćajne nesreće u protekla 24 sata"
    for n in range(4):
        assert came(session, f"https://example.rs/b/{n}", title, BULLETIN.format(n + 11, n + 2))[0] == "new"
    places = [
        REPORT.replace("Kuli", place).replace("A. B.", who) for place, who in [("Adi", "V. G."), ("Senti", "D. Đ.")]
    ]
    for n, body in enumerate(places):
        assert came(session, f"https://example.rs/o/{n}", "Pronađeno oružje", body)[0] == "new"
    assert events(session) == articles(session) == 6


def test_near_copies_are_marked_and_kept(session: Session) -> None:
    first = came(session, "https://example.rs/1", "Pronađena puška", REPORT)
    wire = came(session, "https://other.rs/a", "Policija: puška u Kuli", "Beograd, 12. mart\n" + REPORT)
    apart = came(session, "https://other.rs/b", "Dnevni bilten", BULLETIN.format(4, 5))
    marks = {mark.article_id: mark for mark in session.scalars(select(ArticleMark))}
    assert (wire[0], apart[0], events(session)) == ("new", "new", 3)
    assert marks[wire[1]].resembles == first[1]
    assert (marks[wire[1]].likeness or 0) > 0.9
    assert marks[first[1]].resembles is None
    assert marks[apart[1]].resembles is None


def test_a_near_copy_in_the_other_script(session: Session) -> None:
    cyrillic = (
        "Полиција је у уторак у Кули пронашла пушку и 50 метака у кући осумњиченог.\n"
        "Осумњиченом је одређено задржавање до 48 сати и биће приведен тужилаштву у Сомбору."
    )
    first = came(session, "https://example.rs/1", "Пронађена пушка", cyrillic)
    came(session, "https://other.rs/1", "Puška u Kuli", canonical(cyrillic).text + "\nSaopštila je policija.")
    assert session.scalars(select(ArticleMark.resembles).where(ArticleMark.resembles.is_not(None))).all() == [first[1]]


def test_near_copies_are_found_by_the_index(session: Session) -> None:
    session.execute(text("set local enable_seqscan = off"))
    plan = session.scalars(
        text("explain select article_id from article_marks where bands && array[1, 2]::bigint[]")
    ).all()
    assert any("ix_article_marks_bands" in line for line in plan)


def released(session: Session, key: str, url: str) -> str:
    """An article as an earlier release stored it, under the normal form of its rules."""
    came(session, url, "Pronađena puška", REPORT)
    row = session.scalars(select(StoredArticle).where(StoredArticle.url == url)).one()
    earlier = "a" + key[-12:].encode().hex()[:20]
    for table in (ArticleMark, ArticleAddress, AddressRules, OutboxMessage, FetchOutcome):
        session.execute(table.__table__.delete())  # type: ignore[attr-defined]
    session.execute(update(StoredArticle).where(StoredArticle.id == row.id).values(id=earlier))
    session.add(
        FetchOutcome(url=key, source_id="example.rs", article_id=earlier, outcome="fetched", at=dt.datetime.now(dt.UTC))
    )
    session.flush()
    return earlier


def test_changed_rules_make_no_known_article_new(database: Database) -> None:
    link = "https://example.rs/amp/hronika/pronadjena-puska"
    with database.session() as session:
        earlier = released(session, link, link)
    bring_up_to_date(database)
    with database.session() as session:
        seen = SeenItem(url=normalised(link), link=link, host="example.rs")
        assert normalised(link) != link, "the form of today is another one"
        assert collecting.unseen(session, [seen]) == [], "it is not fetched again"
        assert came(session, link, "Pronađena puška", REPORT) == ("unchanged", earlier)
        changed = came(session, "https://example.rs/hronika/pronadjena-puska", "Pronađena puška", REPORT + "\nNovo.")
        assert changed == ("changed", earlier)
        assert articles(session) == 1
        marked = session.scalars(select(ArticleMark.article_id)).all()
        assert marked == [earlier]


def test_addresses_are_brought_to_todays_rules_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.session() as session:
        released(session, "https://example.rs/m/vest-1", "https://example.rs/m/vest-1")
    bring_up_to_date(database)
    with database.session() as session:
        session.execute(ArticleAddress.__table__.delete())  # type: ignore[attr-defined]
    bring_up_to_date(database)
    with database.session() as session:
        assert session.scalars(select(ArticleAddress.address)).all() == []
    monkeypatch.setattr("crawlers.identity.rekeying.fingerprint", lambda: "other rules")
    bring_up_to_date(database)
    with database.session() as session:
        assert session.scalars(select(ArticleAddress.address)).all() == ["https://example.rs/vest-1"]


def test_two_items_of_one_article_at_once_in_two_processes(database: Database) -> None:
    for n in range(6):
        run = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.crawlers.settle_once",
                    database.url,
                    f"https://example.rs/{n}/{path}",
                    str(n),
                ],
                cwd=Path(__file__).parents[2],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for path in ("a", "b")
        ]
        for process in run:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in run:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate()[0].split() for process in run]
        assert [process.returncode for process in run] == [0, 0]
        assert sorted(stored for stored, _ in told) == ["new", "unchanged"]
        assert len({article for _, article in told}) == 1
    with database.session() as session:
        assert articles(session) == events(session) == 6
        assert session.scalar(select(func.count()).select_from(FetchOutcome)) == 12

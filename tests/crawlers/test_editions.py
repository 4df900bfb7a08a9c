"""Pages that change: which day's edition a page is, and what is a version of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.records import Article
from crawlers.identity import likeness
from crawlers.identity.normal_form import article_id, normalised
from crawlers.identity.settling import Settling, settle_all
from store.articles import NOTHING_KNOWN
from store.database import Database
from store.feeds import register_sources
from store.schema import ArticleAddress, Feed, PendingItem, StoredArticle
from tests.crawlers.test_settling import BULLETIN, REPORT, articles, came, source

BULLETIN_AT = "https://example.rs/bilten"
TITLE = "Dnevni bilten policijske uprave"
MONDAY = dt.datetime(2024, 3, 11, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    database = Database(database_url)
    with database.session() as session:
        feeds = [
            Feed(url=url, source_id="example.rs", kind=kind)
            for url, kind in ((f"{BULLETIN_AT}?utm_source=x", "page"), ("https://example.rs/feed", "rss"))
        ]
        register_sources(session, [source("example.rs")], feeds, 900)
        yield session
    database.close()


def read(
    session: Session,
    body: str,
    fetched: dt.datetime,
    stated: dt.datetime | None = None,
    *,
    title: str = TITLE,
    link: str = BULLETIN_AT,
    ended: str | None = None,
    guid: str | None = None,
) -> tuple[str, str]:
    """What the bulletin was at a fetch, and its article; `stated` is the moment of publication that it shows."""
    item = PendingItem(
        url=normalised(link), source_id="example.rs", link=link, feed_url="f", host="example.rs", attempts=0, guid=guid
    )
    article = Article(
        id=article_id(ended or link),
        source_id="example.rs",
        url=ended or link,
        title=title,
        text=body,
        published=stated,
        published_from="page" if stated else None,
        fetched=fetched,
        source_jurisdiction="RS",
    )
    return settle_all(session, [Settling(item, article, NOTHING_KNOWN)])[0]


def test_each_day_of_the_page_is_an_article(session: Session) -> None:
    monday = read(session, REPORT, MONDAY, MONDAY)
    later = read(session, f"{REPORT}\n{BULLETIN.format(4, 5)}", MONDAY + DAY / 4, MONDAY)
    tuesday = read(session, BULLETIN.format(6, 7), MONDAY + DAY, MONDAY + DAY)
    again = read(session, f"Novo: {BULLETIN.format(6, 7)}", MONDAY + 1.25 * DAY, MONDAY + DAY)
    assert [monday[0], later[0], tuesday[0], again[0]] == ["new", "changed", "new", "changed"]
    assert monday[1] == later[1] != tuesday[1] == again[1]
    assert set(session.scalars(select(StoredArticle.url))) == {BULLETIN_AT}


def test_without_a_stated_day_the_day_of_the_fetch_counts_where_the_page_is_published(session: Session) -> None:
    evening = dt.datetime(2024, 3, 11, 22, 30, tzinfo=dt.UTC)
    first = read(session, REPORT, evening)
    same_day = read(session, f"{REPORT}\nNovo.", evening + dt.timedelta(minutes=20))
    midnight = read(session, BULLETIN.format(6, 7), evening + dt.timedelta(minutes=40))
    assert (first[0], same_day, midnight[0]) == ("new", ("changed", first[1]), "new"), "Belgrade is at UTC+1"


def test_a_page_that_says_nothing_new_is_the_last_edition(session: Session) -> None:
    first = read(session, REPORT, MONDAY)
    assert read(session, REPORT.replace("\n", "\n\n"), MONDAY + DAY) == ("unchanged", first[1])
    assert read(session, f"{REPORT}\n34 komentara", MONDAY + 2 * DAY, MONDAY + 2 * DAY) == ("unchanged", first[1])


def test_what_is_added_the_next_day_to_the_day_stated_is_a_version(session: Session) -> None:
    first = read(session, REPORT, MONDAY, MONDAY)
    assert read(session, f"{REPORT}\nUhapšen je i D. Đ.", MONDAY + DAY, MONDAY) == ("changed", first[1])


@pytest.mark.parametrize("next_text", [BULLETIN.format(4, 5), REPORT.split("\n", 1)[1]])
def test_a_day_stated_for_ever_joins_no_editions(session: Session, next_text: str) -> None:
    """The page shows when it was made, years ago: `datePublished` of many a content management system."""
    made = dt.datetime(2019, 5, 1, tzinfo=dt.UTC)
    came_of = [
        read(session, text, MONDAY + number * DAY, made)
        for number, text in enumerate((REPORT, next_text, BULLETIN.format(6, 7)))
    ]
    assert [stored for stored, _ in came_of] == ["new"] * 3
    dates = [session.get_one(StoredArticle, id_).published for _, id_ in came_of]
    assert dates == [made, MONDAY + DAY, MONDAY + 2 * DAY], "the first may be an old bulletin; the others are not"
    assert session.get_one(StoredArticle, came_of[1][1]).published_from == "fetch"
    added = f"{BULLETIN.format(6, 7)}\nUhapšen je i D. Đ."
    assert read(session, added, MONDAY + 2.1 * DAY, made) == ("changed", came_of[2][1])


def test_yesterdays_bulletin_rewritten_today_takes_nothing_from_either(session: Session) -> None:
    monday = read(session, REPORT, MONDAY, MONDAY)
    rewritten = read(session, BULLETIN.format(4, 5), MONDAY + DAY, MONDAY)
    tuesday = read(session, BULLETIN.format(6, 7), MONDAY + 1.1 * DAY, MONDAY + DAY)
    assert [monday[0], rewritten[0], tuesday[0]] == ["new", "new", "new"]
    assert session.get_one(StoredArticle, rewritten[1]).published == MONDAY


OTHER = "U Novom Sadu je iz pištolja ranjen M. N. (34), a napadač je pobegao.\nTraga se za napadačem."


def test_what_the_page_drops_within_the_day_stays_told(session: Session) -> None:
    """A version would take the mention of the first report out of the queue, although nobody has seen it."""
    both = f"{REPORT}\n{OTHER}"
    first, second, third = (
        read(session, body, MONDAY + number * DAY / 24, MONDAY) for number, body in enumerate((REPORT, both, OTHER))
    )
    assert [first, second] == [("new", first[1]), ("changed", first[1])]
    assert third[0] == "new"
    assert session.get_one(StoredArticle, first[1]).text == both
    fourth = read(session, BULLETIN.format(1, 2), MONDAY + DAY / 6, MONDAY)
    assert fourth[0] == "new", "there may be many in a day"
    assert read(session, f"{OTHER}\nNovo.", MONDAY + DAY / 5, MONDAY) == ("changed", third[1]), "what was told before"
    assert read(session, both, MONDAY + DAY / 4, MONDAY) == ("unchanged", first[1])
    assert articles(session) == 3


def test_a_day_long_over_has_editions_of_the_day_it_is_read(session: Session) -> None:
    made = dt.datetime(2019, 5, 1, tzinfo=dt.UTC)
    bodies = (REPORT, OTHER, BULLETIN.format(1, 2))
    came_of = [read(session, body, MONDAY + DAY + number * DAY / 24, made) for number, body in enumerate(bodies)]
    assert [stored for stored, _ in came_of] == ["new"] * 3
    assert len({id_ for _, id_ in came_of}) == 3
    assert read(session, f"{OTHER}\nNovo.", MONDAY + 1.2 * DAY, made) == ("changed", came_of[1][1])


@pytest.mark.parametrize(
    ("now", "whole"),
    [
        (f"{OTHER}\n\n{REPORT}", True),
        (REPORT.replace("\n", " ") + " " + OTHER, True),
        (REPORT.replace("do 48 sati", "do najviše 48 sati") + OTHER, True),
        (REPORT.replace("pušku i", "dve puške i"), False),
        (REPORT.replace("50 metaka", "60 metaka"), False),
        (REPORT.replace("A. B.", "C. D."), False),
        (REPORT.split("\n", 1)[1] + OTHER, False),
        (OTHER.replace("Novom Sadu", "Kuli") + " A. B. 50 48 Policija", False),
    ],
)
def test_what_a_new_wording_keeps(now: str, whole: bool) -> None:
    assert likeness.keeps_all(REPORT + "\n34 komentara", now) is whole


def test_an_address_that_redirects_to_the_days_own(session: Session) -> None:
    morning = read(session, REPORT, MONDAY, ended="https://example.rs/bilten/11-jutro")
    evening = read(session, BULLETIN.format(4, 5), MONDAY + DAY / 3, ended="https://example.rs/bilten/11-vece")
    assert (morning[0], evening[0]) == ("new", "new")
    assert came(session, "https://example.rs/bilten/11-jutro", TITLE, REPORT) == ("unchanged", morning[1])


def test_neither_guid_nor_title_nor_pointing_joins_editions_or_others_to_them(session: Session) -> None:
    guid = "https://example.rs/?p=4711"
    monday = read(session, REPORT, MONDAY, guid=guid)
    tuesday = read(session, f"{REPORT}\nNovo.", MONDAY + DAY, guid=guid)
    assert (monday[0], tuesday[0]) == ("new", "new")
    other = came(session, "https://example.rs/vesti/12", TITLE, REPORT, guid=guid, published=MONDAY)
    assert other == ("new", article_id("https://example.rs/vesti/12"))
    declares = came(session, "https://example.rs/arhiva/11", TITLE, REPORT, declared=BULLETIN_AT, published=MONDAY)
    assert declares[1] not in (monday[1], tuesday[1])
    links = set(session.scalars(select(ArticleAddress.address)))
    assert links == {BULLETIN_AT, "https://example.rs/vesti/12", "https://example.rs/arhiva/11"}


def test_another_feed_that_links_to_the_page_meets_the_same_edition(session: Session) -> None:
    first = read(session, REPORT, MONDAY)
    assert came(session, f"{BULLETIN_AT}?fbclid=1", TITLE, REPORT, published=MONDAY) == ("unchanged", first[1])
    pointed = read(session, BULLETIN.format(1, 2), MONDAY + DAY, link="https://example.rs/go/1", ended=BULLETIN_AT)
    assert pointed[0] == "new"


def test_an_article_of_an_earlier_release_is_the_edition_of_its_day_alone(session: Session) -> None:
    session.add(
        StoredArticle(
            id=article_id(BULLETIN_AT), source_id="example.rs", source_kind="media", url=BULLETIN_AT, title=TITLE,
            text=REPORT, fetched=MONDAY, content_hash="h", source_jurisdiction="RS",
        )
    )  # fmt: skip
    session.flush()
    assert read(session, f"{REPORT}\nNovo.", MONDAY + DAY / 8) == ("changed", article_id(BULLETIN_AT))
    assert read(session, BULLETIN.format(4, 5), MONDAY + DAY)[0] == "new"
    assert articles(session) == 2

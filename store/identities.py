"""Which article an address, a guid or a title belongs to, and which articles have words in common.

Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Row as Selected
from sqlalchemy import func, literal, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from store.gathered import Row, write
from store.schema import AddressRules, ArticleAddress, ArticleMark, Feed, FetchOutcome, PendingItem, StoredArticle

NEAR_DAYS = 14
"""Days between an article and the copies that are looked for."""

NEAR_MOST = 8
"""Articles, the newest, that one is compared with word by word."""

SOURCE_LOCK = 0x61766D71
"""First key of the advisory locks that let the pages of one source be settled one at a time."""

ROWS_AT_ONCE = 1000

_LOCKED = "locked sources"

Given = tuple[str, str]
"""A source, and a guid or title key that it gave."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What an article is compared by: see `ArticleMark`."""

    title_key: str
    bands: tuple[int, ...]


def lock_sources(session: Session, source_ids: Collection[str]) -> None:
    """Waits until no other transaction settles a page of these sources: two pages that are one article meet here. The
    locks are taken in one order, so that no two transactions wait for each other; those held already cost nothing."""
    held: set[str] = session.info.setdefault(_LOCKED, set())
    missing = set(source_ids) - held
    if missing:
        ordered = select(func.hashtext(func.unnest(list(missing))).label("key")).distinct().order_by("key").subquery()
        session.execute(select(func.pg_advisory_xact_lock(SOURCE_LOCK, ordered.c.key)))
        held |= missing


def at_addresses(session: Session, addresses: Collection[str]) -> dict[str, StoredArticle]:
    """The articles found under normal forms."""
    found = select(ArticleAddress.address, StoredArticle).join(
        StoredArticle, StoredArticle.id == ArticleAddress.article_id
    )
    return dict(session.execute(found.where(ArticleAddress.address.in_(addresses))).all())


def fetched_at(session: Session, addresses: Collection[str]) -> dict[str, dt.datetime]:
    """When the articles found under these normal forms were fetched."""
    rows = session.execute(
        select(ArticleAddress.address, StoredArticle.fetched)
        .join(StoredArticle, StoredArticle.id == ArticleAddress.article_id)
        .where(ArticleAddress.address.in_(addresses))
    )
    return {row.address: row.fetched for row in rows}


def changing_pages(session: Session, source_ids: Collection[str] | None) -> Sequence[str]:
    """The addresses of the pages of some sources, or of all, that are articles which change."""
    chosen = select(Feed.url).where(Feed.kind == "page")
    return session.scalars(chosen if source_ids is None else chosen.where(Feed.source_id.in_(source_ids))).all()


def last_article(session: Session, addresses: Collection[str]) -> StoredArticle | None:
    """The newest article that items with these normal forms last led to."""
    found = select(StoredArticle).join(FetchOutcome, FetchOutcome.article_id == StoredArticle.id)
    newest = found.where(FetchOutcome.url.in_(addresses)).order_by(StoredArticle.fetched.desc(), StoredArticle.id)
    return session.scalars(newest.limit(1)).one_or_none()


def with_ids(session: Session, ids: Collection[str]) -> dict[str, StoredArticle]:
    """The articles of these ids."""
    return {found.id: found for found in session.scalars(select(StoredArticle).where(StoredArticle.id.in_(ids)))}


def with_guids(session: Session, guids: Collection[Given]) -> dict[Given, list[StoredArticle]]:
    """The articles to which feeds of their sources gave these guids."""
    given = tuple_(StoredArticle.source_id, StoredArticle.guid)
    found: dict[Given, list[StoredArticle]] = {}
    if guids:
        for article in session.scalars(select(StoredArticle).where(given.in_(guids))):
            found.setdefault((article.source_id, article.guid or ""), []).append(article)
    return found


def waiting_with_guids(session: Session, guids: Collection[Given]) -> dict[Given, set[str]]:
    """The addresses of the items that wait with these guids."""
    given = tuple_(PendingItem.source_id, PendingItem.guid)
    found: dict[Given, set[str]] = {}
    if guids:
        chosen = select(PendingItem.source_id, PendingItem.guid, PendingItem.url).where(given.in_(guids))
        for source_id, guid, url in session.execute(chosen):
            found.setdefault((source_id, guid or ""), set()).add(url)
    return found


def with_titles(
    session: Session, titles: Collection[Given], first: dt.datetime, last: dt.datetime
) -> dict[Given, list[StoredArticle]]:
    """The articles of sources with these title keys that were published between two moments, the oldest first."""
    found: dict[Given, list[StoredArticle]] = {}
    chosen = (
        select(ArticleMark.title_key, StoredArticle)
        .join(StoredArticle, StoredArticle.id == ArticleMark.article_id)
        .where(
            ArticleMark.title_key.in_({title_key for _, title_key in titles}),
            StoredArticle.source_id.in_({source_id for source_id, _ in titles}),
            func.coalesce(StoredArticle.published, StoredArticle.fetched).between(first, last),
        )
        .order_by(StoredArticle.fetched, StoredArticle.id)
    )
    for title_key, article in session.execute(chosen):
        found.setdefault((article.source_id, title_key), []).append(article)
    return found


def are_titles(session: Session, source_id: str, title_keys: Collection[str], but: str) -> bool:
    """Whether every one of these is the title of an article of the source other than `but`."""
    found = session.scalars(
        select(ArticleMark.title_key)
        .join(StoredArticle, StoredArticle.id == ArticleMark.article_id)
        .where(
            ArticleMark.title_key.in_(title_keys), StoredArticle.source_id == source_id, ArticleMark.article_id != but
        )
        .distinct()
    )
    return set(found) >= set(title_keys)


def note_addresses(session: Session, article_id: str, addresses: Collection[str]) -> None:
    """Remembers under which addresses an article was found. An address stays with the first article it led to."""
    for address in sorted(set(addresses)):
        write(session, _note, {"address": address, "article_id": article_id})


def note_forms(session: Session, articles: Mapping[str, str]) -> None:
    """Remembers the articles of addresses that belong to none yet."""
    _note(session, [{"address": address, "article_id": article_id} for address, article_id in sorted(articles.items())])


def _note(session: Session, rows: list[Row]) -> None:
    if rows:
        session.execute(insert(ArticleAddress).on_conflict_do_nothing(), rows)


def near(session: Session, article_id: str, bands: Sequence[int], fetched: dt.datetime) -> Sequence[Selected[str, str]]:
    """Ids and texts of articles fetched in the days before that may have most words in common with one, the newest
    first. The index over the bands finds them, however many articles there are."""
    return session.execute(
        select(StoredArticle.id, StoredArticle.text)
        .join(ArticleMark, ArticleMark.article_id == StoredArticle.id)
        .where(
            ArticleMark.bands.overlap(list(bands)),
            StoredArticle.id != article_id,
            StoredArticle.fetched.between(fetched - dt.timedelta(days=NEAR_DAYS), fetched),
        )
        .order_by(StoredArticle.fetched.desc(), StoredArticle.id)
        .limit(NEAR_MOST)
    ).all()


def mark(session: Session, article_id: str, marks: Marks, resembles: str | None, likeness: float | None) -> None:
    """Writes by what an article is compared, and which one it resembles."""
    row = {
        "article_id": article_id,
        "title_key": marks.title_key,
        "bands": list(marks.bands),
        "resembles": resembles,
        "likeness": likeness,
    }
    session.execute(_marking(), [row])


@cache
def _marking() -> Insert:
    added = insert(ArticleMark)
    changed = {name: added.excluded[name] for name in ("title_key", "bands", "resembles", "likeness")}
    return added.on_conflict_do_update(index_elements=[ArticleMark.article_id], set_=changed)


def follows(session: Session, fingerprint: str) -> bool:
    """Whether the addresses known were last brought to these rules."""
    newest = select(AddressRules.fingerprint).order_by(AddressRules.applied_at.desc()).limit(1)
    return session.scalars(newest).one_or_none() == fingerprint


def note_rules(session: Session, fingerprint: str) -> None:
    """Remembers that all known addresses were brought to these rules."""
    session.execute(
        insert(AddressRules)
        .values(fingerprint=fingerprint)
        .on_conflict_do_update(index_elements=[AddressRules.fingerprint], set_={"applied_at": func.now()})
    )


def known_addresses(session: Session) -> Iterator[Sequence[Selected[str, str]]]:
    """Every address an article was found under, as it was written then, and the article's id, in portions: where the
    newest version was fetched, where feeds pointed, forms of earlier rules; those of the first articles first."""
    fetched = select(StoredArticle.url, StoredArticle.id, StoredArticle.fetched.label("at"), literal(0).label("kind"))
    asked = select(FetchOutcome.url, StoredArticle.id, FetchOutcome.at, literal(1)).join(
        StoredArticle, StoredArticle.id == FetchOutcome.article_id
    )
    formed = select(ArticleAddress.address, StoredArticle.id, StoredArticle.fetched, literal(2)).join(
        StoredArticle, StoredArticle.id == ArticleAddress.article_id
    )
    rows = union_all(fetched, asked, formed).subquery()
    ordered = select(rows.c.url, rows.c.id).order_by(rows.c.kind, rows.c.at, rows.c.id)
    yield from session.execute(ordered.execution_options(yield_per=ROWS_AT_ONCE)).partitions()


def unmarked(session: Session, since: dt.datetime) -> Iterator[StoredArticle]:
    """The articles fetched since then that were stored before articles were compared."""
    without = (
        select(StoredArticle)
        .outerjoin(ArticleMark, ArticleMark.article_id == StoredArticle.id)
        .where(ArticleMark.article_id.is_(None))
    )
    chosen = without.where(StoredArticle.fetched >= since).order_by(StoredArticle.fetched, StoredArticle.id)
    yield from session.scalars(chosen.execution_options(yield_per=ROWS_AT_ONCE))

"""Archived pages read again through today's extraction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.orm import Session

from codebook.errors import BadInput
from crawlers.archive import read
from crawlers.extraction.extract import Taken, Unusable, article_of, unexpected
from crawlers.identity.settling import Settling, identified, mark
from crawlers.registry import Registry, SourceEntry
from crawlers.settings import CrawlSettings
from store.database import Database
from store.fetched_pages import Place, archived, page_at
from store.identities import note_addresses
from store.replaying import Verdict, item_of, settle_article, settle_miss
from store.schema import FetchedPage, PendingItem, Source

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one page. `detail` is the method that gave the text, or the reason why there is none."""

    place: Place
    url: str
    verdict: Verdict | Literal["unreadable"]
    detail: str


def read_again(
    database: Database, registry: Registry, settings: CrawlSettings, places: Iterable[Place], *, dry_run: bool
) -> Iterator[Replayed]:
    """Reads the pages at these places, one transaction each, and tells of each when it is done. A dry run leaves
    everything as it is.

    Raises:
        StoreUnavailable: the database does not answer; the pages told of are done.
    """
    sources = {source.id: source for source in registry.sources}
    for place in places:
        with database.session() as session:
            page = page_at(session, place)
            source = sources.get(page.source_id) or _entry(session.get_one(Source, page.source_id))
            done = _replayed(session, page, place, source, settings)
            if dry_run:
                session.rollback()
        yield done


def _entry(source: Source) -> SourceEntry:
    """A source that the registry does not have any more, as the database knows it."""
    return SourceEntry.model_validate(
        {
            "id": source.id,
            "name": source.name,
            "url": source.url,
            "jurisdiction": source.jurisdiction,
            "kind": source.kind,
            "languages": source.languages,
        }
    )


def _replayed(
    session: Session, page: FetchedPage, place: Place, source: SourceEntry, settings: CrawlSettings
) -> Replayed:
    try:
        fetched = replace(read(settings.archive_dir, archived(page)), at=page.fetched)
    except BadInput as error:
        return Replayed(place, page.url, "unreadable", str(error))
    item = item_of(page, page.url)
    try:
        taken = article_of(fetched, item, source, archived(page), settings.min_text_characters)
    except Unusable as unusable:
        return Replayed(place, fetched.url, settle_miss(session, page, unusable.reason), unusable.reason)
    except Exception as error:
        # The boundary of one page: a defect that it meets must not end the reading of the others.
        log.exception("%s: extraction failed unexpectedly", fetched.url)
        return Replayed(place, fetched.url, settle_miss(session, page, unexpected(error)), unexpected(error))
    verdict = _settled(session, page, item, taken)
    return Replayed(place, fetched.url, verdict, taken.facts.extraction or "")


def _settled(session: Session, page: FetchedPage, item: PendingItem, taken: Taken) -> Verdict:
    """Stores what a page is today: of the article that it was, or, where it was none, of the one that a page fetched
    now would be."""
    article, addresses = taken.article, list[str]()
    if page.article_id is not None:  # extraction does not decide which article a page is
        article = article.model_copy(update={"id": page.article_id})
    else:
        article, addresses = identified(session, Settling(item, article, taken.facts))
    verdict = settle_article(session, page, article, taken.facts)
    note_addresses(session, article.id, addresses)
    if verdict != "same":
        mark(session, article)
    return verdict

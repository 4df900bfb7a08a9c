"""Archived pages read again through today's extraction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.orm import Session

from codebook.errors import BadInput
from crawlers.archive import read
from crawlers.extraction.child_process import Extraction, Page
from crawlers.extraction.extract import Taken, Unusable, unexpected
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
    """Reads the pages at these places and tells of each when it is done: what it changes is one transaction. They are
    extracted in a process beside this one, within the bounds of a crawl. A dry run leaves everything as it is.

    Raises:
        StoreUnavailable: the database does not answer; the pages told of are done.
    """
    sources = {source.id: source for source in registry.sources}
    with _extracting() as article_of:
        for place in places:
            with database.session() as session:
                page = page_at(session, place)
                source = sources.get(page.source_id) or _entry(session.get_one(Source, page.source_id))
            try:
                fetched = replace(read(settings.archive_dir, archived(page)), at=page.fetched)
            except BadInput as error:
                yield Replayed(place, page.url, "unreadable", str(error))
                continue
            item, least = item_of(page, page.url), settings.min_text_characters
            answer = article_of(Page(fetched, item, source, archived(page), least))
            with database.session() as session:
                done = _settled(session, page_at(session, place), item, answer)
                if dry_run:
                    session.rollback()
            yield Replayed(place, fetched.url, *done)


@contextmanager
def _extracting() -> Iterator[Callable[[Page], Taken | Exception]]:
    """Lends a function that gives the article of a page, or what was raised instead."""
    extraction = Extraction()
    with asyncio.Runner() as runner:
        try:
            yield lambda page: runner.run(extraction.articles_of([page]))[0]
        finally:
            runner.run(extraction.end())


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


def _settled(session: Session, page: FetchedPage, item: PendingItem, answer: Taken | Exception) -> tuple[Verdict, str]:
    """Stores what a page is today, and says why."""
    if isinstance(answer, Unusable):
        return settle_miss(session, page, answer.reason), answer.reason
    if isinstance(answer, Exception):
        # The boundary of one page: a defect that it meets must not end the reading of the others.
        log.error("%s: extraction failed unexpectedly", page.url, exc_info=answer)
        return settle_miss(session, page, unexpected(answer)), unexpected(answer)
    return _stored(session, page, item, answer), answer.facts.extraction or ""


def _stored(session: Session, page: FetchedPage, item: PendingItem, taken: Taken) -> Verdict:
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

"""The registry brought into the database."""

from __future__ import annotations

from crawlers.identity.rekeying import bring_up_to_date
from crawlers.registry import Registry
from crawlers.settings import CrawlSettings
from store.database import Database
from store.feeds import register_sources
from store.schema import Feed, Source


def register(database: Database, registry: Registry, settings: CrawlSettings) -> None:
    """Brings sources and feeds into the database, and known addresses to today's rules; what is known of them stays.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    sources = [
        Source(
            id=source.id,
            name=source.name,
            url=source.url,
            jurisdiction=source.jurisdiction,
            kind=source.kind,
            languages=list(source.languages),
            verified=source.verified,
        )
        for source in registry.sources
    ]
    feeds = [Feed(url=feed.url, source_id=source.id, kind=feed.kind) for source, feed in registry.feeds()]
    with database.session() as session:
        register_sources(session, sources, feeds, round(settings.interval_seconds))
    bring_up_to_date(database)

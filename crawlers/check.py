"""Every feed of some sources, asked once: does it answer, what does it list, what is to be fixed."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import BaseModel

from crawlers import feeds
from crawlers.feeds import FeedDocument, NotAFeed
from crawlers.fetching import Fetcher, FetchFailed, run_with_fetcher
from crawlers.intervals import complaint
from crawlers.registry import FeedEntry, SourceEntry
from crawlers.settings import CrawlSettings
from languages.identification import identify, label_language

SILENT_DAYS = 30
"""A feed whose newest item is older is reported as silent."""

OnReport = Callable[["FeedReport"], None]


class FeedReport(BaseModel):
    """What one feed answered. `language` is the code seen in its headlines; `fix` says what to do, "" when nothing."""

    source_id: str
    url: str
    status: Literal["ok", "warning", "failed"]
    items: int = 0
    newest: dt.datetime | None = None
    language: str | None = None
    fix: str = ""


def check(
    settings: CrawlSettings, sources: Sequence[SourceEntry], on_report: OnReport | None = None
) -> list[FeedReport]:
    """Asks every feed of the sources once and reports in the order of the sources. `on_report` is told of each feed
    as it answers. Blocks, once per process; a source without feeds gets one report that says so."""

    async def work(fetcher: Fetcher) -> list[FeedReport]:
        async def one(source: SourceEntry, feed: FeedEntry | None) -> FeedReport:
            report = await _report(settings, fetcher, source, feed) if feed else _without_feed(source)
            if on_report is not None:
                on_report(report)
            return report

        asked = [(source, feed) for source in sources for feed in source.feeds or (None,)]
        return list(await asyncio.gather(*(one(source, feed) for source, feed in asked)))

    return run_with_fetcher(settings, work)


def _without_feed(source: SourceEntry) -> FeedReport:
    fix = f"no feed is declared: try `avmp sources add {source.url}`"
    return FeedReport(source_id=source.id, url=source.url, status="failed", fix=fix)


async def _report(settings: CrawlSettings, fetcher: Fetcher, source: SourceEntry, feed: FeedEntry) -> FeedReport:
    try:
        page = await fetcher.get(feed.url)
        document = feeds.parse(page.body, page.header("content-type"), page.url, feed.kind, settings.max_items_per_feed)
        if document.children:
            child = await fetcher.get(document.children[0])
            header = child.header("content-type")
            document = feeds.parse(child.body, header, child.url, feed.kind, settings.max_items_per_feed)
    except (FetchFailed, NotAFeed) as failure:
        return FeedReport(source_id=source.id, url=feed.url, status="failed", fix=complaint(failure))
    return _judged(source, feed, document)


def _judged(source: SourceEntry, feed: FeedEntry, document: FeedDocument) -> FeedReport:
    dates = [date for item in document.items if (date := item.published or item.updated)]
    newest = max(dates, default=None)
    language = _language(source, document)
    fixes = []
    if not document.items:
        fixes.append("it lists nothing: choose another feed")
    if document.note:
        fixes.append(document.note)
    if newest is not None and newest < dt.datetime.now(dt.UTC) - dt.timedelta(days=SILENT_DAYS):
        fixes.append(f"nothing new for over {SILENT_DAYS} days: look whether it moved")
    if language is not None and language not in source.languages:
        fixes.append(f"its headlines are in {language}: correct languages, or choose another feed")
    return FeedReport(
        source_id=source.id,
        url=feed.url,
        status="warning" if fixes else "ok",
        items=len(document.items),
        newest=newest,
        language=language,
        fix="; ".join(fixes),
    )


def _language(source: SourceEntry, document: FeedDocument) -> str | None:
    """The language of the headlines; None when there are too few words to tell."""
    headlines = ". ".join(item.title for item in document.items if item.title)
    if len(headlines) < 80:
        return None
    return label_language(identify(headlines, source.jurisdiction).lang, source.jurisdiction)

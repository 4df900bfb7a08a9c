"""Every feed of some sources, asked once: does it answer, what does it list, what is to be fixed.

A source none of whose feeds works is looked at as `avmp sources add` looks at a site, and what works is proposed.
Sources are asked side by side and each for a limited time, so that hundreds take minutes and a slow one holds no other.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Literal

from lxml import etree, html
from pydantic import BaseModel

from crawlers.discover import Search, read_feed, toml_feeds
from crawlers.extraction.charset import decoded
from crawlers.feeds.formats import FeedDocument, NotAFeed
from crawlers.fetching.fetcher import Fetched, Fetcher, FetchFailed, run_with_fetcher
from crawlers.identity.normal_form import NotAnAddress, host_of, normalised
from crawlers.polling.intervals import complaint
from crawlers.registry import FeedEntry, SourceEntry
from crawlers.settings import CrawlSettings
from languages.identification import identify, label_language, reading_language

SILENT_DAYS = 30
"""A feed whose newest item is older is reported as silent."""

SEARCH_SECONDS = 120.0
"""How long one source is searched for feeds at most."""

TIMEOUT_SECONDS = 30.0
"""How long an answer is waited for at most, however patient the crawler is."""

AT_ONCE = 200
"""Sources asked at the same time, one request each: so many that silent hosts hold no answering one."""

FEW_CHARACTERS = 80
"""Characters of headlines below which their language is not judged."""

OnReport = Callable[["FeedReport"], None]

ADVICE = {
    "denied": "the site keeps programs out; ask the outlet for access",
    "not_found": "look for the feed's new address",
    "throttled": "the site wants fewer requests; try again later",
    "network": "look whether the outlet still exists",
    "server": "try again later",
}
"""What to do about a failure, by its kind."""


class FeedReport(BaseModel):
    """What one feed answered. `language` is the code seen in its headlines; `fix` says what to do, "" when nothing;
    `found` are feeds of the source that work where this one does not."""

    source_id: str
    url: str
    status: Literal["ok", "warning", "failed"]
    items: int = 0
    newest: dt.datetime | None = None
    language: str | None = None
    fix: str = ""
    found: tuple[FeedEntry, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether the feed answered and lists something."""
        return self.status != "failed" and self.items > 0


def check(
    settings: CrawlSettings, sources: Sequence[SourceEntry], on_report: OnReport | None = None
) -> list[FeedReport]:
    """Asks every feed of the sources once and reports in the order of the sources. `on_report` is told of each feed
    as it answers. Blocks, once per process; a source without feeds gets one report."""
    impatient = settings.model_copy(
        update={
            "timeout_seconds": min(settings.timeout_seconds, TIMEOUT_SECONDS),
            "max_concurrent": max(settings.max_concurrent, AT_ONCE),
        }
    )

    async def work(fetcher: Fetcher) -> list[FeedReport]:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(source: SourceEntry) -> list[FeedReport]:
            async with places:
                reports = await _Check(impatient, fetcher, source).reports()
            for report in reports:
                if on_report is not None:
                    on_report(report)
            return reports

        answered = await asyncio.gather(*(one(source) for source in sources))
        return [report for reports in answered for report in reports]

    return run_with_fetcher(impatient, work)


def verifiable(sources: Sequence[SourceEntry], reports: Sequence[FeedReport]) -> dict[str, tuple[FeedEntry, ...]]:
    """The sources that were reached: at least one feed lists something. With each, the feeds to declare, where it
    declares none and some were found; to one whose feeds fail no other is given unasked."""
    reached: dict[str, tuple[FeedEntry, ...]] = {report.source_id: () for report in reports if report.reached}
    declared = {source.id: source.feeds for source in sources}
    for report in reports:
        if report.found and not declared[report.source_id]:
            reached[report.source_id] = report.found
    return reached


class _Check:
    """One source, asked."""

    def __init__(self, settings: CrawlSettings, fetcher: Fetcher, source: SourceEntry) -> None:
        self._settings, self._fetcher, self._source = settings, fetcher, source
        self._worth_a_search = True

    async def reports(self) -> list[FeedReport]:
        """One report a feed; where none works, the first says what does."""
        reports = [await self._of_feed(feed) for feed in self._source.feeds]
        if any(report.reached for report in reports):
            return reports
        first, *others = reports or [self._report(self._source.url, "failed", fix="no feed is declared")]
        return [await self._with_search(first) if self._worth_a_search else first, *others]

    async def _of_feed(self, feed: FeedEntry) -> FeedReport:
        try:
            if feed.kind == "page":
                return self._of_page(await self._fetcher.get(feed.url))
            page, document = await read_feed(self._settings, self._fetcher, feed)
        except FetchFailed as failure:
            if failure.kind in ("network", "throttled", "refused"):
                self._worth_a_search = False
            return self._report(feed.url, "failed", fix=_remedy(failure))
        except NotAFeed as failure:
            return self._report(feed.url, "failed", fix=complaint(failure))
        return self._judged(feed, page, document)

    def _of_page(self, page: Fetched) -> FeedReport:
        """A page that is itself an article lists one item when it has a text."""
        text = _visible_text(page)
        if len(text) < self._settings.min_text_characters:
            return self._report(page.asked, "failed", fix="a page without a text: name another, or set render = true")
        language, fixes = self._language(text)
        return self._report(page.asked, "warning" if fixes else "ok", items=1, language=language, fix="; ".join(fixes))

    def _judged(self, feed: FeedEntry, page: Fetched, document: FeedDocument) -> FeedReport:
        dates = [date for item in document.items if (date := item.published or item.updated)]
        newest = max(dates, default=None)
        fixes = [_moved(feed.url, page.url)] if _moved(feed.url, page.url) else []
        if not document.items:
            fixes.append("it lists nothing: choose another feed")
        if document.note:
            fixes.append(document.note)
        if newest is not None and newest < dt.datetime.now(dt.UTC) - dt.timedelta(days=SILENT_DAYS):
            fixes.append(f"nothing new for over {SILENT_DAYS} days: look whether it moved")
        language, of_language = self._language(". ".join(item.title for item in document.items if item.title))
        fixes += of_language
        return self._report(
            feed.url,
            "warning" if fixes else "ok",
            items=len(document.items),
            newest=newest,
            language=language,
            fix="; ".join(fixes),
        )

    def _language(self, text: str) -> tuple[str | None, list[str]]:
        """The code of a text's language, one of the source's own where they read alike, and what is wrong with it;
        None when there are too few words to tell."""
        if len(text) < FEW_CHARACTERS:
            return None, []
        seen = identify(text, self._source.jurisdiction).lang
        alike = [code for code in self._source.languages if reading_language(code) == seen]
        if alike:
            return alike[0], []
        code = label_language(seen, self._source.jurisdiction)
        return code, [f"its headlines are in {code}: correct languages, or choose another feed"]

    async def _with_search(self, report: FeedReport) -> FeedReport:
        search = Search(self._settings, self._fetcher, SEARCH_SECONDS)
        try:
            found = await search.at(self._source.url, self._source.platform)
        except FetchFailed as failure:
            missing = failure.kind == "not_found"
            told = f"{failure.reason}: correct url" if missing else _remedy(failure)
            return report.model_copy(update={"fix": f"{report.fix}; the front page: {told}"})
        if not found:
            fix = f"{report.fix}; none was found at the usual places: declare a section page"
            return report.model_copy(update={"fix": fix})
        entries = tuple(one.feed for one in found)
        return report.model_copy(update={"fix": f"{report.fix}; this works: {toml_feeds(entries)}", "found": entries})

    def _report(self, url: str, status: Literal["ok", "warning", "failed"], **told: Any) -> FeedReport:
        return FeedReport(source_id=self._source.id, url=url, status=status, **told)


def _remedy(failure: FetchFailed) -> str:
    advice = ADVICE.get(failure.kind)
    return f"{failure.reason}: {advice}" if advice else complaint(failure)


def _moved(asked: str, ended: str) -> str:
    """What to write where the redirects of a feed ended at another site."""
    try:
        moved = host_of(normalised(asked)) != host_of(normalised(ended))
    except NotAnAddress:
        return ""
    return f"it redirects to another site: write {ended}, or leave the source out" if moved else ""


def _visible_text(page: Fetched) -> str:
    text, _ = decoded(page.body, page.header("content-type"))
    try:
        parser = html.HTMLParser(encoding="utf-8")
        document = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:
        return ""
    etree.strip_elements(document, "script", "style", "nav", "header", "footer", with_tail=False)
    return " ".join(document.text_content().split())

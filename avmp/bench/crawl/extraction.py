"""How exactly the text of the demonstration's pages is extracted, and how exactly by trafilatura's precision mode
alone."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import trafilatura

from avmp.demo.outlets import DemoArticle, Outlet, articles, outlets
from avmp.demo.pages import article_path, pages
from codebook.records import Archived
from crawlers.extraction.extract import Unusable, article_of
from crawlers.fetching.fetcher import Fetched
from crawlers.registry import SourceEntry
from crawlers.settings import CrawlSettings
from store.schema import PendingItem

BASE = "http://outlet.example"
WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A page and the article that is on it."""

    outlet: Outlet
    told: DemoArticle
    page: Fetched


def extraction_figures() -> dict[str, float]:
    """F1 of the words of an article's text, the mean over the demonstration's pages: ours and trafilatura's own."""
    labelled = list(_labelled())
    return {
        "extraction_f1": _mean([token_f1(_ours(one), one.told.text) for one in labelled]),
        "extraction_f1_trafilatura_precision": _mean([token_f1(_trafilatura(one), one.told.text) for one in labelled]),
    }


def token_f1(found: str, told: str) -> float:
    """F1 of the words of two texts, each counted as often as it stands there."""
    in_found, in_told = Counter(WORDS.findall(found)), Counter(WORDS.findall(told))
    return 2 * (in_found & in_told).total() / ((in_found.total() + in_told.total()) or 1)


def _labelled() -> Iterator[_Labelled]:
    for outlet in outlets():
        site = pages(outlet, BASE)
        for told in articles(outlet.id):
            target = ("/cir" if outlet.twins else "") + article_path(outlet, told)
            page, url = site[target], BASE + target
            headers = (("Content-Type", page.content_type),)
            yield _Labelled(outlet, told, Fetched(url, url, 200, headers, page.body, dt.datetime.now(dt.UTC)))


def _ours(one: _Labelled) -> str:
    outlet = one.outlet
    source = SourceEntry(
        id=outlet.id, name=outlet.name, url=BASE, jurisdiction=outlet.jurisdiction, kind=outlet.kind,
        languages=(outlet.language,),
    )  # fmt: skip
    item = PendingItem(url=one.page.url, link=one.page.url, host="outlet.example", title=one.told.title, fresh=False)
    nowhere = Archived(path="none", offset=0, length=1, sha256="0" * 64)
    least = CrawlSettings.model_fields["min_text_characters"].default
    try:
        return article_of(one.page, item, source, nowhere, least).article.text
    except Unusable:
        return ""


def _trafilatura(one: _Labelled) -> str:
    found = trafilatura.extract(
        one.page.body, url=one.page.url, favor_precision=True, include_comments=False, include_tables=False
    )
    return found or ""


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4)

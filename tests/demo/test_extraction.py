"""How much of the article, and of nothing else, extraction takes out of each layout of the demonstration's pages."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Literal

import pytest
import trafilatura

from avmp.demo.outlets import DemoArticle, Outlet, articles, outlets
from avmp.demo.pages import article_path, pages
from codebook.records import Archived
from crawlers.extraction.charset import decoded
from crawlers.extraction.extract import article_of
from crawlers.fetching.fetcher import Fetched
from crawlers.registry import SourceEntry
from store.schema import PendingItem

FLOORS = {
    "magazine": 0.999, "portal": 0.999, "bulletin": 0.999, "classic": 0.999, "tabloid": 0.999, "amp": 0.999,
    "tables": 0.995, "joined": 0.995, "builder": 0.999, "scripted": 0.999, "live": 0.999, "notices": 0.999,
}  # fmt: skip
"""The mean F1 by words over all articles. Every layout shows every article, in its own language and charset."""

LEAST = 0.93
"""Of any one page: a headline more is a second crime for the reader."""


def f1(got: str, wanted: str) -> float:
    """The harmonic mean of precision and recall by words, repetitions counted."""
    counts = [Counter(re.findall(r"\w+", text.lower())) for text in (got, wanted)]
    common = sum((counts[0] & counts[1]).values())
    return 2 * common / max(1, sum(sum(count.values()) for count in counts))


def text_of(outlet: Outlet, body: bytes, content_type: str) -> str:
    """The text of the article that a page of an outlet is, as a crawl takes it."""
    url = "http://127.0.0.1/a"
    page = Fetched(url, url, 200, (("Content-Type", content_type),), body, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    source = SourceEntry(
        id="127.0.0.1",
        name=outlet.name,
        url=url,
        jurisdiction=outlet.jurisdiction,
        kind=outlet.kind,
        languages=(outlet.language,),
    )
    item = PendingItem(url=url, source_id=source.id, link=url, title=None, published=None, fresh=False)
    return article_of(page, item, source, Archived(path="x", offset=0, length=1, sha256="0"), 80).article.text


def page_of(outlet: Outlet, article: DemoArticle, site: dict[str, bytes]) -> bytes:
    return site[("/cir" if outlet.twins else "") + article_path(outlet, article)]


@cache
def scores(layout: str) -> list[tuple[str, float, float]]:
    """Of every article its slug, our F1 and that of trafilatura's precision mode over the same page."""
    found = []
    for outlet in (replace(one, layout=layout) for one in outlets()):
        site = {target: page.body for target, page in pages(outlet, "http://127.0.0.1").items()}
        for article in articles(outlet.id):
            body, content_type = page_of(outlet, article, site), f"text/html; charset={outlet.charset}"
            markup, _ = decoded(body, content_type)
            bare = trafilatura.extract(markup, include_comments=False, favor_precision=True) or ""
            ours = text_of(outlet, body, content_type)
            found.append((article.slug, f1(ours, article.text), f1(bare, article.text)))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("layout", FLOORS)
def test_the_article_and_nothing_else(layout: str) -> None:
    ours = [score for _, score, _ in scores(layout)]
    bare = [score for _, _, score in scores(layout)]
    mean = sum(ours) / len(ours)
    assert mean >= FLOORS[layout]
    assert mean >= min(1.0, sum(bare) / len(bare)) - 0.0005
    assert min(scores(layout), key=lambda one: one[1])[1] >= LEAST


@pytest.mark.slow
def test_over_all_layouts() -> None:
    ours = [score for layout in FLOORS for _, score, _ in scores(layout)]
    bare = [score for layout in FLOORS for _, _, score in scores(layout)]
    assert sum(ours) / len(ours) >= 0.997
    assert sum(bare) / len(bare) <= 0.75, "the layouts are too easy to tell anything"


@pytest.mark.parametrize("charset", ["windows-1250", "windows-1251"])
@pytest.mark.parametrize("declared", ["meta", "header"])
def test_old_layouts_in_old_charsets_wrongly_declared(charset: str, declared: Literal["header", "meta"]) -> None:
    language = "sr" if charset == "windows-1251" else "bs"
    of_script = [one for one in outlets() if one.language == language and (one.twins == (charset == "windows-1251"))]
    outlet = replace(of_script[0], layout="tables", charset=charset, charset_in=declared)
    text = {target: page.body for target, page in pages(replace(outlet, charset="utf-8"), "http://127.0.0.1").items()}
    for article in articles(outlet.id):
        body = page_of(outlet, article, text).decode().replace("utf-8", "iso-8859-1").encode(charset, "ignore")
        assert decoded(body, "text/html; charset=iso-8859-1")[1] == charset
        assert f1(text_of(outlet, body, "text/html; charset=iso-8859-1"), article.text) >= LEAST

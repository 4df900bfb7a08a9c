"""The demonstration outlets and their articles, as declared in `outlets.toml` and `articles/*.jsonl`.

The outlets are invented, and so is everything their articles tell. Each article is a labelled article of the
codebook with the outlet, the slug and the hour of publication added, so that what the system makes of the
demonstration can be scored.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

FeedKind = Literal["rss", "atom", "sitemap"]


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of an outlet and its peculiarities.

    `link_query` is appended to every link, as tracking parameters are.
    """

    kind: FeedKind
    path: str
    dated: bool = True
    relative_links: bool = False
    link_query: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented outlet. `interface` names its table of interface words, `layout` its page template.

    `article_path` is a format string over `id`, `slug`, `year`, `month`, `day`. With `twins`, the site shows
    every page in Cyrillic under `/cir` and in Latin under `/lat`. `charset_in` tells where a page declares its
    charset.
    """

    id: str
    name: str
    motto: str
    address: str
    jurisdiction: str
    kind: Literal["media", "official"]
    language: str
    interface: str
    layout: str
    article_path: str
    feeds: tuple[Feed, ...]
    charset: str = "utf-8"
    charset_in: Literal["header", "meta"] = "header"
    gzip: bool = False
    twins: bool = False


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article of an outlet. `number` counts within the outlet; `labels` is the labelled article."""

    outlet: str
    number: int
    slug: str
    published: dt.datetime
    title: str
    text: str
    labels: dict[str, Any]

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n\n")


def _data(*names: str) -> str:
    return files("avmp").joinpath("demo", *names).read_text(encoding="utf-8")


@cache
def outlets() -> tuple[Outlet, ...]:
    """All outlets in the order of `outlets.toml`."""
    return tuple(
        Outlet(**{**entry, "feeds": tuple(Feed(**feed) for feed in entry["feeds"])})
        for entry in tomllib.loads(_data("outlets.toml"))["outlet"]
    )


@cache
def interface_words() -> dict[str, Any]:
    """The interface words of the sites by language and script, such as `sr-Cyrl`."""
    return tomllib.loads(_data("interface.toml"))


@cache
def articles(outlet_id: str) -> tuple[DemoArticle, ...]:
    """The articles of one outlet, newest first."""
    read = []
    for number, line in enumerate(_data("articles", f"{outlet_id}.jsonl").splitlines(), start=1):
        labels = json.loads(line)
        published = dt.datetime.fromisoformat(labels["published"])
        read.append(DemoArticle(outlet_id, number, labels["slug"], published, labels["title"], labels["text"], labels))
    return tuple(sorted(read, key=lambda article: article.published, reverse=True))

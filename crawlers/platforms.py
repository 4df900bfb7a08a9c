"""Where the systems that sites run on keep their feeds: `platforms.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal
from urllib.parse import urljoin

from pydantic import BaseModel, ConfigDict, Field

FeedKind = Literal["rss", "atom", "sitemap", "section", "page"]
"""What a polled address is: a feed, a sitemap, a page that links to articles, or a page that is itself an article and
changes (a police bulletin that always stands at one address)."""

FALLBACK = ("wordpress", "regional", "joomla")
"""Whose paths are tried where a site's platform is not known, in this order: WordPress is the region's default."""


class PlatformPath(BaseModel):
    """One place where a platform keeps a feed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(pattern=r"^/\S*$")]
    kind: FeedKind


class Platform(BaseModel):
    """A system that sites run on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: Annotated[tuple[PlatformPath, ...], Field(min_length=1)]


@cache
def platforms() -> Mapping[str, Platform]:
    """The platforms by name, in the order of the file."""
    tables = tomllib.loads((files("crawlers") / "platforms.toml").read_text(encoding="utf-8"))
    return {name: Platform.model_validate(table) for name, table in tables.items()}


def usual_feeds(url: str, platform: str | None) -> list[tuple[str, FeedKind]]:
    """The addresses at which a site whose front page is `url` may keep a feed, each once: feeds, then sitemaps."""
    names = (platform,) if platform else FALLBACK
    addresses: dict[str, FeedKind] = {}
    for name in names:
        for usual in platforms()[name].paths:
            addresses.setdefault(urljoin(url, usual.path), usual.kind)
    return sorted(addresses.items(), key=lambda one: one[1] == "sitemap")

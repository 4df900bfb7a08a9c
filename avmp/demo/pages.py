"""Everything one outlet answers with, rendered ahead: its pages, feeds and robots.txt by request target."""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from avmp.demo.outlets import DemoArticle, Feed, Outlet, articles, interface_words
from languages.canonical import canonical

FIRST_ARTICLE_ID = 240_000
"""Numbers in URLs start here: an old site has long numbers."""
SUMMARY_CHARACTERS = 180
RELATED_LINKS = 3
LATEST_LINKS = 5

FEED_MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "sitemap": "application/xml",
}

TEMPLATES = Environment(
    loader=PackageLoader("avmp.demo"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["rfc822"] = email.utils.format_datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `etag` is quoted, ready for the header; `modified` says what Last-Modified says."""

    body: bytes
    content_type: str
    modified: dt.datetime
    status: int = 200

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as a list or a feed shows it."""

    number: int
    path: str
    link: str
    title: str
    summary: str
    published: dt.datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """One script of a site: the prefix of its paths, its interface words, and what is done to every text."""

    prefix: str
    words: dict[str, Any]
    written: Callable[[str], str] = str


def article_path(outlet: Outlet, article: DemoArticle) -> str:
    """The path of an article on its site, without a twin's prefix."""
    return outlet.article_path.format(
        id=FIRST_ARTICLE_ID + article.number,
        slug=article.slug,
        year=article.published.year,
        month=f"{article.published.month:02}",
        day=f"{article.published.day:02}",
    )


def summary(text: str) -> str:
    """The first paragraph, cut at a word."""
    first = text.split("\n\n")[0]
    if len(first) <= SUMMARY_CHARACTERS:
        return first
    return first[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + "…"


def pages(outlet: Outlet, base: str, shown: tuple[DemoArticle, ...] | None = None) -> dict[str, Page]:
    """All answers of an outlet by request target (path and query).

    `base` is its URL without a final slash. `shown` are the articles to show, newest first; its own when not given.
    """
    shown = shown or articles(outlet.id)
    site: dict[str, Page] = {"/robots.txt": _robots(outlet, base, shown[0].published)}
    for edition in reversed(_editions(outlet)):
        site |= _edition_pages(outlet, base, edition, shown)
    for feed in outlet.feeds:
        site[feed.path] = _feed(outlet, base, feed, shown)
    return site


def not_found(outlet: Outlet) -> Page:
    """The outlet's own page for an unknown address."""
    edition = _editions(outlet)[0]
    listed = [_listed(outlet, edition, "", article) for article in articles(outlet.id)]
    body = _html(outlet, edition, listed, title="404")
    return Page(body, _content_type(outlet), articles(outlet.id)[0].published, status=404)


def _editions(outlet: Outlet) -> tuple[Edition, ...]:
    words = interface_words()
    if not outlet.twins:
        return (Edition("", words[outlet.interface]),)
    return (Edition("/cir", words["sr-Cyrl"]), Edition("/lat", words["sr-Latn"], _latin))


def _latin(text: str) -> str:
    return canonical(text, "hbs").text


def _edition_pages(outlet: Outlet, base: str, edition: Edition, shown: tuple[DemoArticle, ...]) -> dict[str, Page]:
    listed = [_listed(outlet, edition, base, article) for article in shown]
    kind = _content_type(outlet)
    home = _html(outlet, edition, listed, title=edition.written(outlet.motto), listing=listed)
    site = {target: Page(home, kind, shown[0].published) for target in (f"{edition.prefix}/", "/")}
    for article, entry in zip(shown, listed, strict=True):
        others = [other for other in listed if other.number != entry.number]
        body = _html(
            outlet,
            edition,
            others,
            title=entry.title,
            article=article,
            summary=entry.summary,
            canonical=base + _editions(outlet)[0].prefix + article_path(outlet, article),
            twin=_twin(outlet, edition, article),
            paragraphs=[edition.written(paragraph) for paragraph in article.paragraphs],
            ld={
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": entry.title,
                "datePublished": article.published.isoformat(),
                "publisher": {"@type": "Organization", "name": outlet.name},
            },
        )
        site[entry.path] = Page(body, kind, article.published)
    return site


def _twin(outlet: Outlet, edition: Edition, article: DemoArticle) -> dict[str, str] | None:
    """The same article in the other script, for a site that has both."""
    for other in _editions(outlet):
        if other.prefix != edition.prefix:
            lang = other.words["html_lang"]
            path = other.prefix + article_path(outlet, article)
            return {"lang": lang, "path": path, "label": lang.removeprefix("sr-")}
    return None


def _html(outlet: Outlet, edition: Edition, others: list[Listed], **context: Any) -> bytes:
    feed = outlet.feeds[0]
    values: dict[str, Any] = {"article": None, "listing": None, "twin": None, "summary": None} | context
    number = values["article"].number if values["article"] else 0
    text = TEMPLATES.get_template(f"{outlet.layout}.html").render(
        outlet=replace(outlet, name=edition.written(outlet.name), motto=edition.written(outlet.motto)),
        words=edition.words,
        root=edition.prefix,
        feed_path=feed.path,
        feed_type=FEED_MEDIA_TYPES[feed.kind],
        meta_charset=outlet.charset if outlet.charset_in == "meta" or outlet.charset == "utf-8" else None,
        latest=others[:LATEST_LINKS],
        related=sorted(others, key=lambda other: (other.number - number) % 1000)[:RELATED_LINKS],
        **values,
    )
    return text.encode(outlet.charset)


def _feed(outlet: Outlet, base: str, feed: Feed, shown: tuple[DemoArticle, ...]) -> Page:
    edition = _editions(outlet)[0]
    link_base = "" if feed.relative_links else base
    text = TEMPLATES.get_template(f"{feed.kind}.xml").render(
        outlet=outlet,
        words=edition.words,
        base=base,
        feed=feed,
        charset=outlet.charset,
        updated=shown[0].published,
        entries=[_listed(outlet, edition, link_base, article, feed.link_query) for article in shown],
    )
    kind = f"{FEED_MEDIA_TYPES[feed.kind]}; charset={outlet.charset}"
    return Page(text.encode(outlet.charset), kind, shown[0].published)


def _listed(outlet: Outlet, edition: Edition, link_base: str, article: DemoArticle, link_query: str = "") -> Listed:
    path = edition.prefix + article_path(outlet, article)
    joint = "&" if "?" in path else "?"
    return Listed(
        article.number,
        path,
        link_base + path + (joint + link_query if link_query else ""),
        edition.written(article.title),
        edition.written(summary(article.text)),
        article.published,
    )


def _content_type(outlet: Outlet) -> str:
    return f"text/html; charset={outlet.charset}" if outlet.charset_in == "header" else "text/html"


def _robots(outlet: Outlet, base: str, modified: dt.datetime) -> Page:
    lines = ["User-agent: *", "Disallow: /admin/", "Allow: /", ""]
    lines += [f"Sitemap: {base}{feed.path}" for feed in outlet.feeds if feed.kind == "sitemap"]
    return Page("\n".join(lines).encode() + b"\n", "text/plain; charset=utf-8", modified)

"""Sources, their feeds, and the articles fetched from them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt
from store.schema.codes import code_key


class Source(Base):
    """An outlet or institution of the registry, as last loaded. `id` is its domain. `looked_at` is when the crawler
    last looked whether an alarm is due over it; null before it could, which is after the first poll."""

    __tablename__ = "sources"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    jurisdiction: Mapped[str] = mapped_column(code_key("jurisdiction"))
    kind: Mapped[str] = mapped_column(code_key("source_kind"))
    languages: Mapped[list[str]]
    verified: Mapped[bool] = mapped_column(default=False)
    looked_at: Mapped[dt.datetime | None]


class Feed(Base):
    """One feed, sitemap, section page or changing page of a source, and how polling it goes. Never deleted for failing.

    `not_modified` counts the answers "not modified" since the body was last had; `lies_since` is when one of them was
    last found untrue: since then no condition is sent, but to find out now and then whether that is so still.
    `usual_gap_seconds` is how long the feed has been without a new item at the longest, of late. `wished_seconds` is
    the interval that the site asks for. `gone_since` is when it answered 410: its removal is proposed.
    `last_error_kind` is the kind of `last_error`: one of `crawlers.fetching.answers.FailureKind`, `not_a_feed` or
    `defect`. `note` is what was wrong with the document last read, though it could be read.
    """

    __tablename__ = "feeds"
    __table_args__ = (CheckConstraint("kind in ('rss', 'atom', 'sitemap', 'section', 'page')", name="kind"),)

    url: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    kind: Mapped[str]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None]
    interval_seconds: Mapped[int] = mapped_column(default=900)
    last_polled: Mapped[dt.datetime | None]
    last_success: Mapped[dt.datetime | None]
    last_new_item: Mapped[dt.datetime | None]
    next_poll: Mapped[dt.datetime | None] = mapped_column(index=True)
    failures: Mapped[float] = mapped_column(default=0.0)
    last_error: Mapped[str | None]
    failing_since: Mapped[dt.datetime | None]
    last_error_kind: Mapped[str | None]
    not_modified: Mapped[int] = mapped_column(server_default="0", default=0)
    lies_since: Mapped[dt.datetime | None]
    gone_since: Mapped[dt.datetime | None]
    usual_gap_seconds: Mapped[int | None]
    wished_seconds: Mapped[int | None]
    note: Mapped[str | None]


class FetchOutcome(Base):
    """What became of one item seen in a feed: exactly one row per URL, so that items seen are articles plus
    stated reasons. `failed_times` is how often in a row the item was taken up and failed; 0 where it did not."""

    __tablename__ = "fetch_outcomes"
    __table_args__ = (
        CheckConstraint("outcome in ('fetched', 'failed', 'refused', 'unusable')", name="outcome"),
        Index("ix_fetch_outcomes_source_id_at", "source_id", "at"),
    )

    url: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    article_id: Mapped[str | None] = mapped_column(index=True)
    outcome: Mapped[str]
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=1)
    failed_times: Mapped[int] = mapped_column(server_default="0", default=0)
    at: Mapped[CreatedAt]


class StoredArticle(Base):
    """The newest version of a published page, and where its fetched bytes lie in the archive.

    `extraction` is the method that took the text out of the page (`crawlers.extraction.methods`), `lead` what the site
    gives as its summary; both, and `author`, stay here and do not travel on the bus. `read_*` and `relevan*` hold the
    newest reading; an article that was read and is not relevant is the screened-out log. `read_jurisdictions` are the
    keys of the mentions events that reading sent out; `read_by` and `read_fallback` are `read_by` and `fallback` of
    `codebook.records.Reading`.
    """

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint("published_from in ('page', 'feed', 'url', 'fetch')", name="published_from"),
        CheckConstraint("script in ('Latn', 'Cyrl')", name="script"),
        Index("ix_articles_guid", "source_id", "guid"),
        Index("ix_articles_source_id_fetched", "source_id", "fetched"),
        Index("ix_articles_title", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    source_jurisdiction: Mapped[str | None] = mapped_column(code_key("jurisdiction"))
    source_kind: Mapped[str] = mapped_column(code_key("source_kind"))
    url: Mapped[str]
    guid: Mapped[str | None]
    title: Mapped[str]
    text: Mapped[str]
    text_truncated: Mapped[bool] = mapped_column(default=False)
    lang: Mapped[str | None]
    script: Mapped[str | None]
    published: Mapped[dt.datetime | None] = mapped_column(index=True)
    published_from: Mapped[str | None]
    fetched: Mapped[dt.datetime]
    content_hash: Mapped[str]
    archive_path: Mapped[str | None]
    archive_offset: Mapped[int | None]
    archive_length: Mapped[int | None]
    archive_sha256: Mapped[str | None]
    extraction: Mapped[str | None]
    author: Mapped[str | None]
    lead: Mapped[str | None]
    read_at: Mapped[dt.datetime | None]
    read_hash: Mapped[str | None]
    reader_version: Mapped[str | None]
    read_by: Mapped[str | None]
    read_fallback: Mapped[str | None]
    relevance: Mapped[float | None]
    relevant: Mapped[bool | None] = mapped_column(index=True)
    irrelevance_reason: Mapped[str | None] = mapped_column(code_key("irrelevance_reason"))
    read_jurisdictions: Mapped[list[str]] = mapped_column(server_default="{}", default=list)


class ArticleVersion(Base):
    """An earlier wording of an article, kept when a newer one replaces it."""

    __tablename__ = "article_versions"
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    fetched: Mapped[dt.datetime]


class PendingItem(Base):
    """An item seen in a feed whose outcome is not final: to be fetched at `due_at`, or again at `due_at`.

    It is written in the transaction that stores the feed's validators and deleted in the one that writes the final
    outcome, so that an item once seen is never lost. `url` is the normal form, `link` the address to fetch. `fresh`:
    the item appeared between two successful polls of its feed. `backfill`: a back-fill found it; it gives way.
    `away_since` is since when nothing of its site can be had; null while it can, as far as is known.
    """

    __tablename__ = "pending_items"
    __table_args__ = (Index("ix_pending_items_due", "host", "due_at"),)

    url: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    feed_url: Mapped[str]
    link: Mapped[str]
    host: Mapped[str]
    guid: Mapped[str | None]
    title: Mapped[str | None]
    published: Mapped[dt.datetime | None]
    fresh: Mapped[bool] = mapped_column(default=False)
    backfill: Mapped[bool] = mapped_column(server_default="false", default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    seen_at: Mapped[CreatedAt]
    due_at: Mapped[CreatedAt]
    away_since: Mapped[dt.datetime | None]

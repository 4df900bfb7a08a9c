"""What polling remembers of feeds besides their row: why an interval or a state changed, sitemaps of an index, and
how far a back-fill has come."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial


class FeedLogEntry(Base):
    """One change of a feed's interval or state, and its reason in words. The newest of every feed are kept."""

    __tablename__ = "feed_log"
    __table_args__ = (
        CheckConstraint("event in ('interval', 'failing', 'recovered', 'gone', 'lies')", name="event"),
        Index("ix_feed_log_feed_url_id", "feed_url", "id"),
    )

    id: Mapped[Serial]
    feed_url: Mapped[str] = mapped_column(ForeignKey("feeds.url"))
    at: Mapped[CreatedAt]
    event: Mapped[str]
    detail: Mapped[str]


class SitemapChild(Base):
    """A sitemap that an index names. `lastmod` is what the index stated when the sitemap was last read; `nested`: it
    was named by a sitemap of the index, not by the index itself. `named_at` is when it was last seen named, to a
    day."""

    __tablename__ = "sitemap_children"

    feed_url: Mapped[str] = mapped_column(ForeignKey("feeds.url"), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    nested: Mapped[bool] = mapped_column(default=False)
    named_at: Mapped[CreatedAt]
    lastmod: Mapped[dt.datetime | None]
    read_at: Mapped[dt.datetime | None]
    last_new_item: Mapped[dt.datetime | None]


class StrangerRequests(Base):
    """How often a site that belongs to no source was asked on a day of UTC. `site`: its registered domain."""

    __tablename__ = "stranger_requests"

    site: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    requests: Mapped[int]


class BackfillStep(Base):
    """One way back into a source's archive: a sitemap, or a section or feed read page by page. `address` is where it
    begins, `position` the page to read next. It is `done` when it has come to the beginning of its period or the end
    of the archive; `note` says which."""

    __tablename__ = "backfill_steps"
    __table_args__ = (
        CheckConstraint("way in ('sitemap', 'section', 'feed')", name="way"),
        CheckConstraint("state in ('open', 'done', 'failed')", name="state"),
        UniqueConstraint("feed_url", "address", "since", "until"),
        Index("ix_backfill_steps_state_due_at", "state", "due_at"),
    )

    id: Mapped[Serial]
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    feed_url: Mapped[str]
    way: Mapped[str]
    address: Mapped[str]
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    position: Mapped[str]
    page: Mapped[int] = mapped_column(default=1)
    listed: Mapped[list[str]] = mapped_column(server_default="{}", default=list)
    found: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="open")
    note: Mapped[str | None]
    due_at: Mapped[CreatedAt]

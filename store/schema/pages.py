"""Where every fetched page lies in the archive, and what became of it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base


class FetchedPage(Base):
    """One answer to the fetch of an item, as it lies in the archive: also one that gave no article, and one that
    brought an article unchanged.

    `url` is the item's, by which its outcome is found. `reason` says why the page is no article, null when it is
    `article_id`. `guid`, `title`, `published` and `fresh` are what its feed said of it (see `PendingItem`): reading the
    page again needs them.
    """

    __tablename__ = "fetched_pages"
    __table_args__ = (Index("ix_fetched_pages_source_id_fetched", "source_id", "fetched"),)

    archive_path: Mapped[str] = mapped_column(primary_key=True)
    archive_offset: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    archive_length: Mapped[int] = mapped_column(BigInteger)
    archive_sha256: Mapped[str]
    url: Mapped[str] = mapped_column(index=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    article_id: Mapped[str | None] = mapped_column(index=True)
    reason: Mapped[str | None]
    guid: Mapped[str | None]
    title: Mapped[str | None]
    published: Mapped[dt.datetime | None]
    fresh: Mapped[bool] = mapped_column(default=False)
    fetched: Mapped[dt.datetime] = mapped_column(index=True)

"""What each source brought day by day, the alarms over it, and what happened to each address."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial

ALARM_KINDS = ("silence", "failing", "gone", "robots", "unmodified", "yield", "language", "volume")
HAPPENINGS = ("listed", "postponed", "fetched", "failed", "refused", "unusable")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class SourceDay(Base):
    """One source on one day (UTC), each figure counted in the transaction of what it counts.

    Entries that its feeds listed are `listed` = `known` + `too_old` + `over_limit` + `no_address` + `seen`; entries
    seen end as `new`, `changed` or `unchanged` (an article), `failed`, `refused` or `unusable`, or are still pending,
    perhaps on a later day. `backfilled` of the seen ones are old ones that a back-fill found. `replayed` articles
    changed by being read from the archive again. `characters` are those of the texts of the fetched articles. An
    unchanged feed lists nothing.
    """

    __tablename__ = "source_days"

    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    polls: Mapped[int] = mapped_column(server_default="0")
    polls_failed: Mapped[int] = mapped_column(server_default="0")
    listed: Mapped[int] = mapped_column(server_default="0")
    known: Mapped[int] = mapped_column(server_default="0")
    too_old: Mapped[int] = mapped_column(server_default="0")
    over_limit: Mapped[int] = mapped_column(server_default="0")
    no_address: Mapped[int] = mapped_column(server_default="0")
    seen: Mapped[int] = mapped_column(server_default="0")
    backfilled: Mapped[int] = mapped_column(server_default="0")
    new: Mapped[int] = mapped_column(server_default="0")
    changed: Mapped[int] = mapped_column(server_default="0")
    unchanged: Mapped[int] = mapped_column(server_default="0")
    failed: Mapped[int] = mapped_column(server_default="0")
    refused: Mapped[int] = mapped_column(server_default="0")
    unusable: Mapped[int] = mapped_column(server_default="0")
    replayed: Mapped[int] = mapped_column(server_default="0")
    characters: Mapped[int] = mapped_column(BigInteger, server_default="0")


class SourceAlarm(Base):
    """Something wrong with a source: raised once, kept until it clears, and after that as history.

    `feed_url` is "" where the whole source is meant. `line` says what happened, `remedy` what to do. `normal` is the
    figure of the source's history that was left, where there is one: the alarm clears against it, so that a lasting
    fault does not become normal.
    """

    __tablename__ = "source_alarms"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ALARM_KINDS), name="kind"),
        Index(
            "ix_source_alarms_open",
            "source_id",
            "kind",
            "feed_url",
            unique=True,
            postgresql_where=text("cleared_at is null"),
        ),
    )

    id: Mapped[Serial]
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    feed_url: Mapped[str] = mapped_column(server_default="", default="")
    kind: Mapped[str]
    line: Mapped[str]
    remedy: Mapped[str]
    normal: Mapped[float | None]
    raised_at: Mapped[CreatedAt]
    cleared_at: Mapped[dt.datetime | None]


class ItemEvent(Base):
    """One thing that happened to an item, written in the transaction of its effect: a feed listed it, an attempt
    failed for the time being, or its outcome. `url` is the normal form. `address` is the link listed, or where the
    fetch ended; `stored` says whether the article was new, changed or unchanged."""

    __tablename__ = "item_events"
    __table_args__ = (CheckConstraint(_one_of("what", HAPPENINGS), name="what"),)

    id: Mapped[Serial]
    at: Mapped[CreatedAt]
    url: Mapped[str] = mapped_column(index=True)
    what: Mapped[str]
    feed_url: Mapped[str | None]
    address: Mapped[str | None]
    reason: Mapped[str | None]
    attempt: Mapped[int | None]
    article_id: Mapped[str | None] = mapped_column(index=True)
    stored: Mapped[str | None]

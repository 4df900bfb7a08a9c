"""The rules of review, what its readers found, and the audit of what the reading program kept from them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial
from store.schema.codes import code_key
from store.schema.collecting import StoredArticle


class ReviewRules(Base):
    """The one row of rules that hold for every process: which share of the screened-out articles people look at, and
    which items two people read. Shares are from 0 to 1. Without a row the defaults hold."""

    __tablename__ = "review_rules"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("audit_share between 0 and 1 and second_share between 0 and 1", name="shares"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    audit_share: Mapped[float] = mapped_column(server_default="0.01", default=0.01)
    second_share: Mapped[float] = mapped_column(server_default="0", default=0.0)
    second_types: Mapped[list[str]] = mapped_column(server_default="{}", default=list)
    second_fatal: Mapped[bool] = mapped_column(server_default="false", default=False)


class StoredReading(Base):
    """What one person made of an item that two people read. `facts` are null in a rejection, `reason` in an approval.

    `proposal` is what was proposed to the person; one made of another proposal than there is now counts no more.
    `settled_at` is when the item was decided: of an item that is reopened, the readings before count no more.
    """

    __tablename__ = "readings"
    __table_args__ = (
        CheckConstraint("part in ('first', 'second', 'adjudication')", name="part"),
        CheckConstraint("(facts is null) = (reason is not null)", name="approved_or_rejected"),
        Index(
            "ix_readings_one_each",
            "candidate_id",
            "by",
            unique=True,
            postgresql_where=text("settled_at is null"),
        ),
        Index("ix_readings_part_at", "part", "at"),
    )

    id: Mapped[Serial]
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True)
    version: Mapped[int]
    proposal: Mapped[dict[str, Any]]
    part: Mapped[str]
    by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    at: Mapped[CreatedAt]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[str | None] = mapped_column(code_key("rejection_reason"))
    comment: Mapped[str | None]
    settled_at: Mapped[dt.datetime | None]


class AuditItem(Base):
    """A screened-out article that a person looks at or has answered for. `share` is the share of the screened-out
    articles that was drawn then."""

    __tablename__ = "audit_items"
    __table_args__ = (
        CheckConstraint("answer in ('no_incident', 'missed')", name="answer"),
        CheckConstraint(
            "(answer is null) = (answered_by is null) and (answer is null) = (answered_at is null)", name="answered"
        ),
        CheckConstraint("(lease_owner is null) = (lease_until is null)", name="lease"),
        Index("ix_audit_items_answered_by_at", "answered_by", "answered_at"),
    )

    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    content_hash: Mapped[str]
    reader_version: Mapped[str | None]
    share: Mapped[float]
    lease_owner: Mapped[str | None] = mapped_column(ForeignKey("users.name"))
    lease_until: Mapped[dt.datetime | None]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("users.name"))
    answered_at: Mapped[dt.datetime | None]


Index("ix_articles_drawn", func.md5(StoredArticle.id), postgresql_where=text("relevant is false"))
"""By this the sample of the screened-out articles is found among millions."""

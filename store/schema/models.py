"""The models trained on people's decisions, what was made of them, and which of them reads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial
from store.schema.collecting import StoredArticle


class ModelOffer(Base):
    """A model that was trained, and what was made of it: nothing yet, taken, declined, or never offered.

    `made_at` is when its decisions were read, `decisions` how many there were since the run before. `folder` is its
    name below `models` in AVMP_HOME, `reader` the version of the reader that reads with it. `before` and `after` are
    what the model in use and this one reach: by the name of what was measured on, figures as
    `classifiers.evaluation.Scores`. `why` is one line on why it failed; without figures the training itself did.
    """

    __tablename__ = "model_offers"
    __table_args__ = (
        CheckConstraint("state in ('offered', 'taken', 'declined', 'failed')", name="state"),
        CheckConstraint("(state = 'failed') = (why is not null)", name="why_failed"),
        CheckConstraint("state = 'failed' or (reader is not null and after is not null)", name="offered_is_measured"),
        CheckConstraint("(state in ('taken', 'declined')) = (by is not null and at is not null)", name="by_a_person"),
        CheckConstraint("(before is null) = (after is null)", name="both_measured"),
    )

    id: Mapped[Serial]
    made_at: Mapped[dt.datetime]
    folder: Mapped[str]
    reader: Mapped[str | None]
    decisions: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[str]
    why: Mapped[str | None]
    by: Mapped[str | None] = mapped_column(ForeignKey("users.name"))
    at: Mapped[dt.datetime | None]


class ModelInUse(Base):
    """The one row that says which model reads; null, or no row, for the one that ships."""

    __tablename__ = "model_in_use"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("model_offers.id"))
    by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    at: Mapped[CreatedAt]


Index("ix_articles_read_at", StoredArticle.read_at)
"""By this the readers at work are found among millions of articles."""

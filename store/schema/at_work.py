"""What a monitor leaves half done, says to colleagues, and has set up for themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial


class StoredDraft(Base):
    """What a person typed into an item's form and has not sent. `version` is the candidate's version they typed it on;
    `turn` counts its savings, so that a second window of the same person does not overwrite the first. Deleted when the
    candidate is decided."""

    __tablename__ = "drafts"

    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), primary_key=True)
    user_name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    version: Mapped[int]
    turn: Mapped[int]
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[dt.datetime]


class Note(Base):
    """What somebody wrote beside a candidate for colleagues. A `question` keeps the item out of its asker's queue until
    somebody else has written there; `answered_at` says when."""

    __tablename__ = "notes"
    __table_args__ = (
        CheckConstraint("kind in ('note', 'question')", name="kind"),
        CheckConstraint("kind = 'question' or answered_at is null", name="only_questions_are_answered"),
    )

    id: Mapped[Serial]
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidates.id"), index=True)
    by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    at: Mapped[CreatedAt]
    kind: Mapped[str]
    text: Mapped[str]
    answered_at: Mapped[dt.datetime | None]


class Workplace(Base):
    """A person's own arrangement of the application. `keys` holds the keys that differ from the usual, by action;
    `remind_after` is in minutes, `language` that of the pages. `working_since` is when the present spell of reading
    began, `last_item_at` when the last item was opened in it."""

    __tablename__ = "workplaces"
    __table_args__ = (
        CheckConstraint("theme in ('system', 'light', 'dark')", name="theme"),
        CheckConstraint("remind_after between 5 and 600", name="remind_after"),
    )

    user_name: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    keys: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    theme: Mapped[str] = mapped_column(server_default="system")
    cover: Mapped[bool] = mapped_column(server_default=text("false"))
    remind_after: Mapped[int | None]
    language: Mapped[str | None]
    working_since: Mapped[dt.datetime | None]
    last_item_at: Mapped[dt.datetime | None]

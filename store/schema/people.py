"""Users of the review application, their sessions and sign-in links, and the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.schema.base import Base, CreatedAt, Serial


class User(Base):
    """A person who signs in. Without a password hash (argon2) only a sign-in link opens the account."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role in ('monitor', 'validator', 'analyst', 'administrator')", name="role"),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'", name="name"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    disabled_at: Mapped[dt.datetime | None]


class SignIn(Base):
    """A session of the web application, or a single-use sign-in link that has not become one. Only the hash of
    the token is stored (SHA-256, hex)."""

    __tablename__ = "sign_ins"
    __table_args__ = (CheckConstraint("kind in ('session', 'link')", name="kind"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    user_name: Mapped[str] = mapped_column(ForeignKey("users.name"), index=True)
    csrf_token: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[dt.datetime]


class FailedSignIn(Base):
    """A failed attempt to sign in, for rate limiting. Old rows are deleted as new ones come."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index("ix_failed_sign_ins_subject_at", "subject", "at"),)

    id: Mapped[Serial]
    subject: Mapped[str]
    at: Mapped[CreatedAt]


class AuditEntry(Base):
    """One thing somebody did. Append-only: a trigger refuses update and delete."""

    __tablename__ = "audit_trail"

    id: Mapped[Serial]
    at: Mapped[CreatedAt]
    actor: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    why: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

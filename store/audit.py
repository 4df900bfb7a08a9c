"""The append-only audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from store.schema import AuditEntry


def record(
    session: Session,
    actor: str,
    action: str,
    subject: tuple[str, str],
    *,
    why: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one entry in this transaction. `subject` is kind and id, `("candidate", "c1f…")`."""
    session.add(
        AuditEntry(
            actor=actor,
            action=action,
            subject_kind=subject[0],
            subject_id=subject[1],
            why=why,
            before=before,
            after=after,
        )
    )

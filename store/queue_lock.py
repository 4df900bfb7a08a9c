"""The lock under which a jurisdiction's reports are grouped, by the linker and by people alike."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.orm import Session

_LOCKING = select(func.pg_advisory_xact_lock(func.hashtext(bindparam("queue", type_=Text))))


def lock_queues(session: Session, jurisdictions: Iterable[str | None]) -> None:
    """Hold the queues of these jurisdictions until commit, in the one order that all keep. Nothing that changes which
    candidate a mention is in may lock a candidate before."""
    for key in sorted({jurisdiction or "-" for jurisdiction in jurisdictions}):
        session.execute(_LOCKING, {"queue": f"avmp.link.{key}"})

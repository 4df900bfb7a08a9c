"""The lock under which a jurisdiction's reports are grouped, by the linker and by people alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.orm import Session

_LOCKING = select(func.pg_advisory_xact_lock(func.hashtext(bindparam("queue", type_=Text))))


def lock_queues(session: Session, jurisdictions: Iterable[str | None]) -> None:
    """Hold the queues of these jurisdictions until commit, in the one order that all keep. Nothing that changes which
    candidate a mention is in may lock a candidate before."""
    for key in sorted({jurisdiction or "-" for jurisdiction in jurisdictions}):
        session.execute(_LOCKING, {"queue": f"avmp.link.{key}"})


def hold_queues(session: Session, concerned: Callable[[], set[str | None]]) -> None:
    """Hold the queues that a change concerns, when what they are can change until they are held. Locks are let go and
    taken anew then: to take one more would break the order."""
    while True:
        wanted = concerned()
        attempt = session.begin_nested()
        lock_queues(session, wanted)
        if concerned() <= wanted:
            attempt.commit()
            return
        attempt.rollback()

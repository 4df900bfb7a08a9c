"""Rows that a transaction writes together at its end.

Storing one page writes half a dozen rows that nothing reads before the transaction ends. For the pages of one
transaction they are rows of the same few statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

Row = dict[str, Any]
Write = Callable[[Session, list[Row]], None]
"""Writes rows of one kind."""

_WAITING = "rows that wait"


@contextmanager
def gathering(session: Session) -> Iterator[None]:
    """Within the block rows given to `write` wait; at its end they are written. An error loses them with the
    transaction."""
    waiting: dict[Write, list[Row]] = {}
    session.info[_WAITING] = waiting
    try:
        yield
    finally:
        del session.info[_WAITING]
    for how, rows in waiting.items():
        how(session, rows)


def write(session: Session, how: Write, row: Row) -> None:
    """Writes a row: within `gathering` at its end, otherwise now."""
    waiting: dict[Write, list[Row]] | None = session.info.get(_WAITING)
    if waiting is None:
        how(session, [row])
    else:
        waiting.setdefault(how, []).append(row)

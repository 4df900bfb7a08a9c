"""The place of the one crawler of a database: an advisory lock, held by a connection of its own.

A second crawler would visit the same hosts twice as often as they were promised.
"""

from __future__ import annotations

from typing import Self

from psycopg2.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from codebook.errors import Conflict
from store.database import Database, unanswered

CRAWLER_LOCK = 0x6372776C
"""Key of the lock: "crwl"."""

LOCK_WAIT = "10s"
"""How long a starting crawler waits for the lock: the server needs a moment to notice that a killed one is gone."""


def crawler_is_running(database: Database) -> bool:
    """Whether a crawler has its place in this database now.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with database.session() as session:
        free = session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": CRAWLER_LOCK})
    return not free


class CrawlerPlace:
    """A context manager; the database frees the place when the process dies.

    Raises:
        Conflict: another crawler has it.
        StoreUnavailable: the database does not answer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        self.keep()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def keep(self) -> None:
        """Makes sure that the place is still ours: takes it again when the connection that held it broke.

        Raises:
            Conflict, StoreUnavailable: as above.
        """
        try:
            if self._connection is None:
                self._connection = self._database.engine.connect()
                self._connection.execute(text(f"set lock_timeout = '{LOCK_WAIT}'"))
                self._connection.execute(text("select pg_advisory_lock(:key)"), {"key": CRAWLER_LOCK})
            else:
                self._connection.execute(text("select 1"))
            self._connection.commit()
        except DBAPIError as error:
            self._leave()
            if isinstance(error.orig, LockNotAvailable):
                remedy = "stop it, or let it do the work"
                raise Conflict(f"another crawler is running on this database: {remedy}") from None
            raise unanswered(error) from error

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # closes the connection itself, and with it the lock
            self._connection.close()
            self._connection = None

"""The connection to PostgreSQL: one engine per process, sessions as transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.errors import DeadlockDetected
from pydantic_core import from_json
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from codebook.errors import BadSettings, StoreUnavailable, first_line

DRIVER = "postgresql+psycopg2"


class Database:
    """PostgreSQL at a SQLAlchemy URL (`postgresql+psycopg2://…`)."""

    def __init__(self, url: str) -> None:
        if not url.startswith(f"{DRIVER}://"):
            raise BadSettings("settings", "database_url", url, f"write {DRIVER}://user@host/database")
        self.url = url
        # Documents are most of what linking reads, and pydantic parses them several times as fast as `json`.
        self.engine = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, json_deserializer=from_json)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that commits when its block ends and rolls back when it raises.

        Raises:
            StoreUnavailable: the server does not answer or went away; the transaction had no effect, unless the
                connection broke during the commit itself, where it may have had: effects are idempotent for that.
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as error:
            raise unanswered(error) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("the database went away: %(error)s", error=first_line(error.orig)) from error
            raise

    def close(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()


def unanswered(error: DBAPIError) -> StoreUnavailable:
    """The error of ours for a server that does not answer, or that ended this one of two transactions that waited for
    each other."""
    if isinstance(error.orig, DeadlockDetected):
        return StoreUnavailable("someone changed the same in the same moment, and nothing of this was kept: try again")
    return StoreUnavailable("the database does not answer: %(error)s", error=first_line(error.orig))

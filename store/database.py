"""The connection to PostgreSQL: one engine per process, sessions as transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from codebook.errors import BadSettings, StoreUnavailable

DRIVER = "postgresql+psycopg2"


class Database:
    """PostgreSQL at a SQLAlchemy URL (`postgresql+psycopg2://…`)."""

    def __init__(self, url: str) -> None:
        if not url.startswith(f"{DRIVER}://"):
            raise BadSettings("settings", "database_url", url, f"write {DRIVER}://user@host/database")
        self.url = url
        self.engine = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)

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
            raise StoreUnavailable(f"the database does not answer: {_first_line(error)}") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable(f"the database went away: {_first_line(error)}") from error
            raise

    def close(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else str(error)

"""PostgreSQL's errors as the bus's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from codebook.errors import BusError, BusUnavailable, first_line


@contextmanager
def bus_errors() -> Iterator[None]:
    """Raises `BusUnavailable` for a server that does not answer or went away, `BusError` for anything else."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or _is_transient(error.orig):
            raise BusUnavailable(f"the embedded bus does not answer: {first_line(error.orig)}") from error
        raise BusError(f"the embedded bus: {first_line(error.orig)}") from error
    except psycopg2.Error as error:  # from `Connection.poll`, which SQLAlchemy does not wrap
        raise BusUnavailable(f"the embedded bus went away: {first_line(error)}") from error
    except SQLAlchemyError as error:
        raise BusUnavailable(f"the embedded bus does not answer: {first_line(error)}") from error


def _is_transient(error: BaseException | None) -> bool:
    return isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)

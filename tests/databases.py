"""Databases for tests: made on a server, gone after use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import psutil
import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import make_url

_numbers = count()


@contextmanager
def made_database(server_url: str, template: str = "template0") -> Iterator[str]:
    """Address of a new database on the server, dropped afterwards, whoever still uses it."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with connected(server_url) as server:
        server.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with connected(server_url) as server:
            server.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def connected(url: str) -> Iterator[connection]:
    """A connection that commits every statement."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    made = psycopg2.connect(address)
    made.autocommit = True
    try:
        yield made
    finally:
        made.close()


def make_hasty(server_url: str) -> None:
    """Durability is not needed of what each test throws away."""
    with connected(server_url) as server:
        server.cursor().execute("ALTER SYSTEM SET fsync = off")
        server.cursor().execute("SELECT pg_reload_conf()")


def drop_leftovers(server_url: str) -> None:
    """Drops the databases of test runs that were killed."""
    with connected(server_url) as server, server.cursor() as cursor:
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'test\_%\_%'")
        for (name,) in cursor.fetchall():
            if not psutil.pid_exists(int(name.split("_")[1])):
                with suppress(psycopg2.errors.InvalidCatalogName):  # another run was quicker
                    cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

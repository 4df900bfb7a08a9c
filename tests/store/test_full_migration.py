"""A database in use since the first releases, with a row in every table, comes to the newest revision and loses none."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, inspect, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import sqltypes

from store.migrations import downgrade, upgrade

AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
OWN_SCHEMAS = ("bus",)

WORDS: dict[str, Any] = {
    "jurisdiction": "XK", "source_jurisdiction": "XK", "kind": "media", "source_kind": "media", "incident_type": "criminal_context",
    "subtype": "armed_robbery", "weapon": "handgun", "sex": "female", "outcome": "injured", "relation": "stranger",
    "languages": ["sq"], "place_type": "home", "possession": "illegal", "time_of_day": "night", "where": "inland",
    "date_precision": "day", "geo_precision": 1, "age": 30, "script": "Latn", "published_from": "page",
    "state": "approved",
}  # fmt: skip
"""What a column of this name holds, wherever that is checked."""

OF_TABLE: dict[str, dict[str, Any]] = {
    "feeds": {"kind": "rss"},
    "sign_ins": {"kind": "session"},
    "candidates": {"kind": "update", "superseded_by": None, "rejection_reason": None},
    "incident_persons": {"role": "victim", "status": None},
    "processed_events": {"outcome": "done"},
    "fetch_outcomes": {"outcome": "fetched"},
    "users": {"role": "validator"},
    "articles": {"irrelevance_reason": None},
}
"""What a table holds where that differs."""

MADE_UP: dict[type, Any] = {
    sqltypes.Boolean: True, sqltypes.Integer: 1, sqltypes.Float: 1.0, sqltypes.DateTime: AT, sqltypes.Date: AT.date(),
    postgresql.INTERVAL: dt.timedelta(days=1), sqltypes.LargeBinary: b"1", sqltypes.JSON: {"a": 1},
    sqltypes.ARRAY: ["1"], sqltypes.String: "1",
}  # fmt: skip
"""What every other column holds. Keys are equal, so that each foreign one leads to the one row there is."""

Rows = dict[str, list[dict[str, Any]]]


def test_a_row_of_every_table_comes_through_and_back(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "0002")
    with create_engine(empty_database_url, poolclass=NullPool).begin() as connection:
        for table in tables(connection):
            if not table.name.startswith("code_"):
                connection.execute(table.insert().values(row_of(table)))
    before = everything(empty_database_url)
    assert all(before.values()), "no table is empty"
    upgrade(empty_database_url)
    assert_holds(everything(empty_database_url), before)
    downgrade(empty_database_url, "0002")
    assert_holds(everything(empty_database_url), before)


def assert_holds(now: Rows, before: Rows) -> None:
    """Every row that there was is there, with what it held."""
    for name, rows in before.items():
        kept = [{column: row[column] for column in rows[0]} for row in now[name]]
        assert all(row in kept for row in rows), name


def tables(connection: Connection) -> list[Table]:
    """The tables of a database, each behind those that it refers to."""
    found = MetaData()
    for schema in (None, *OWN_SCHEMAS):
        found.reflect(connection, schema=schema)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def row_of(table: Table) -> dict[str, Any]:
    given = WORDS | OF_TABLE.get(table.name, {})
    return {column.name: given.get(column.name, _made_up(column.type)) for column in table.columns}


def _made_up(kind: Any) -> Any:
    return next(value for of, value in MADE_UP.items() if isinstance(kind, of))


def everything(url: str) -> Rows:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert "alembic_version" in inspect(connection).get_table_names()
        return {
            table.fullname: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables(connection)
        }

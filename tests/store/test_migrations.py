"""The migrations make exactly the tables that the program declares, and take them all away again."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from codebook.codes import code_lists
from codebook.errors import StoreUnavailable
from store.migrations import downgrade, head, upgrade
from store.schema import CODE_TABLES, Base


def _tables(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    inspector = inspect(engine)
    return {
        f"{schema}.{table}"
        for schema in inspector.get_schema_names()
        if schema != "information_schema"
        for table in inspector.get_table_names(schema)
    }


def test_the_migrations_make_the_declared_schema(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "compare_server_default": True, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert connection.scalar(text("select version_num from alembic_version")) == head()


def test_every_check_of_the_declared_schema_is_made(empty_database_url: str) -> None:
    upgrade(empty_database_url)  # comparing as above does not see checks
    inspector = inspect(create_engine(empty_database_url, poolclass=NullPool))
    for table in Base.metadata.sorted_tables:
        declared = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        made = {c["name"] for c in inspector.get_check_constraints(table.name, table.schema)}
        assert made == declared, table.name


def test_down_leaves_nothing_and_up_comes_again(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url)
    assert _tables(empty_database_url) == {"public.alembic_version"}
    upgrade(empty_database_url)
    assert "bus.messages" in _tables(empty_database_url)


def test_the_code_tables_hold_the_codebook(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    upgrade(empty_database_url)
    with create_engine(empty_database_url, poolclass=NullPool).connect() as connection:
        for name, table in CODE_TABLES.items():
            codes = connection.execute(table.select().order_by(table.c.position)).all()
            assert [row.code for row in codes] == list(code_lists()[name].codes)


def test_processes_that_migrate_at_once_wait_for_each_other(empty_database_url: str) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            upgrade(empty_database_url)
        except BaseException as error:  # noqa: BLE001  brought to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_audit_trail_takes_no_change(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("insert into audit_trail (actor, action, subject_kind, subject_id) values ('a', 'b', 'c', 'd')")
        )
    for statement in ("update audit_trail set actor = 'x'", "delete from audit_trail", "truncate audit_trail"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))


def test_no_server_is_one_clear_line() -> None:
    with pytest.raises(StoreUnavailable, match="does not answer") as raised:
        upgrade("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    assert "\n" not in str(raised.value)

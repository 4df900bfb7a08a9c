"""Schema migrations (Alembic) and the code tables that every migration fills from the codebook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from codebook.codes import code_lists
from codebook.errors import NotMigrated
from store.database import unanswered
from store.schema import CODE_TABLES

MIGRATION_LOCK = 0x61766D70
"""Key of the advisory lock ("avmp") that keeps two processes from migrating at once."""


def upgrade(url: str) -> None:
    """Bring the schema to the newest revision and the code tables to the codebook.

    Safe to call from several processes at once: the second waits and finds nothing to do.
    """
    with _migrating(url) as (connection, config):
        command.upgrade(config, "head")
        _fill_code_tables(connection)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the schema back to `revision`; at `base` nothing of ours is left."""
    with _migrating(url) as (_, config):
        command.downgrade(config, revision)


def head() -> str:
    """The newest revision this program knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def require_head(engine: Engine) -> None:
    """Raises `NotMigrated` when the database is not at the newest revision, `StoreUnavailable` when it does not
    answer."""
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise unanswered(error) from error
    if found == head():
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise NotMigrated(f"the database is at revision {found}, newer than this program knows: update the program")
    raise NotMigrated(f"the database is at revision {found or 'none'}, not at {head()}: run `avmp migrate`")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("store") / "migrations"))
    return config


@contextmanager
def _migrating(url: str) -> Iterator[tuple[Connection, Config]]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()
            config = _config()
            config.attributes["connection"] = connection
            yield connection, config
            connection.commit()
    except OperationalError as error:
        raise unanswered(error) from error
    finally:
        engine.dispose()


def _fill_code_tables(connection: Connection) -> None:
    for name in sorted(CODE_TABLES, key=lambda n: n == "subtype"):
        rows = [
            {"code": c.code, "position": i, "name": c.name, "definition": c.definition}
            | ({"parent": c.parent} if name == "subtype" else {})
            for i, c in enumerate(code_lists()[name].codes.values())
        ]
        statement = insert(CODE_TABLES[name])
        changed = {column: statement.excluded[column] for column in rows[0] if column != "code"}
        connection.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed), rows)

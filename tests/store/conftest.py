from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from store.database import Database
from store.users import add_user


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with a monitor `ana`, a monitor `boro` and a validator `vera`."""
    opened = Database(database_url)
    with opened.session() as session:
        for name, role in (("ana", "monitor"), ("boro", "monitor"), ("vera", "validator")):
            add_user(session, name, role, by="test")
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session on `database` that lasts as long as the test."""
    with database.session() as opened:
        yield opened

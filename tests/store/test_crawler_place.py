"""One crawler a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from codebook.errors import Conflict, StoreUnavailable
from store import crawler_place
from store.crawler_place import CrawlerPlace
from store.database import Database


@pytest.fixture(autouse=True)
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler_place, "LOCK_WAIT", "200ms")


@pytest.fixture
def databases(database_url: str) -> Iterator[tuple[Database, Database]]:
    one, other = Database(database_url), Database(database_url)
    yield one, other
    one.close()
    other.close()


def break_connections(database: Database) -> None:
    """Ends all connections to the database but this one, as a restart of the server does."""
    ending = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with database.session() as session:
        session.execute(text(ending))


def test_the_second_is_refused_while_the_first_is_there(databases: tuple[Database, Database]) -> None:
    one, other = databases
    refused = pytest.raises(Conflict, match="another crawler is running on this database: stop it")
    with CrawlerPlace(one) as held, refused, CrawlerPlace(other):
        held.keep()
    with CrawlerPlace(other) as held:
        held.keep()


def test_the_place_is_taken_again_after_the_database_was_away(databases: tuple[Database, Database]) -> None:
    one, other = databases
    with CrawlerPlace(one) as held:
        break_connections(other)
        with pytest.raises(StoreUnavailable, match="the database does not answer"):
            held.keep()
        held.keep()
        refused = pytest.raises(Conflict)
        with refused, CrawlerPlace(other):
            pass


def test_the_place_is_lost_to_one_who_took_it_meanwhile(databases: tuple[Database, Database]) -> None:
    one, other = databases
    with CrawlerPlace(one) as held:
        break_connections(other)
        with CrawlerPlace(other):
            with pytest.raises(StoreUnavailable):
                held.keep()
            with pytest.raises(Conflict):
                held.keep()

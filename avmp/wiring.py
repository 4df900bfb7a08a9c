"""From settings to a running database and bus: embedded where no address is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from avmp.settings import Settings
from codebook.errors import AvmpError
from pipeline.bus import Bus, connect
from pipeline.topics import TOPICS
from store.database import Database
from store.embedded import exists, serve
from store.migrations import require_head, upgrade


class NothingThere(AvmpError):
    """A command is to work with what is stored, and nothing ever was."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """The addresses of this run, and a connection to each."""

    database: Database
    bus_address: str

    @contextmanager
    def bus(self) -> Iterator[Bus]:
        """The bus, closed at the end."""
        with connect(self.bus_address) as bus:
            yield bus


@contextmanager
def wired(settings: Settings, *, existing: bool = False) -> Iterator[Wiring]:
    """The database and the bus of the settings.

    The embedded database is started, or joined, and migrated; one at an address is taken as `avmp migrate` left it.
    Whoever needs what is stored already takes an `existing` one alone: a home without one is a mistaken one.

    Raises:
        NothingThere: there is no embedded database at home, and an existing one is asked for.
        EmbeddedServerError: the embedded server cannot be used.
        StoreUnavailable, BusUnavailable: an address does not answer.
        NotMigrated: the database at an address is not of this program's revision.
    """
    if settings.database is not None:
        yield from _open(settings, settings.database)
        return
    if existing and not exists(settings.home):
        raise NothingThere(
            f"{settings.home}: there is no database: set AVMP_HOME to the folder of one, or begin with `avmp demo`"
        )
    with serve(settings.home) as url:
        migrate(url, settings.bus or url)
        yield from _open(settings, url)


def migrate(database_url: str, bus_address: str) -> None:
    """Bring the database's schema, its code tables and the bus's topics up to date."""
    upgrade(database_url)
    with connect(bus_address) as bus:
        bus.ensure_topics(TOPICS)


def _open(settings: Settings, url: str) -> Iterator[Wiring]:
    database = Database(url)
    try:
        require_head(database.engine)
        yield Wiring(database, settings.bus or url)
    finally:
        database.close()

"""The embedded server as its users see it: join, use, leave."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import psycopg2
from sqlalchemy import URL

from codebook.errors import EmbeddedServerError, StoreUnavailable
from store.embedded.account import account
from store.embedded.cluster import ROLE, Cluster
from store.embedded.failures import disk_full, explained, tells_disk_full
from store.embedded.locks import UserLock, exclusive
from store.embedded.place import PORT, Place, place

_log = logging.getLogger(__name__)

DATABASE = "avmp"

_WATCH_INTERVAL = 1.0
"""Seconds between two looks of a user at the server it uses."""


def default_home() -> Path:
    """The home of this machine's data: AVMP_HOME, or .avmp in the working directory."""
    return Path(os.environ.get("AVMP_HOME") or ".avmp").absolute()


@contextmanager
def serve(home: Path | None = None) -> Iterator[str]:
    """Yields the SQLAlchemy address of the server of `home`, which runs for as long as anybody uses it.

    Raises EmbeddedServerError when the disk is full, or the folder somebody else's, another version's, damaged.
    """
    with EmbeddedServer(home or default_home()) as server:
        yield server.url


def exists(home: Path) -> bool:
    """Whether the database of `home` was ever made."""
    return os.path.lexists(home / "database")


def remove(home: Path) -> None:
    """Deletes the database of `home`, if there is one.

    Raises EmbeddedServerError while anybody uses it.
    """
    link = home / "database"
    if not exists(home):
        return
    where = place(home, account())
    with exclusive(where.start_lock):
        user = UserLock(where.users_lock)
        try:
            if not user.is_last():
                raise EmbeddedServerError(f"{where.directory}: is in use: stop the programs that use it first")
            Cluster(where).stop()
            where.remove()
            link.unlink(missing_ok=True)
        finally:
            user.release()


_DYING_SECONDS = 1.0
"""The kernel takes milliseconds to end a killed server, a busy machine longer."""


class EmbeddedServer:
    """One use of the server of a home.

    Entering joins the server, starting it if nobody has; leaving stops it if nobody else uses it. While it is
    used, a server that was killed is started again.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process = os.getpid()
        self._leaving = threading.Event()

    def __enter__(self) -> EmbeddedServer:
        self._place = place(self._home, account())
        self._cluster = Cluster(self._place)
        with explained(self._place.directory), exclusive(self._place.start_lock):
            self._user = UserLock(self._place.users_lock)
            try:
                self.url = self._joined()
            except BaseException:
                self._leave()
                raise
        self._watch = threading.Thread(target=self._keep_running, name="embedded server watch", daemon=True)
        self._watch.start()
        return self

    def _joined(self) -> str:
        """The address of the running server. One that was being killed as we joined still looked alive: it is given a
        moment to be gone, and started again."""
        self._cluster.ensure_running()
        try:
            return _address(self._place)
        except StoreUnavailable:
            time.sleep(_DYING_SECONDS)
            self._cluster.ensure_running()
            return _address(self._place)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.getpid() != self._process:  # a forked child shares its parent's use and does not end it
            return
        self._leaving.set()
        self._watch.join()
        with exclusive(self._place.start_lock):
            self._leave()

    def _leave(self) -> None:
        try:
            if self._user.is_last():
                self._cluster.stop()
        finally:
            self._user.release()

    def _keep_running(self) -> None:
        told = False
        while not self._leaving.wait(_WATCH_INTERVAL):
            if self._cluster.postmaster() is not None:
                continue
            try:
                with exclusive(self._place.start_lock):
                    self._cluster.ensure_running()
                told = False
            except EmbeddedServerError as error:
                if not told:
                    _log.error("the database has stopped and does not start again: %s", error)
                told = True


def _address(place: Place) -> str:
    """The address of our database, which is made if the server has just been initialised."""
    socket = str(place.socket_directory())
    try:
        _ensure_database(socket)
    except psycopg2.Error as error:
        told = " ".join(str(error).split())
        if tells_disk_full(told):
            raise disk_full(place.directory) from error
        raise StoreUnavailable(f"{place.directory}: the database does not answer ({told}): try again") from error
    url = URL.create("postgresql+psycopg2", username=ROLE, database=DATABASE, query={"host": socket, "port": str(PORT)})
    return url.render_as_string()


def _ensure_database(socket: str) -> None:
    connection = psycopg2.connect(host=socket, port=PORT, user=ROLE, dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} STRATEGY file_copy")
    finally:
        connection.close()

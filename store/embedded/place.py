"""Where the database of a home lies.

    home/database/            an ordinary user's; for root a link to /var/lib/avmp/<name of home>-xxxxxxxx
        data/                 PostgreSQL's data directory
        log/                  the server's log, a file for each day of the week
        start.log             what the server said before its log was open
        run/                  the server's socket; were its path too long, the file `socket` names another folder
        start.lock            held by whoever starts or stops the server
        users.lock            shared by the server's users

Only these are ever given to anybody or closed to anybody: no folder above them is touched.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from codebook.errors import EmbeddedServerError
from store.embedded.account import Account, owner_name
from store.embedded.failures import explained, not_ours
from store.embedded.installation import SYSTEM_DIRECTORY, system_directory
from store.embedded.locks import exclusive

PORT = 5432
"""The number in the socket's name; no port of the machine is opened."""

SOCKET_NAME = f".s.PGSQL.{PORT}"
_LONGEST_SOCKET_PATH = 107
"""Bytes of a socket's path on Linux, `sun_path` in unix(7) less the closing zero."""


@dataclass(frozen=True)
class Place:
    """The folder of one database and the account that owns it."""

    directory: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @property
    def start_log(self) -> Path:
        return self.directory / "start.log"

    @property
    def start_lock(self) -> Path:
        return self.directory / "start.lock"

    @property
    def users_lock(self) -> Path:
        return self.directory / "users.lock"

    def make_folder(self, folder: Path) -> None:
        """Makes `folder`, for the account alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        _give(folder, self.account)

    def socket_directory(self) -> Path:
        """The folder of the server's socket, made if need be: beside the data where its path is short enough."""
        beside = self.directory / "run"
        if len(os.fsencode(beside / SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
            self.make_folder(beside)
            return beside
        note = self.directory / "socket"
        if note.exists():
            noted = Path(note.read_text())
            if _is_private(noted, self.account):
                return noted
        made = Path(tempfile.mkdtemp(prefix="avmp-"))
        _give(made, self.account)
        note.write_text(str(made))
        return made

    def remove(self) -> None:
        """Deletes the database and all that lies with it."""
        shutil.rmtree(self.socket_directory())
        shutil.rmtree(self.directory)


def place(home: Path, account: Account) -> Place:
    """The place of the database of `home`, made if it is absent.

    Raises EmbeddedServerError when it is somebody else's, has lost its data, or cannot be made.
    """
    link = home / "database"
    with explained(home):
        home.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            _make_for_root(link, account)
        elif not os.path.lexists(link):
            link.mkdir(mode=0o700, exist_ok=True)
    directory = link.resolve()
    try:
        owned = account.owns(directory)
    except PermissionError:
        raise not_ours(directory, "another user") from None
    except FileNotFoundError:
        raise EmbeddedServerError(
            f"{directory}: is gone, though {link} names it: bring it back, or remove {link} to begin anew"
        ) from None
    if not owned:
        raise not_ours(directory, owner_name(directory))
    return Place(directory, account)


def _make_for_root(link: Path, account: Account) -> None:
    if os.path.lexists(link):
        return
    with explained(SYSTEM_DIRECTORY), exclusive(system_directory() / ".placing"):
        if os.path.lexists(link):
            return
        name = re.sub(r"[^\w.-]+", "-", str(link.parent.resolve())).strip("-.")[-48:]
        made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=SYSTEM_DIRECTORY))
        _give(made, account)
        link.symlink_to(made)


def _give(folder: Path, account: Account) -> None:
    if os.geteuid() == 0:
        os.chown(folder, account.uid, account.gid)


def _is_private(folder: Path, account: Account) -> bool:
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    return status.st_uid == account.uid and status.st_mode & 0o777 == 0o700

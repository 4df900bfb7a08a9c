"""Who runs the server: PostgreSQL refuses root, so root hands it to a system user."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from codebook.errors import EmbeddedServerError

NAME = "avmp"
"""The system user that runs the server when root starts the program."""


@dataclass(frozen=True)
class Account:
    """The user and group that own the data and run PostgreSQL's programs."""

    uid: int
    gid: int

    def owns(self, directory: Path) -> bool:
        return directory.stat().st_uid == self.uid

    def credentials(self) -> dict[str, object]:
        """The arguments of `subprocess` that make a child run as this account, also when root starts it."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account() -> Account:
    """The present user, or the system user when the present one is root.

    Raises EmbeddedServerError when root cannot make the system user.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    entry = _entry() or _created()
    return Account(entry.pw_uid, entry.pw_gid)


def owner_name(directory: Path) -> str:
    """The owner of `directory` for a person to read."""
    uid = directory.stat().st_uid
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"
    return f"root, through the system user {NAME}" if name == NAME else f"user {name}"


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd:
    command = shutil.which("useradd", path=os.defpath + ":/usr/sbin:/sbin")
    if command is not None:
        subprocess.run(
            [command, *["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"], NAME],
            capture_output=True,
            check=False,  # another process may have been quicker: what counts is that the user is there
        )
    entry = _entry()
    if entry is None:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root and the system user {NAME} cannot be made: make a system user "
            f"named {NAME}, or run the program as an ordinary user"
        )
    return entry

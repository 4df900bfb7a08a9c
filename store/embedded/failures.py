"""What went wrong, in one line that names the directory and the remedy."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codebook.errors import EmbeddedServerError

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DISK_FULL_TEXT = ("No space left on device", "Disk quota exceeded", "File too large")
# A client that was turned away meanwhile is no reason. The last form is said without a level, before logging begins.
_REASON = re.compile(
    r"(?:FATAL|PANIC|fatal|error): +(?!the database system is)(?P<logged>.+)|but (?P<early>could not .+)"
)


def disk_full(directory: Path) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{directory}: the disk is full: free some space there, or set AVMP_HOME to a folder on a larger disk"
    )


def not_ours(directory: Path, owner: str) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{directory}: belongs to {owner}: run the program as its owner, or set AVMP_HOME to a folder of your own"
    )


def other_version(directory: Path, found: str, ours: str) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{directory}: holds data of PostgreSQL {found}, and this program runs PostgreSQL {ours}: export it with "
        f"the program that wrote it, or set AVMP_HOME to a new folder"
    )


def damaged(directory: Path, reason: str) -> EmbeddedServerError:
    return EmbeddedServerError(
        f"{directory}: the database does not start ({reason}): restore the folder from a backup, or move it away "
        f"to begin anew"
    )


def tells_disk_full(output: str) -> bool:
    return any(text in output for text in _DISK_FULL_TEXT)


def from_output(directory: Path, output: str, what: str) -> EmbeddedServerError:
    """The error that the output of a PostgreSQL program tells; `what` is said when it tells none."""
    if tells_disk_full(output):
        return disk_full(directory)
    # The first cause is the telling one: what follows it is "startup process exited" and the like.
    first = _REASON.search(output)
    return damaged(directory, (first["logged"] or first["early"]).strip().rstrip(".") if first else what)


@contextmanager
def explained(directory: Path) -> Iterator[None]:
    """Raises EmbeddedServerError in place of an operating system's refusal to touch `directory`."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise disk_full(directory) from error
        raise EmbeddedServerError(
            f"{directory}: cannot be used ({error.strerror or error}): give this user the right to write there, "
            f"or set AVMP_HOME to another folder"
        ) from error

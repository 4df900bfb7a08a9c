"""Locks that the kernel releases when their holder ends, however it ends (flock)."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds `path` alone, waiting for as long as another holds it."""
    while True:
        handle = _opened(path)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _log.debug("waiting for another process to let go of %s", path)
                fcntl.flock(handle, fcntl.LOCK_EX)
            if not _is_still(path, handle):  # removed while we waited: the lock we got guards nothing
                continue
            yield
            return
        finally:
            os.close(handle)


class UserLock:
    """The mark of one user of the server: shared with the other users, gone when this process is."""

    def __init__(self, path: Path) -> None:
        """Takes the mark; the start lock is held, so nobody is asking at this moment whether he is the last."""
        self._handle = _opened(path)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether no other user is left; the mark itself may be lost by asking, so ask only when leaving."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        os.close(self._handle)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False

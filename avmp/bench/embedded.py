"""A database server of a measurement's own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.embedded import remove, serve


@contextmanager
def server() -> Iterator[str]:
    """The address of an embedded server, gone with its data afterwards."""
    with tempfile.TemporaryDirectory(prefix="avmp-bench-") as folder:
        home = Path(folder) / "home"
        try:
            with serve(home) as url:
                yield url
        finally:
            remove(home)

"""A home of the embedded server's own, apart from the one that serves the other tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.embedded import remove


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose database is initialised by its first user; every test leaves it stopped and whole."""
    home = tmp_path_factory.mktemp("embedded") / "home"
    yield home
    remove(home)

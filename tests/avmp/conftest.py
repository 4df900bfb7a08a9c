from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Avmp = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def avmp(database_url: str, tmp_path: Path) -> Avmp:
    """Runs the program as a person does, in an empty folder, on a database of the test's own."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AVMP_")}
        return subprocess.run(
            [sys.executable, "-m", "avmp", *arguments],
            env=kept | {"AVMP_DATABASE": database_url} | environment,
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run

"""Other programs that use a home, and what the machine knows of its server."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from tests.databases import connected

ROOT = Path(__file__).parents[3]

AS_NOBODY = [
    "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
    # The checkout and the interpreter may lie under a home that root alone may enter.
    "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search",
]  # fmt: skip
"""Runs a command as an ordinary user, when root runs the tests."""


class Program:
    """A program that uses the server of a home."""

    def __init__(self, home: Path, prefix: Sequence[str] = (), **options: Any) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.store.embedded.joining", str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    def said(self) -> str:
        """The address it has joined at, or its error; waits until it says so."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def program(home: Path, prefix: Sequence[str] = (), **options: Any) -> Iterator[Program]:
    started = Program(home, prefix, **options)
    try:
        yield started
    finally:
        if started.process.returncode is None:
            started.process.communicate()


def postmaster(home: Path) -> psutil.Process | None:
    """The server's first process, None when the server does not run."""
    try:
        number = int((home / "database" / "data" / "postmaster.pid").read_text().split("\n")[0])
        process = psutil.Process(number)
        return process if process.name() == "postgres" and runs(process) else None
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


def runs(process: psutil.Process | None) -> bool:
    """Whether a process is alive; a zombie that nobody reaps is not."""
    assert process is not None
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def ended(process: psutil.Process | None) -> bool:
    """Whether a process is gone, or goes within half a minute: a server takes its number away before it ends."""
    until = time.monotonic() + 30
    while runs(process) and time.monotonic() < until:
        time.sleep(0.02)
    return not runs(process)


def kept_rows(url: str) -> int:
    with connected(url) as server, server.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        return int(cursor.fetchall()[0][0])


def keep_row(url: str) -> None:
    with connected(url) as server, server.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS kept (row int)")
        cursor.execute("INSERT INTO kept VALUES (1)")


def when_reachable(url: str, ask: Callable[[str], int]) -> int:
    """What `ask` finds once the server takes connections again; the test run's own limit ends a vain wait."""
    while True:
        try:
            return ask(url)
        except psycopg2.OperationalError:
            time.sleep(0.05)

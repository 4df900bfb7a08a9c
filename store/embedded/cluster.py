"""One PostgreSQL cluster: initialise, start, see, stop. The caller holds the start lock."""

from __future__ import annotations

import logging
import math
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from store.embedded import failures, installation
from store.embedded.place import SOCKET_NAME, Place

_log = logging.getLogger(__name__)

ROLE = "avmp"
"""The role everybody connects as, owner of everything; who may connect, the socket's folder decides."""

_INITDB = [
    f"--username={ROLE}",
    "--auth-local=trust",
    "--auth-host=reject",
    "--encoding=UTF8",
    # Order by code point, the same on every machine, with letters known as letters in every script: the C
    # locale alone would leave Cyrillic and č, ë, ț out of lower() and of pg_trgm's words.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-ctype=C.UTF-8",
    "--lc-messages=C",
    "--sync-method=syncfs",  # one flush in place of one for each of a thousand files
    "--no-instructions",
]

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # A small machine, one writer at a time, and data that fit in the system's cache.
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    # No replica reads the log; crash recovery alone needs it.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    # A log of the server's life, not of its users' mistakes: seven files, each begun anew after a week.
    "logging_collector": "on",
    "log_filename": "%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_min_messages": "log",
    "log_checkpoints": "off",
}

_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
"""What the server sees of our environment: none of PGDATA, PGOPTIONS, LD_LIBRARY_PATH."""

_STEP = 0.02
"""Seconds between two looks at a server that starts or stops."""

_PATIENCE = 3.0
"""Seconds after which somebody who waits is told why."""

_FAST_SHUTDOWN_LIMIT = 60.0
"""Seconds a shutdown may take before the server is stopped as by a crash, which loses nothing but time."""


class Cluster:
    """The PostgreSQL cluster in a place, whether it runs or not."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def postmaster(self) -> psutil.Process | None:
        """The running server's first process; None when there is none, or another process took its number."""
        number = _first_number(self._place.data / "postmaster.pid")
        process = None if number is None else _process(number)
        return process if process is not None and self._is_ours(process) else None

    def is_ready(self) -> bool:
        """Whether the server takes connections."""
        return self.postmaster() is not None and self._status() == "ready"

    def ensure_running(self) -> None:
        """Initialises and starts what is not there, and returns when the server takes connections.

        Raises EmbeddedServerError when it cannot: disk full, another version, damaged data.
        """
        if self.is_ready():
            return
        with failures.explained(self._place.directory):
            self._ensure_initialised()
            logged = self._log_sizes()
            postmaster = self.postmaster()
            if postmaster is not None and self._status() == "stopping":
                self._has_ended([postmaster])
                postmaster = None
            if postmaster is None:
                self._end_orphans()
                postmaster = self._started()
            self._await_ready(postmaster, logged)

    def stop(self) -> None:
        """Stops the server if it runs, and returns when it has ended."""
        postmaster = self.postmaster()
        if postmaster is None:
            return
        _signal(postmaster, signal.SIGINT)  # "fast": ends sessions, writes a checkpoint
        if not self._has_ended([postmaster], _FAST_SHUTDOWN_LIMIT):
            _log.warning("%s: the server does not stop by itself; it is made to", self._place.directory)
            self._end([postmaster])

    def _ensure_initialised(self) -> None:
        data = self._place.data
        if data.exists():
            self._check_version()
            return
        # A fresh name for every attempt, so that one cut short is never taken up or written to again.
        for leftover in self._place.directory.glob("initialising-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        attempt = self._place.directory / f"initialising-{os.urandom(4).hex()}"
        finished = self._run("initdb", *_INITDB, "-D", str(attempt))
        if finished.returncode != 0:
            shutil.rmtree(attempt, ignore_errors=True)
            raise failures.from_output(self._place.directory, finished.stdout, "initdb failed")
        attempt.rename(data)

    def _check_version(self) -> None:
        try:
            found = (self._place.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise failures.damaged(self._place.data, "PG_VERSION is missing") from None
        ours = installation.major_version()
        if found != ours:
            raise failures.other_version(self._place.data, found, ours)

    def _started(self) -> psutil.Process | None:
        """Starts the server; None when it has ended already."""
        self._place.make_folder(self._place.log)
        settings = _SETTINGS | {
            "unix_socket_directories": str(self._place.socket_directory()),
            "log_directory": str(self._place.log),
            "cluster_name": self._key(),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(installation.programs() / "postgres"), "-D", str(self._place.data), *options]
        # Through a shell that ends at once, so that the server is nobody's child and its end leaves no zombie;
        # in a session of its own, so that Ctrl-C at our terminal does not reach it.
        with self._place.start_log.open("wb") as log:
            shell = subprocess.run(
                ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh", *command],
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                check=True,
                **self._surroundings(),
            )
        return _process(int(shell.stdout))

    def _await_ready(self, postmaster: psutil.Process | None, logged: dict[Path, int]) -> None:
        begun = told = time.monotonic()
        while self._status() != "ready" or self.postmaster() is None:
            if postmaster is None or not self._is_ours(postmaster):
                said = self._said(logged)
                raise failures.from_output(self._place.data, said, f"see {self._place.log}")
            if time.monotonic() - told > _PATIENCE:
                told = time.monotonic()
                _log.warning(
                    "%s: the database is starting, after a crash it first repairs itself: %d s so far",
                    self._place.directory,
                    told - begun,
                )
            time.sleep(_STEP)

    def _end_orphans(self) -> None:
        """Ends what a killed server left running: a new one may not start beside them."""
        self._end([process for process in psutil.process_iter() if self._is_ours(process)])
        # A number that somebody bears now, be it a zombie, would keep PostgreSQL from starting. With no process of
        # the cluster left there is nothing it protects. One that nobody bears is left to PostgreSQL, which then
        # also looks for shared memory in use.
        for note in (self._place.data / "postmaster.pid", self._place.socket_directory() / f"{SOCKET_NAME}.lock"):
            number = _first_number(note)
            if number is not None and psutil.pid_exists(number):
                note.unlink()

    def _end(self, processes: list[psutil.Process]) -> None:
        """Ends processes as a crash of the server does, which costs the next start a recovery and no data."""
        for process in processes:
            _signal(process, signal.SIGQUIT)
        if not self._has_ended(processes, _PATIENCE):
            for process in processes:
                _signal(process, signal.SIGKILL)
            self._has_ended(processes)

    def _has_ended(self, processes: list[psutil.Process], limit: float = math.inf) -> bool:
        """Whether all the processes end within `limit` seconds; a zombie has ended, though nobody may reap it."""
        begun = time.monotonic()
        while any(self._is_ours(process) for process in processes):
            if time.monotonic() - begun > limit:
                return False
            time.sleep(_STEP)
        return True

    def _status(self) -> str:
        """The server's state, the eighth line of postmaster.pid: starting, ready, stopping."""
        try:
            lines = (self._place.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return ""
        return lines[7].strip() if len(lines) > 7 else ""

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether a process belongs to this cluster: all of them bear its key in their command line or title.

        The command line is readable for every process; the working directory is not, for root in a container.
        """
        try:
            line = process.cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False
        return any(self._key() in part for part in line)

    def _key(self) -> str:
        """The cluster's name among processes: its folder's number, which a move keeps and a copy does not."""
        status = self._place.data.stat()
        return f"avmp-{status.st_dev:x}-{status.st_ino:x}"

    def _log_sizes(self) -> dict[Path, int]:
        return {log: log.stat().st_size for log in self._place.log.glob("*.log")}

    def _said(self, before: dict[Path, int]) -> str:
        """What the server said since its logs had the sizes `before`."""
        said = self._place.start_log.read_text(errors="replace")
        for log, size in self._log_sizes().items():
            with log.open("rb") as lines:
                lines.seek(before.get(log, 0) if before.get(log, 0) <= size else 0)
                said += lines.read().decode(errors="replace")
        return said

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(installation.programs() / program), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self._surroundings(),
        )

    def _surroundings(self) -> dict[str, Any]:
        return {
            "cwd": self._place.directory,
            "env": _ENVIRONMENT,
            "stdin": subprocess.DEVNULL,
            **self._place.account.credentials(),
        }


def _first_number(note: Path) -> int | None:
    """The process number in the first line of one of PostgreSQL's lock files."""
    try:
        return int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _process(number: int) -> psutil.Process | None:
    try:
        return psutil.Process(number)
    except psutil.NoSuchProcess:
        return None


def _signal(process: psutil.Process, number: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)

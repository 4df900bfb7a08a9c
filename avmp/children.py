"""The processes of the distributed form, started and watched by one command on one machine."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from codebook.errors import AvmpError
from crawlers.in_words import span

PARENT_VARIABLE = "AVMP_SUPERVISOR"
"""Environment variable that carries the supervisor's process id to its children."""

GRACE_SECONDS = 15.0
"""How long children may take to finish what is in hand before they are killed."""

BACKOFF_SECONDS = (1.0, 2.0, 5.0, 15.0)
"""Waits before a child that died is started again: the first, second, … time in a row."""

DEATHS_LIMIT = 5
"""A process that died so often in a row is not started again: a stage that stopped itself over its dead letters would
drain some more of its topic each time."""

STEADY_SECONDS = 120.0
"""A child that ran so long before it died is treated as if it died for the first time."""

_PR_SET_PDEATHSIG = 1

_log = structlog.get_logger(__name__)


def die_with_supervisor() -> None:
    """In a child: ask the kernel to end this process when the supervisor dies, also by kill -9 (Linux)."""
    parent = os.environ.pop(PARENT_VARIABLE, None)
    if parent is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # it died before the kernel was asked
        sys.exit(1)


@dataclass
class Child:
    """One process: `avmp` with these arguments. `once` is for a child whose end with status 0 is its success."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    once: bool = False
    deaths: int = field(default=0, init=False)
    done: bool = field(default=False, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)
    _start_at: float = field(default=0.0, init=False)

    def watch(self) -> None:
        """Start it when it is time to, and note its end."""
        if self.done:
            return
        if self._process is None:
            if time.monotonic() >= self._start_at:
                self._start()
        elif (status := self._process.poll()) is not None:
            self._ended(status)

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for the end; kill at the end of the grace."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        environment = {**os.environ, **self.environment, PARENT_VARIABLE: str(os.getpid())}
        command = [sys.executable, "-m", "avmp", *self.arguments]
        # Standard output belongs to the supervisor's own result; a session of its own keeps Ctrl-C ours to handle.
        self._process = subprocess.Popen(command, env=environment, stdout=sys.stderr, start_new_session=True)
        self._started = time.monotonic()

    def _ended(self, status: int) -> None:
        self._process = None
        if status == 0 and self.once:
            self.done = True
            return
        if time.monotonic() - self._started > STEADY_SECONDS:
            self.deaths = 0
        self.deaths += 1
        if self.deaths == DEATHS_LIMIT:
            command = " ".join(self.arguments)
            raise AvmpError(
                f"`avmp {command}` ended {DEATHS_LIMIT} times in a row: mend what its last lines say, start again"
            )
        wait = BACKOFF_SECONDS[self.deaths - 1]
        self._start_at = time.monotonic() + wait
        again = span(dt.timedelta(seconds=wait))
        _log.warning("process ended", command=" ".join(self.arguments), status=status, again_in=again)


def stop_all(children: Sequence[Child]) -> None:
    """Ask all to stop, then wait for them together."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + GRACE_SECONDS
    for child in children:
        child.wait(max(0.1, end - time.monotonic()))

"""What a person sees on the terminal: progress and logs on standard error, colours only on a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

import structlog
import typer
from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")

notes = Console(stderr=True, highlight=False)
"""What goes on, for people: progress, addresses, warnings."""

results = Console(highlight=False)
"""What a command was asked for: tables for people, and JSON for machines as `typer.echo` prints it."""


def set_up_logging() -> None:
    """Logs as lines on standard error: `level event key=value`, warnings and worse from libraries."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    # It tells of every attempt to connect and every task of a tenth of a second; what fails we say ourselves.
    logging.getLogger("kafka.net").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def complain(error: Exception | str) -> None:
    """A known error as one line; a file's name in it need not be UTF-8, and what begins with a command's name is not
    led by the program's once more."""
    shown = str(error).removeprefix("avmp ").encode(errors="backslashreplace").decode()
    notes.print(f"avmp: {shown}", style="red", markup=False, soft_wrap=True)


def end_with(errors: Sequence[Exception]) -> None:
    """End the command with status 1 if there were errors, which were told while the rest was done."""
    if errors:
        raise typer.Exit(1)


def progress(items: Sequence[Item], doing: str) -> Iterable[Item]:
    """The items, with a progress bar on standard error when that is a terminal."""
    return track(items, description=doing, console=notes, disable=not notes.is_terminal, transient=True)

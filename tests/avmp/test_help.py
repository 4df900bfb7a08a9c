"""The help of the commands: whole lines at every width, and an example where an operator begins."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from avmp.cli import app

SHOWN = 78
"""Characters of a line that a terminal of 80 columns shows beside the margin."""


def commands(command: Any, name: str = "avmp") -> Iterator[tuple[str, Any]]:
    """All commands and groups by their full names. They are of typer's own, untyped click."""
    yield name, command
    for below in getattr(command, "commands", {}).values():
        yield from commands(below, f"{name} {below.name}")


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_broken_where_the_source_was_wrapped(name: str) -> None:
    """Lists of commands show the first paragraph with its line breaks, and help the further ones."""
    told = COMMANDS[name]
    first, *others = inspect.cleandoc(told.help).split("\n\n")
    assert "\n" not in first, "say in one line what it does, and the rest in a paragraph below"
    for paragraph in [*others, told.epilog or ""]:
        assert max(map(len, paragraph.splitlines()), default=0) <= SHOWN, paragraph


@pytest.mark.parametrize(
    "name",
    [
        "run",
        "crawl",
        "work",
        "web",
        "migrate",
        "trace",
        *(f"sources {one}" for one in ("list", "check", "add", "copy")),
    ],
)
def test_an_operators_command_shows_an_example(name: str) -> None:
    assert f"avmp {name}" in COMMANDS[f"avmp {name}"].epilog

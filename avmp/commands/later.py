"""Commands of the stable command line that are not built yet: they say so and end with status 1."""

from __future__ import annotations

from collections.abc import Callable

import typer

from codebook.errors import NotYet

LATER = {
    "report": "Print an Armed Violence Monitor.",
}


def register(app: typer.Typer) -> None:
    """Add the commands; any arguments are taken."""
    anything = {"allow_extra_args": True, "ignore_unknown_options": True}
    for name, what in LATER.items():
        app.command(name, help=f"{what} (Not yet.)", context_settings=anything)(_later(name))


def _later(name: str) -> Callable[[], None]:
    def command() -> None:
        raise NotYet(f"`avmp {name}` is not built yet")

    return command

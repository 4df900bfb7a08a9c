"""`demo`: the whole system over bundled demonstration outlets."""

from __future__ import annotations

from typing import Annotated

import typer

from avmp.settings import load
from codebook.errors import BadInput


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    exit_when_idle: Annotated[
        bool, typer.Option("--exit-when-idle", help="Stop when the last article has reached the queue.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --exit-when-idle: print the final state as one JSON object.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew instead of resuming.")] = False,
) -> None:
    """Run the whole system over twelve invented outlets served on this machine, and print the way to the queue."""
    from avmp.demo.run import run_demo

    if as_json and not exit_when_idle:
        raise BadInput("avmp demo", "--json", as_json, "add --exit-when-idle: without it there is no final state")
    run_demo(load(), until_idle=exit_when_idle, fresh=fresh, as_json=as_json, echo=typer.echo)

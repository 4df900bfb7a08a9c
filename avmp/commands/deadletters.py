"""`deadletters`: messages a stage could not deal with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from avmp.settings import load
from avmp.terminal import notes
from codebook.errors import BadInput

if TYPE_CHECKING:
    from pipeline.runner.deadletter import DeadLetter


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(deadletters)


def deadletters(
    stage: Annotated[str | None, typer.Argument(help="read or link; all without.")] = None,
    requeue: Annotated[bool, typer.Option("--requeue", help="Give them back to their stage.")] = False,
    limit: Annotated[int | None, typer.Option(help="With --requeue: only the oldest so many.")] = None,
) -> None:
    """Print the messages that stages could not deal with, one JSON line each, or give them back."""
    from avmp.wiring import wired
    from pipeline import deadletters as letters
    from pipeline.topics import STAGES

    if stage is not None and stage not in STAGES:
        raise BadInput("avmp deadletters", "STAGE", stage, f"use one of {', '.join(STAGES)}")
    if limit is not None and not requeue:
        raise BadInput("avmp deadletters", "--limit", limit, "add --requeue: printing takes all")
    with wired(load(), existing=True) as wiring, wiring.bus() as bus:
        for name in [stage] if stage else STAGES:
            if requeue:
                notes.print(f"{name}: {letters.requeue(bus, name, limit)} given back.")
                continue
            waiting = letters.waiting(bus, name)
            for letter in waiting:
                typer.echo(json.dumps(_printed(letter), ensure_ascii=False))
            notes.print(f"{name}: {len(waiting)} dead letters.")


def _printed(letter: DeadLetter) -> dict[str, Any]:
    return {
        "stage": letter.stage,
        "message": f"{letter.topic}[{letter.partition}]@{letter.offset}",
        "key": letter.key,
        "error": letter.error,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "first_failed_at": letter.first_failed_at.isoformat(),
    }

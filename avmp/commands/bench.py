"""`bench`: how fast it is."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

Part = Literal["all", "reading", "queue", "crawl"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(bench)


def bench(
    part: Annotated[Part, typer.Argument(help="What to measure.")] = "all",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure on this machine how much each part takes a second, and what linking costs.

    That is pages, articles and messages a second, the linking of one event
    among many candidates, and a person's approvals while many wait.
    """
    from avmp.bench.crawl.figures import crawl_figures
    from avmp.bench.measures import measure, queue_figures, reading_figures
    from avmp.terminal import results

    parts = {"all": measure, "reading": reading_figures, "queue": queue_figures, "crawl": crawl_figures}
    figures = parts[part]()
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        for name, value in figures.items():
            results.print(f"{name.replace('_', ' ')}: {value}")

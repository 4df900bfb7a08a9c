"""`sources`: the registry."""

from __future__ import annotations

from typing import Annotated

import typer

from avmp.settings import load
from avmp.terminal import notes


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="The source registry: which outlets and institutions are read.", no_args_is_help=True)
    group.command("list")(list_sources)
    group.command("check")(check)
    group.command("add")(add)
    app.add_typer(group, name="sources")


def list_sources() -> None:
    """Print the sources as tab-separated lines: id, name, jurisdiction, kind, languages, feeds, verified."""
    from codebook.kosovo import jurisdiction_footnotes, jurisdiction_name
    from crawlers import registry

    known = registry.load(load().sources)
    typer.echo("id\tname\tjurisdiction\tkind\tlanguages\tfeeds\tverified")
    for source in known.sources:
        cells = (
            source.id,
            source.name,
            jurisdiction_name(source.jurisdiction),
            source.kind,
            ",".join(source.languages),
            str(len(source.feeds)),
            "yes" if source.verified else "no",
        )
        typer.echo("\t".join(cells))
    for footnote in jurisdiction_footnotes(s.jurisdiction for s in known.sources):
        notes.print(footnote, soft_wrap=True)


def check() -> None:
    """Poll every source once and print what it answered and what to fix."""
    from rich.progress import Progress
    from rich.table import Table

    from crawlers import registry
    from crawlers.check import check as poll

    settings = load()
    known = registry.load(settings.sources)
    table = Table("source", "feed", "status", "items", "newest", "language", "to fix")
    with Progress(console=notes, disable=not notes.is_terminal, transient=True) as progress:
        task = progress.add_task("polling", total=sum(max(1, len(s.feeds)) for s in known.sources))
        reports = poll(settings.crawl, known.sources, lambda _: progress.advance(task))
    for report in reports:
        newest = f"{report.newest:%Y-%m-%d %H:%M}" if report.newest else ""
        table.add_row(
            report.source_id, report.url, report.status, str(report.items), newest, report.language or "", report.fix
        )
    notes.print(table)


def add(
    url: Annotated[str, typer.Argument(help="The outlet's front page.")],
    jurisdiction: Annotated[str, typer.Option(help="AL, BA, XK, MD, ME, MK or RS.")],
    kind: Annotated[str, typer.Option(help="media or official.")] = "media",
) -> None:
    """Find a site's feeds and print the registry entry to put into its jurisdiction's file."""
    from codebook.codes import code_list
    from crawlers.discover import discover, toml_entry

    code_list("jurisdiction").require(jurisdiction, "avmp sources add", "--jurisdiction")
    code_list("source_kind").require(kind, "avmp sources add", "--kind")
    typer.echo(toml_entry(discover(load().crawl, url, jurisdiction), jurisdiction, kind))

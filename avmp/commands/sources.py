"""`sources`: the registry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avmp.settings import Settings, load
from avmp.terminal import complain, end_with, notes

if TYPE_CHECKING:
    from codebook.errors import BadSource
    from crawlers.check import FeedReport
    from crawlers.registry import Registry


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

    known, errors = _registry(load())
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
    end_with(errors)


def check(
    ids: Annotated[list[str] | None, typer.Argument(help="Which sources; all of them when none is named.")] = None,
) -> None:
    """Poll every source once and print what it answered and what to fix: a table on a terminal, otherwise
    tab-separated lines."""
    from rich.progress import Progress

    from avmp.signals import end_on_interrupt
    from codebook.errors import BadInput
    from crawlers.check import check as poll

    settings = load()
    known, errors = _registry(settings)
    by_id = {source.id: source for source in known.sources}
    if unknown := next((wanted for wanted in ids or () if wanted not in by_id), None):
        raise BadInput("sources check", "IDS", unknown, "name a source that `avmp sources list` shows")
    sources = [by_id[wanted] for wanted in ids] if ids else list(known.sources)
    end_on_interrupt(lambda: notes.show_cursor(show=True))
    with Progress(console=notes, disable=not notes.is_terminal, transient=True) as progress:
        task = progress.add_task("polling", total=sum(max(1, len(source.feeds)) for source in sources))
        reports = poll(settings.crawl, sources, lambda _: progress.advance(task))
    if sys.stdout.isatty():
        _print_table(reports)
    else:
        _print_lines(reports)
    told = {status: sum(report.status == status for report in reports) for status in ("ok", "warning", "failed")}
    summary = ", ".join(f"{number} {status}" for status, number in told.items())
    notes.print(f"{len(reports)} feeds: {summary}", soft_wrap=True)
    end_with(errors)


def add(
    url: Annotated[str, typer.Argument(help="The outlet's front page.")],
    jurisdiction: Annotated[str, typer.Option(help="AL, BA, XK, MD, ME, MK or RS.")],
    kind: Annotated[str, typer.Option(help="media or official.")] = "media",
) -> None:
    """Find a site's feeds and print the registry entry to put into its jurisdiction's file."""
    from codebook.codes import code_list
    from crawlers.discover import discover, require_new, toml_entry

    code_list("jurisdiction").require(jurisdiction, "sources add", "--jurisdiction")
    code_list("source_kind").require(kind, "sources add", "--kind")
    settings = load()
    known, errors = _registry(settings)
    require_new(known, url)
    with notes.status("looking for feeds"):
        site = discover(settings.crawl, url, jurisdiction)
    typer.echo(toml_entry(site, jurisdiction, kind))
    folder = settings.sources or Path("sources")
    advice = f"Look it over, put it into {folder / jurisdiction}.toml, and set verified when the check is good:"
    notes.print(f"{advice} avmp sources check {site.id}", soft_wrap=True, markup=False)
    if not site.feeds:
        notes.print("No feed was found: look for one on the site, or declare a section page.", style="yellow")
    end_with(errors)


def _registry(settings: Settings) -> tuple[Registry, list[BadSource]]:
    """The registry without what is wrong with it, and the errors, which are told."""
    from crawlers import registry

    errors: list[BadSource] = []
    known = registry.load(settings.sources, on_error=errors.append)
    for error in errors:
        complain(error)
    return known, errors


def _print_lines(reports: list[FeedReport]) -> None:
    typer.echo("source\tfeed\tstatus\titems\tnewest\tlanguage\tto fix")
    for report in reports:
        newest = report.newest.isoformat() if report.newest else ""
        cells = (report.source_id, report.url, report.status, str(report.items), newest, report.language or "")
        typer.echo("\t".join((*cells, report.fix)))


STYLES = {"ok": "green", "warning": "yellow", "failed": "red"}


def _print_table(reports: list[FeedReport]) -> None:
    """Narrow enough for 80 columns: what to fix stands below the feed's address."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("status", "items", "newest", "lang"):
        table.add_column(name, no_wrap=True, justify="right" if name == "items" else "left")
    table.add_column("source, feed, to fix", overflow="fold")
    for report in reports:
        told = Text(f"{report.source_id}  {report.url}")
        if report.fix:
            told.append(f"\n  {report.fix}", style=STYLES[report.status])
        table.add_row(
            Text(report.status, style=STYLES[report.status]),
            str(report.items),
            f"{report.newest:%Y-%m-%d}" if report.newest else "",
            report.language or "",
            told,
        )
    Console().print(table)

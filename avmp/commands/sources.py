"""`sources`: the registry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avmp.known_sources import known_sources
from avmp.settings import Settings, load
from avmp.terminal import end_with, notes
from codebook.errors import AvmpError, BadInput
from crawlers.in_words import counted

if TYPE_CHECKING:
    from crawlers.check import FeedReport
    from crawlers.entries import SourceEntry
    from crawlers.registry import Registry


CHECK_EXAMPLES = """Examples:

avmp sources check klix.ba mvr.gov.mk
avmp sources check --jurisdiction RS --failed-only
avmp sources check --unverified --write"""


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="The source registry: which outlets and institutions are read.", no_args_is_help=True)
    group.command("list", epilog="Example: avmp sources list | grep Moldova")(list_sources)
    group.command("check", epilog=CHECK_EXAMPLES)(check)
    group.command("add", epilog="Example: avmp sources add https://example.rs --jurisdiction RS")(add)
    group.command("copy", epilog="Example: avmp sources copy sources")(copy)
    app.add_typer(group, name="sources")


def list_sources() -> None:
    """Print the sources as tab-separated lines: id, name, jurisdiction, kind, languages, feeds, verified, reach."""
    from codebook.kosovo import jurisdiction_footnotes, jurisdiction_name

    known, errors = known_sources(load())
    typer.echo("id\tname\tjurisdiction\tkind\tlanguages\tfeeds\tverified\treach")
    for source in known.sources:
        cells = (
            source.id,
            source.name,
            jurisdiction_name(source.jurisdiction),
            source.kind,
            ",".join(source.languages),
            str(len(source.feeds)),
            "yes" if source.verified else "no",
            source.reach or "",
        )
        typer.echo("\t".join(cells))
    for footnote in jurisdiction_footnotes(s.jurisdiction for s in known.sources):
        notes.print(footnote, soft_wrap=True)
    end_with(errors)


def check(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Which sources; all of them when none is named.", metavar="ID")
    ] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(help="Only those of AL, BA, XK, MD, ME, MK or RS.", metavar="CODE")
    ] = None,
    unverified: Annotated[bool, typer.Option("--unverified", help="Only those that are not verified yet.")] = False,
    failed_only: Annotated[bool, typer.Option("--failed-only", help="Print only the feeds that failed.")] = False,
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="Set verified = true, in your own source folder, on each source that was reached."
        ),
    ] = False,
) -> None:
    """Ask every source once and print what it answered and what to fix.

    A table on a terminal, otherwise tab-separated lines. Where no feed of a
    source works, the usual places are tried, and what works is named. The
    status is 1 when no source answered at all.
    """
    from avmp.signals import end_on_interrupt
    from crawlers.check import verifiable
    from crawlers.source_files import mark_reached

    settings = load()
    folder = _own_folder(settings) if write else None
    known, errors = known_sources(settings)
    sources = _chosen(known, ids or [], jurisdiction, unverified)
    if not sources:
        notes.print("The registry has no such source: nothing was asked.")
        end_with(errors)
        return
    end_on_interrupt(lambda: notes.show_cursor(show=True))
    reports = _polled(settings, sources)
    shown = [report for report in reports if report.status == "failed"] if failed_only else reports
    if shown:
        (_print_table if sys.stdout.isatty() else _print_lines)(shown)
    notes.print(_summary(reports), soft_wrap=True)
    if folder is not None:
        marked = mark_reached(folder, verifiable(sources, reports))
        notes.print(f"{counted(len(marked), 'source')} newly verified in {folder}", soft_wrap=True, markup=False)
    _require_an_answer(reports)
    end_with(errors)


def add(
    url: Annotated[str, typer.Argument(help="The outlet's front page.", metavar="URL")],
    jurisdiction: Annotated[str, typer.Option(help="AL, BA, XK, MD, ME, MK or RS.", metavar="CODE")],
    kind: Annotated[str, typer.Option(help="media or official.", metavar="KIND")] = "media",
) -> None:
    """Find a site's feeds and print the registry entry to put into its jurisdiction's file."""
    from codebook.codes import code_list
    from crawlers.discover import discover, require_new, toml_entry

    jurisdiction = _jurisdiction(jurisdiction, "sources add")
    code_list("source_kind").require(kind, "sources add", "--kind")
    settings = load()
    known, errors = known_sources(settings)
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


def copy(
    folder: Annotated[Path, typer.Argument(help="Where your own files shall be; made when missing.", metavar="FOLDER")],
) -> None:
    """Copy the registry that comes with the program into a folder of your own, to change it there."""
    from crawlers.source_files import copy_bundled

    copies = copy_bundled(folder)
    typer.echo("\n".join(str(path) for path in copies))
    notes.print(f'Now set sources = "{folder}" in avmp.toml, or AVMP_SOURCES.', soft_wrap=True, markup=False)


def _summary(reports: list[FeedReport]) -> str:
    told = {status: sum(report.status == status for report in reports) for status in ("ok", "warning", "failed")}
    feeds = counted(len(reports), "feed")
    if not told["failed"]:
        answered = f"All {feeds} answered" if len(reports) > 1 else "The feed answered"
        return f"{answered}: {told['ok']} ok, {told['warning']} warning"
    return f"{feeds}: " + ", ".join(f"{number} {status}" for status, number in told.items())


def _require_an_answer(reports: list[FeedReport]) -> None:
    """Raises `AvmpError` when every source failed: a check that runs by itself is to be noticed."""
    if any(report.status != "failed" for report in reports):
        return
    asked = len({report.source_id for report in reports})
    none = "the source did not answer" if asked == 1 else f"none of {asked} sources answered"
    if asked > 1 and all("host name does not resolve" in report.fix for report in reports):
        raise AvmpError(f"{none}, and no host name resolves at all: look whether this machine is online")
    raise AvmpError(f"{none}: mend what stands beside each feed, and check again")


def _own_folder(settings: Settings) -> Path:
    """The operator's source folder; the packaged registry is never written to."""
    if settings.sources is None:
        remedy = "the registry that comes with the program is not changed: run `avmp sources copy FOLDER` first"
        raise BadInput("sources check", "--write", None, remedy)
    return settings.sources


def _chosen(known: Registry, ids: list[str], jurisdiction: str | None, unverified: bool) -> list[SourceEntry]:
    """The sources to be checked."""
    wanted_in = None if jurisdiction is None else _jurisdiction(jurisdiction, "sources check")
    by_id = {source.id: source for source in known.sources}
    if unknown := next((wanted for wanted in ids if wanted not in by_id), None):
        raise BadInput("sources check", "ID", unknown, "name a source that `avmp sources list` shows")
    return [
        source
        for source in ([by_id[wanted] for wanted in ids] or known.sources)
        if wanted_in in (None, source.jurisdiction) and not (unverified and source.verified)
    ]


def _jurisdiction(given: str, command: str) -> str:
    """The code of a jurisdiction, which may be typed in any case."""
    from codebook.codes import code_list

    known = code_list("jurisdiction")
    return given.upper() if given.upper() in known else known.require(given, command, "--jurisdiction").code


def _polled(settings: Settings, sources: list[SourceEntry]) -> list[FeedReport]:
    from rich.progress import Progress

    from crawlers.check import check as poll

    with Progress(console=notes, disable=not notes.is_terminal, transient=True) as progress:
        task = progress.add_task("polling", total=sum(max(1, len(source.feeds)) for source in sources))
        return poll(settings.crawl, sources, lambda _: progress.advance(task))


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

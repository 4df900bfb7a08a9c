"""`import` and `export`: curated incidents in and out."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from avmp.settings import load
from codebook.errors import BadInput, obstacle


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_)
    app.command()(export)


def import_(
    file: Annotated[Path, typer.Argument(help="Incidents as JSON Lines, as `avmp export --format jsonl` writes them.")],
    by: Annotated[str, typer.Option("--as", help="The validator or administrator who answers for them.")],
) -> None:
    """Take curated incidents in. All or none; an incident that is there already and says the same is left alone."""
    from avmp.terminal import notes
    from avmp.wiring import wired
    from store.imports import import_incidents

    with wired(load(), existing=True) as wiring, wiring.database.session() as session:
        taken, unchanged = import_incidents(session, file, by)
    notes.print(f"Imported {taken} incidents; {unchanged} were there already.")


def export(
    format_: Annotated[
        str,
        typer.Option("--format", help="csv, xlsx, parquet, geojson or jsonl; without, by the file's ending, else csv."),
    ] = "",
    output: Annotated[Path | None, typer.Option("-o", help="A file; standard output without.")] = None,
    scope: Annotated[str, typer.Option(help="SEE (all seven) or WB (the six without Moldova).")] = "",
    jurisdiction: Annotated[str, typer.Option(help="AL, BA, XK, MD, ME, MK or RS.")] = "",
    incident_type: Annotated[str, typer.Option(help="A code of the codebook, such as domestic_violence.")] = "",
    subtype: Annotated[str, typer.Option(help="A code of the codebook, such as armed_robbery.")] = "",
    weapon: Annotated[str, typer.Option(help="A code of the codebook, such as handgun.")] = "",
    possession: Annotated[str, typer.Option(help="legal, illegal or unreported.")] = "",
    victim_sex: Annotated[str, typer.Option(help="female, male or unreported, of any victim.")] = "",
    victim_outcome: Annotated[str, typer.Option(help="Such as killed; of any victim, or of one of --victim-sex.")] = "",
    place: Annotated[str, typer.Option(help="Part of the place's name, or its gazetteer id.")] = "",
    date_from: Annotated[str, typer.Option(help="First day, such as 2026-09-01.")] = "",
    date_to: Annotated[str, typer.Option(help="Last day, included.")] = "",
) -> None:
    """Write curated incidents to a file or to standard output. The filters are those of the incidents page."""
    from avmp.terminal import notes
    from avmp.wiring import wired
    from store.exports import FORMATS
    from store.incidents import IncidentQuery, incidents

    write = FORMATS[_format(format_, output, FORMATS)]
    given = {
        "scope": scope.upper(),
        "jurisdiction": jurisdiction.upper(),
        "incident_type": incident_type,
        "subtype": subtype,
        "weapon": weapon,
        "possession": possession,
        "victim_sex": victim_sex,
        "victim_outcome": victim_outcome,
        "place": place,
        "date_from": date_from,
        "date_to": date_to,
    }
    query = IncidentQuery.from_params(given, "avmp export")
    with wired(load(), existing=True) as wiring, wiring.database.session() as session:
        found = incidents(session, query)
        with _opened(output) as stream:
            written = write(stream, found)
    notes.print(f"Exported {written} incidents.")


def _format(named: str, output: Path | None, formats: Collection[str]) -> str:
    """The format that is named, else that of the file's ending, else CSV.

    Raises:
        BadInput: there is no such format, the file's ending is that of another one, or it tells of none.
    """
    if named and named not in formats:
        raise BadInput("avmp export", "--format", named, f"use one of {', '.join(formats)}")
    ending = output.suffix.removeprefix(".").lower() if output else ""
    if named and ending in formats and ending != named:
        remedy = f"name a file that ends in .{named}, or leave --format out"
        raise BadInput("avmp export", f"--format {named} -o", str(output), remedy)
    if not named and ending and ending not in formats:
        remedy = f"give --format, or a file that ends in one of {', '.join(formats)}"
        raise BadInput("avmp export", "-o", str(output), remedy)
    return named or ending or "csv"


@contextmanager
def _opened(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        return
    try:
        stream = output.open("wb")
    except OSError as error:
        raise BadInput(
            "avmp export", "-o", str(output), f"name a file that can be written ({obstacle(error)})"
        ) from None
    try:
        with stream:
            yield stream
    except OSError as error:
        raise BadInput("avmp export", "-o", str(output), f"free space on its disk ({obstacle(error)})") from None

"""`replay`: a stage over what it has already had."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel, ValidationError

from avmp.known_sources import known_sources
from avmp.settings import Settings, load
from avmp.terminal import notes, progress
from codebook.errors import BadInput, NotYet

if TYPE_CHECKING:
    from crawlers.registry import Registry
    from store.fetched_pages import Place

EXTRACT = "extract"
LATER = ("read", "link")

SAVED_EVERY = 50
"""Pages after which the position is saved; so many are read twice when the power fails."""

BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)


class Position(BaseModel):
    """How far an unfinished replay has come, as it lies in a file of the home folder."""

    since: dt.datetime
    source: str | None
    fetched: dt.datetime
    path: str
    offset: int


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(replay)


def replay(
    stage: Annotated[str, typer.Argument(help="extract: read archived pages through today's extraction.")],
    since: Annotated[
        str | None,
        typer.Option(
            help="Pages fetched since then, UTC, such as 2026-01-31 or 2026-01-31T12:00:00; all without.",
            metavar="TIME",
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Pages of this source alone.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and change nothing.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Begin anew where a replay was broken off.")] = False,
) -> None:
    """Read archived pages again. A changed text becomes a new version of its article and is sent on, once.

    Prints what is not as it was, as tab-separated lines: what it is now,
    address, how the text was had or why there is none. A replay that was
    broken off goes on where it stopped.
    """
    from avmp.signals import stop_event
    from avmp.wiring import wired
    from crawlers.identity.editions import changing_pages
    from crawlers.replaying import read_again
    from store.fetched_pages import to_read_again

    if stage in LATER:
        raise NotYet(f"`avmp replay {stage}` is not built yet")
    if stage != EXTRACT:
        raise BadInput("avmp replay", "STAGE", stage, f"use {EXTRACT}")
    settings = load()
    registry = _registry(settings, source)
    moment = _moment(since) if since else BEGINNING
    saved = settings.home / "replay-extract.json"
    stop = stop_event()
    verdicts: Counter[str] = Counter()
    with wired(settings, existing=True) as wiring:
        with wiring.database.session() as session:
            places = to_read_again(session, moment, source, changing_pages(session, None))
        left = places if dry_run or anew else _behind(saved, moment, source, places)
        for number, page in enumerate(
            read_again(wiring.database, registry, settings.crawl, progress(left, "reading again"), dry_run=dry_run), 1
        ):
            verdicts[page.verdict] += 1
            if page.verdict != "same":
                typer.echo(f"{page.verdict}\t{page.url}\t{page.detail}")
            if not dry_run and (stop.is_set() or number % SAVED_EVERY == 0):
                _save(saved, moment, source, page.place)
            if stop.is_set():
                break
    _tell(verdicts, len(left), dry_run=dry_run)
    if sum(verdicts.values()) == len(left) and not dry_run:
        saved.unlink(missing_ok=True)
    if verdicts["unreadable"]:
        raise typer.Exit(1)


def _moment(since: str) -> dt.datetime:
    """The moment of the option, in UTC unless it names another zone.

    Raises:
        BadInput: it is none.
    """
    try:
        moment = dt.datetime.fromisoformat(since)
    except ValueError:
        raise BadInput("avmp replay", "--since", since, "write 2026-01-31 or 2026-01-31T12:00:00") from None
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _registry(settings: Settings, source: str | None) -> Registry:
    known, _ = known_sources(settings)
    if source is not None and source not in {one.id for one in known.sources}:
        raise BadInput("avmp replay", "--source", source, "name a source that `avmp sources list` shows")
    return known


def _behind(saved: Path, since: dt.datetime, source: str | None, places: list[Place]) -> list[Place]:
    """The places behind which a replay of the same pages was broken off; all of them where none was."""
    from store.fetched_pages import Place

    position = None
    with suppress(FileNotFoundError, ValidationError):
        position = Position.model_validate_json(saved.read_text(encoding="utf-8"))
    if position is None or (position.since, position.source) != (since, source):
        return places
    last = Place(position.fetched, position.path, position.offset)
    left = [place for place in places if place > last]
    done = len(places) - len(left)
    notes.print(f"Going on after {done:,} of {len(places):,} pages; --anew begins at the first.", soft_wrap=True)
    return left


def _save(saved: Path, since: dt.datetime, source: str | None, place: Place) -> None:
    position = Position(since=since, source=source, fetched=place.fetched, path=place.path, offset=place.offset)
    saved.parent.mkdir(parents=True, exist_ok=True)
    written = saved.with_suffix(".new")
    written.write_text(position.model_dump_json(), encoding="utf-8")
    written.replace(saved)


def _tell(verdicts: Counter[str], total: int, *, dry_run: bool) -> None:
    read = sum(verdicts.values())
    parts = [f"{verdicts[name]:,} {name}" for name in ("same", "changed", "no longer an article", "now an article")]
    if verdicts["unreadable"]:
        parts.append(f"{verdicts['unreadable']:,} unreadable in the archive")
    notes.print(f"{read:,} pages read again: {', '.join(parts)}.", soft_wrap=True)
    if dry_run:
        notes.print("Nothing was changed: --dry-run.")
    if read < total:
        notes.print(f"Broken off with {total - read:,} pages left: the same command goes on there.", soft_wrap=True)

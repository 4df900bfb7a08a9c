"""`run` and the processes it consists of: `crawl`, `work`, `web`, `migrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from avmp.settings import load
from codebook.errors import AvmpError, BadInput
from crawlers.in_words import counted

STAGES = ("read", "link", "publish")

RUN_EXAMPLES = """Examples:

avmp run            the sources that are verified
avmp run --all      every source that has a feed"""

CRAWL_EXAMPLES = """Examples:

avmp crawl                     until Ctrl-C
avmp crawl --until-idle        once round, as a scheduled job
avmp crawl --since 2026-01-31 --source example.rs"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=RUN_EXAMPLES)(run)
    app.command(epilog=CRAWL_EXAMPLES)(crawl)
    app.command(epilog="Example: avmp work link publish")(work)
    app.command(epilog="Example: AVMP_WEB__PORT=8081 avmp web")(web)
    app.command(epilog="Example: avmp migrate")(migrate)


def run(
    everything: Annotated[bool, typer.Option("--all", help="Poll the sources that are not verified yet, too.")] = False,
) -> None:
    """Run the whole system on this machine over the source registry, until Ctrl-C.

    It crawls, reads, links, and serves the review page, whose address it prints.
    The data lie in AVMP_HOME, which is .avmp unless it is set.
    """
    from avmp.supervisor import run_system

    run_system(load(), ["--all"] if everything else [])


def crawl(
    everything: Annotated[bool, typer.Option("--all", help="Poll the sources that are not verified yet, too.")] = False,
    until_idle: Annotated[
        bool,
        typer.Option(
            "--until-idle", help="Stop when every feed was polled once and no entry waits, but for a site that is away."
        ),
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="Read the archives back to this day, too, such as 2025-01-31.", metavar="DAY")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="The last day of the archives to read; today if not given.", metavar="DAY")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Whose archives; all if not given. May be repeated.", metavar="ID")
    ] = None,
) -> None:
    """Poll the sources and fetch their new articles, until Ctrl-C.

    One crawler works for a database. Every quarter of an hour it says what it
    did.

    With --since it reads the archives of the sources, too, behind their news.
    The order is kept, and goes on after an interruption; a crawler that is
    running takes it up.
    """
    from avmp.backfilling import order, period_of
    from avmp.children import die_with_supervisor
    from avmp.known_sources import known_sources
    from avmp.metrics import serve_metrics
    from avmp.settings import DEFAULT_CONTACT
    from avmp.terminal import notes
    from avmp.wiring import wired
    from crawlers import process
    from crawlers.telling import said
    from store.crawler_place import crawler_is_running

    def tell(line: str) -> None:
        notes.print(line, soft_wrap=True, markup=False)

    die_with_supervisor()
    period = period_of(since, until, source or ())
    settings = load()
    if settings.crawl.contact == DEFAULT_CONTACT and not settings.crawl.allow_loopback:
        notes.print("Set crawl.contact in avmp.toml: the sites you poll should know whom to write to.", style="yellow")
    known, _ = known_sources(settings)
    chosen = known if everything else known.verified()
    if not chosen.sources:
        raise AvmpError(_no_source(settings.sources or "the packaged registry", len(known.sources)))
    with wired(settings) as wiring:
        if period is not None:
            ordered = order(wiring.database, settings.crawl, chosen, period, source or (), goes_on=until is None)
            tell(ordered)
            if crawler_is_running(wiring.database):
                notes.print("The crawler that is running takes it up.")
                return
        elif crawler_is_running(wiring.database):
            notes.print("A crawler is running: waiting a moment, in case it is just ending.")
        serve_metrics(settings.metrics_port)
        summary = process.run(settings.crawl, wiring.database.url, chosen, until_idle=until_idle, tell=tell)
    tell(f"In all: {said(summary)}, {summary.pending} still to be fetched.")


def _no_source(where: Path | str, known: int) -> str:
    """What to do where there is nothing to poll."""
    if not known:
        return f"{where}: it names no source: write one, or mend what is wrong with those"
    remedy = "`avmp sources check --write` marks those that answer; or use --all"
    return f"{where}: none of its {counted(known, 'source')} is verified: {remedy}"


def work(
    stages: Annotated[list[str], typer.Argument(help=f"Which stages: {', '.join(STAGES)}.", metavar="STAGE...")],
) -> None:
    """Run stages of the pipeline in this process. Start as many processes as wanted; they share the work."""
    from avmp.children import die_with_supervisor
    from avmp.wiring import wired
    from avmp.workers import work_on

    die_with_supervisor()
    for stage in stages:
        if stage not in STAGES:
            raise BadInput("avmp work", "STAGE", stage, f"use one or more of {', '.join(STAGES)}")
    settings = load()
    with wired(settings) as wiring:
        work_on(stages, wiring, settings)


def web() -> None:
    """Serve the review application."""
    from avmp.children import die_with_supervisor
    from avmp.signals import stop_event
    from avmp.terminal import notes
    from avmp.wiring import wired
    from pipeline.stages.requeue import relink
    from review_ui.serve import serve

    die_with_supervisor()
    stop_event()  # uvicorn stops gracefully, then raises the signal again for whoever handled it before
    settings = load()
    with wired(settings) as wiring:
        serve(wiring.database, settings.web, relink, lambda address: notes.print(f"Serving on {address}"))


def migrate() -> None:
    """Bring the database's schema and the bus's topics up to date: after an update, before the other processes."""
    from avmp import wiring
    from avmp.terminal import notes

    settings = load()
    if settings.database is None:
        with wiring.wired(settings):
            pass
    else:
        wiring.migrate(settings.database, settings.bus or settings.database)
    notes.print("Database and topics are up to date.")

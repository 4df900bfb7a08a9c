"""Ordering a back-fill from the command line: which period, of which sources, and how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from codebook.errors import BadInput
from crawlers.backfill import steps_of
from crawlers.feeds.periods import Period
from crawlers.registration import register
from crawlers.registry import Registry, SourceEntry
from crawlers.settings import CrawlSettings
from store import backfills
from store.database import Database

WHERE = "avmp crawl"
NAMED = 5
"""Sources without an archive that are named; of more the number is told."""


def period_of(since: str | None, until: str | None, source_ids: Sequence[str]) -> Period | None:
    """The period of the options; None when no back-fill is wanted.

    Raises:
        BadInput: an option is wrong, or makes no sense without `--since`.
    """
    if since is None:
        for option, value in (("--until", until), ("--source", ", ".join(source_ids))):
            if value:
                raise BadInput(WHERE, option, value, "use it with --since")
        return None
    today = dt.datetime.now(dt.UTC).date()
    first, last = _day("--since", since), _day("--until", until) if until else today
    if first > today:
        raise BadInput(WHERE, "--since", since, "name a day that is past")
    if last < first:
        raise BadInput(WHERE, "--until", until, f"name a day from {first} on")
    return Period(first, min(last, today))


def _day(option: str, value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise BadInput(WHERE, option, value, "write a day as 2025-01-31") from None


def order(
    database: Database,
    settings: CrawlSettings,
    registry: Registry,
    period: Period,
    source_ids: Sequence[str],
    *,
    goes_on: bool,
) -> str:
    """Orders the back-fill of a period, or goes on with it, and says in a line how far it is. With `goes_on` one that
    began at the same day and is not done is gone on with, although it was to end on an earlier day than this one.

    Raises:
        BadInput: a source is not among those that are polled.
        StoreUnavailable: the database does not answer.
    """
    sources = _chosen(registry, source_ids)
    register(database, registry, settings)
    with database.session() as session:
        if goes_on and (until := backfills.until_of_open(session, period.since)):
            period = Period(period.since, until)
        steps = steps_of(sources, period)
        backfills.order(session, steps)
        far = backfills.progress(session, period.since, period.until)
    line = (
        f"Back-fill from {period.since} to {period.until}: {far.open} archives to read, {far.done} read, "
        f"{far.failed} given up, {far.found} articles found so far."
    )
    return line + _without_archive(sources, {step.source_id for step in steps})


def _chosen(registry: Registry, source_ids: Sequence[str]) -> Sequence[SourceEntry]:
    by_id = {source.id: source for source in registry.sources}
    for wanted in source_ids:
        if wanted not in by_id:
            remedy = "name a source that `avmp sources list` shows as verified, or add --all"
            raise BadInput(WHERE, "--source", wanted, remedy)
    return [by_id[wanted] for wanted in source_ids] if source_ids else registry.sources


def _without_archive(sources: Sequence[SourceEntry], with_archive: set[str]) -> str:
    without = [source.id for source in sources if source.id not in with_archive]
    if not without:
        return ""
    named = ", ".join(without) if len(without) <= NAMED else f"{len(without)} sources"
    return f" No way back is known for {named}: a sitemap, or a section with next or page_address, would be one."

"""How each source is, for people: the list of all, and one with its feeds, outcomes, alarms and daily figures."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.codes import code_list
from codebook.errors import StoreError
from store.conservation import Equation, conservation
from store.pending import Pending, pending_of
from store.schema import Feed, FeedLogEntry, FetchOutcome, Source, SourceAlarm, SourceDay, StoredArticle
from store.source_days import figures, languages_by_day

PICTURE_DAYS = 30
"""Days that a page tells of."""

LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)
"""Later than all feeds of which it is known since when they fail."""

OUTCOMES_SHOWN, ALARMS_SHOWN, LOG_SHOWN = 30, 20, 20


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source in the list. Figures are those of `PICTURE_DAYS` days; `pages` were had, `articles` of them usable.
    Times are null until it happened once; `error` and `failing_since` are those of its feed that fails longest.
    `looked_at` is when the crawler last looked whether an alarm is due."""

    id: str
    name: str
    jurisdiction: str
    kind: str
    verified: bool
    feeds: int
    looked_at: dt.datetime | None
    last_polled: dt.datetime | None
    last_success: dt.datetime | None
    last_new_item: dt.datetime | None
    error: str | None
    failing_since: dt.datetime | None
    seen: int = 0
    articles: int = 0
    pages: int = 0
    alarms: tuple[SourceAlarm, ...] = ()

    @property
    def usable(self) -> float | None:
        """The share of the pages that are articles."""
        return self.articles / self.pages if self.pages else None

    @property
    def failing(self) -> bool:
        """Whether a feed fails of which more is expected: a source that is not verified may never have worked."""
        return self.error is not None and (self.verified or self.last_success is not None)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source. `past` are alarms that have cleared, the newest first; `languages` and `methods` the articles of the
    last days by language, where a reader has told it, and by the way their text was taken out of the page
    (`crawlers.extraction.methods`; "" for those of releases that did not note it), the most first."""

    line: SourceLine
    source: Source
    feeds: Sequence[Feed]
    log: Sequence[FeedLogEntry]
    outcomes: Sequence[FetchOutcome]
    titles: Mapping[str, str]
    days: Sequence[SourceDay]
    languages: Mapping[str, int]
    methods: Mapping[str, int]
    past: Sequence[SourceAlarm]
    pending: Pending
    equations: tuple[Equation, ...]


def source_lines(session: Session, jurisdiction: str | None = None) -> list[SourceLine]:
    """The sources of a jurisdiction, or all: by jurisdiction in printed order, first those that fail, then the silent
    ones, then those with another alarm; of those that fail first those with an alarm."""
    chosen = select(Source).order_by(Source.jurisdiction, Source.id)
    if jurisdiction is not None:
        chosen = chosen.where(Source.jurisdiction == jurisdiction)
    return _lines(session, session.scalars(chosen).all())


def last_poll(session: Session) -> dt.datetime | None:
    """When any feed was polled last; long ago means that the crawler does not run."""
    return session.scalar(select(func.max(Feed.last_polled)))


def source_health(session: Session, source_id: str) -> SourceHealth:
    """One source in full.

    Raises:
        StoreError: there is none of this id.
    """
    source = session.get(Source, source_id)
    if source is None:
        raise StoreError("there is no source %(id)s: go back to the list of sources", id=source_id)
    [line] = _lines(session, [source])
    feeds = session.scalars(select(Feed).where(Feed.source_id == source_id).order_by(Feed.url)).all()
    log = select(FeedLogEntry).where(FeedLogEntry.feed_url.in_([feed.url for feed in feeds]))
    newest = select(FetchOutcome).where(FetchOutcome.source_id == source_id).order_by(FetchOutcome.at.desc())
    outcomes = session.scalars(newest.limit(OUTCOMES_SHOWN)).all()
    articles = [outcome.article_id for outcome in outcomes if outcome.article_id]
    titles = session.execute(select(StoredArticle.id, StoredArticle.title).where(StoredArticle.id.in_(articles)))
    past = select(SourceAlarm).where(SourceAlarm.source_id == source_id, SourceAlarm.cleared_at.is_not(None))
    return SourceHealth(
        line,
        source,
        feeds,
        session.scalars(log.order_by(FeedLogEntry.id.desc()).limit(LOG_SHOWN)).all(),
        outcomes,
        dict(titles.all()),
        figures(session, source_id, PICTURE_DAYS),
        _languages(session, source_id),
        _methods(session, source_id),
        session.scalars(past.order_by(SourceAlarm.cleared_at.desc()).limit(ALARMS_SHOWN)).all(),
        pending_of(session, source_id),
        conservation(session, source_id),
    )


def _lines(session: Session, sources: Sequence[Source]) -> list[SourceLine]:
    ids = [source.id for source in sources]
    feeds: dict[str, list[Feed]] = defaultdict(list)
    for feed in session.scalars(select(Feed).where(Feed.source_id.in_(ids))):
        feeds[feed.source_id].append(feed)
    alarms: dict[str, list[SourceAlarm]] = defaultdict(list)
    still = select(SourceAlarm).where(SourceAlarm.source_id.in_(ids), SourceAlarm.cleared_at.is_(None))
    for alarm in session.scalars(still.order_by(SourceAlarm.raised_at)):
        alarms[alarm.source_id].append(alarm)
    sums = _sums(session, ids)
    lines = [
        replace(
            _line(source, feeds[source.id]),
            seen=sums[source.id].seen,
            articles=sums[source.id].articles,
            pages=sums[source.id].pages,
            alarms=tuple(alarms[source.id]),
        )
        for source in sources
    ]
    printed = list(code_list("jurisdiction").codes)
    # Stable: by id within.
    return sorted(lines, key=lambda line: (printed.index(line.jurisdiction), _place(line), not line.alarms))


def _place(line: SourceLine) -> int:
    """Where a source stands among those of its jurisdiction."""
    if line.failing:
        return 0
    if any(alarm.kind == "silence" for alarm in line.alarms):
        return 1
    return 2 if line.alarms else 3


def _line(source: Source, feeds: Sequence[Feed]) -> SourceLine:
    failing = [feed for feed in feeds if feed.last_error is not None]
    worst = min(failing, key=lambda feed: feed.failing_since or LATEST, default=None)
    return SourceLine(
        source.id,
        source.name,
        source.jurisdiction,
        source.kind,
        source.verified,
        len(feeds),
        source.looked_at,
        max((feed.last_polled for feed in feeds if feed.last_polled), default=None),
        max((feed.last_success for feed in feeds if feed.last_success), default=None),
        max((feed.last_new_item for feed in feeds if feed.last_new_item), default=None),
        worst.last_error if worst else None,
        worst.failing_since if worst else None,
    )


class _Sums(NamedTuple):
    seen: int = 0
    articles: int = 0
    pages: int = 0


def _sums(session: Session, ids: Sequence[str]) -> Mapping[str, _Sums]:
    articles = SourceDay.new + SourceDay.changed + SourceDay.unchanged
    since = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=PICTURE_DAYS)
    sums = select(
        SourceDay.source_id, func.sum(SourceDay.seen), func.sum(articles), func.sum(articles + SourceDay.unusable)
    )
    chosen = sums.where(SourceDay.source_id.in_(ids), SourceDay.day > since).group_by(SourceDay.source_id)
    found: dict[str, _Sums] = defaultdict(_Sums)
    for source_id, *figures_of_days in session.execute(chosen):
        found[source_id] = _Sums(*figures_of_days)
    return found


def _languages(session: Session, source_id: str) -> dict[str, int]:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=PICTURE_DAYS)
    counts: dict[str, int] = defaultdict(int)
    for day in languages_by_day(session, [source_id], since).get(source_id, {}).values():
        for language, number in day.items():
            counts[language] += number
    return dict(sorted(counts.items(), key=lambda entry: -entry[1]))


def _methods(session: Session, source_id: str) -> dict[str, int]:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=PICTURE_DAYS)
    of_days = (StoredArticle.source_id == source_id, StoredArticle.fetched > since)
    method = func.coalesce(StoredArticle.extraction, "")
    counted = select(method, func.count()).where(*of_days).group_by(method)
    return dict(session.execute(counted.order_by(func.count().desc(), method)).all())

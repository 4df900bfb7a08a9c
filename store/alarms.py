"""Alarms over sources: raised once, kept until they clear, each with one line on what happened and one on what to do.

What compares a source with its past (`store.rhythm`) is never told of one too young to have a history; what a feed
itself answers (gone, refused by robots.txt, failing for a day, lying about not being modified) is told at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.rhythm import Finding, History, language_shift, refusals, silence, volume_shift, yield_fall
from store.schema import Feed, Source, SourceAlarm
from store.source_days import histories

PATIENCE = dt.timedelta(days=1)
"""A feed that has failed for so long is told of; before, it is asked again and may come back."""

LASTING = dt.timedelta(days=28)
"""After so long at its new level, a language or a volume is the source's own."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A source that is polled: its feeds, and whether conditional requests to it are switched on."""

    source_id: str
    feeds: tuple[str, ...]
    conditional: bool = True


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of a watched source."""

    watched: Watched
    history: History
    feeds: Sequence[Feed]
    verified: bool
    open: Mapping[tuple[str, str], SourceAlarm]
    now: dt.datetime

    def normal(self, kind: str) -> float | None:
        alarm = self.open.get((kind, ""))
        return alarm.normal if alarm else None


def polled(session: Session, sources: Collection[Watched], since: dt.datetime | None = None) -> list[Watched]:
    """Those of the sources of which there is something to say: one of their feeds was polled (at `since` or later), or
    they have none."""
    urls = [url for watched in sources for url in watched.feeds]
    asked = Feed.last_polled.is_not(None) if since is None else Feed.last_polled >= since
    answered = set(session.scalars(select(Feed.url).where(Feed.url.in_(urls), asked)))
    return [watched for watched in sources if not watched.feeds or not answered.isdisjoint(watched.feeds)]


def check(session: Session, sources: Collection[Watched]) -> list[SourceAlarm]:
    """Raises the alarms of these sources that are due and clears those that are over; the ones newly raised. Notes
    that the sources were looked at."""
    raised: list[SourceAlarm] = []
    for state in _states(session, sources):
        found = {(finding.kind, finding.feed_url): finding for finding in _findings(state)}
        for key, alarm in state.open.items():
            if key not in found:
                alarm.cleared_at = state.now
        for key, finding in found.items():
            if key not in state.open:
                raised += _raise(session, state.watched.source_id, finding)
    ids = [watched.source_id for watched in sources]
    session.execute(update(Source).where(Source.id.in_(ids)).values(looked_at=func.now()))
    session.flush()
    return raised


def clear_others(session: Session, sources: Collection[str]) -> None:
    """Clears the alarms of sources that are polled no more."""
    over = update(SourceAlarm).where(SourceAlarm.cleared_at.is_(None), SourceAlarm.source_id.not_in(sources))
    session.execute(over.values(cleared_at=func.now()))


def _raise(session: Session, source_id: str, finding: Finding) -> list[SourceAlarm]:
    row = (
        insert(SourceAlarm)
        .values(
            source_id=source_id,
            kind=finding.kind,
            feed_url=finding.feed_url,
            line=finding.line,
            remedy=finding.remedy,
            normal=finding.normal,
        )
        .on_conflict_do_nothing()
        .returning(SourceAlarm)
    )
    return list(session.scalars(row))


def _findings(state: _State) -> Iterator[Finding]:
    for feed in state.feeds:
        yield from _of_feed(state, feed)
    found = [
        _silence(state),
        yield_fall(state.history, state.normal("yield")),
        language_shift(state.history, _aged_out(state, "language")),
        volume_shift(state.history, _aged_out(state, "volume")),
        refusals(state.history),
    ]
    yield from (finding for finding in found if finding is not None)


def _silence(state: _State) -> Finding | None:
    """An open silence ends with a new item alone, however long ago the source's rhythm was."""
    last_new = max((feed.last_new_item for feed in state.feeds if feed.last_new_item), default=None)
    alarm = state.open.get(("silence", ""))
    if alarm is not None and (last_new is None or last_new <= alarm.raised_at):
        return Finding("silence", alarm.line, alarm.remedy)
    return silence(state.history, last_new, state.now, state.watched.source_id)


def _aged_out(state: _State, kind: str) -> float | None:
    """The normal figure of an open alarm, forgotten once the new level has lasted."""
    alarm = state.open.get((kind, ""))
    return None if alarm is None or state.now - alarm.raised_at > LASTING else alarm.normal


def _of_feed(state: _State, feed: Feed) -> Iterator[Finding]:
    asked = f"`avmp sources check {state.watched.source_id}` asks it again"
    if feed.gone_since is not None:
        remedy = "take the feed out of the registry; `avmp sources add` with the site's address finds its successor"
        yield Finding("gone", f"{feed.url} answers HTTP 410: it is gone for good", remedy, feed_url=feed.url)
    elif feed.last_error_kind == "refused" and "robots.txt" in (feed.last_error or ""):
        remedy = "ask the site for consent, or take the feed out of the registry: it is not read against robots.txt"
        yield Finding("robots", f"robots.txt disallows {feed.url}", remedy, feed_url=feed.url)
    elif feed.failing_since is not None and _is_news(state, feed, feed.failing_since):
        line = f"{feed.url} has failed since {_written(feed.failing_since)}: {feed.last_error}"
        yield Finding("failing", line, f"{asked} and says what to fix", feed_url=feed.url)
    if feed.lies_since is not None and state.watched.conditional:
        line = f"{feed.url} said that it was not modified when it was; it is now asked for the whole each time"
        yield Finding("unmodified", line, "set `conditional = false` in the source's registry entry", feed_url=feed.url)


def _is_news(state: _State, feed: Feed, failing_since: dt.datetime) -> bool:
    """Whether a failure lasts; that of an unverified source that never worked was known before."""
    return state.now - failing_since > PATIENCE and (feed.last_success is not None or state.verified)


def _written(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _states(session: Session, sources: Collection[Watched]) -> Iterator[_State]:
    ids = [watched.source_id for watched in sources]
    now: dt.datetime = session.execute(select(func.now())).scalar_one()
    past = histories(session, ids, now)
    feeds: dict[str, list[Feed]] = defaultdict(list)
    for feed in session.scalars(select(Feed).where(Feed.source_id.in_(ids)).order_by(Feed.url)):
        feeds[feed.source_id].append(feed)
    alarms: dict[str, list[SourceAlarm]] = defaultdict(list)
    still = select(SourceAlarm).where(SourceAlarm.source_id.in_(ids), SourceAlarm.cleared_at.is_(None))
    for alarm in session.scalars(still):
        alarms[alarm.source_id].append(alarm)
    verified = dict(session.execute(select(Source.id, Source.verified).where(Source.id.in_(ids))).all())
    for watched in sources:
        name = watched.source_id
        yield _State(
            watched,
            past[name],
            [feed for feed in feeds[name] if feed.url in watched.feeds],
            verified.get(name, False),
            {(alarm.kind, alarm.feed_url): alarm for alarm in alarms[name]},
            now,
        )

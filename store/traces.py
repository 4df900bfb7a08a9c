"""Everything that happened to one address, in the order of time, told from what each room wrote when it did it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.events import ArticleFetched
from store.pending_reasons import why_pending
from store.schema import (
    ArticleAddress,
    ArticleMark,
    ArticleVersion,
    AuditEntry,
    Candidate,
    FetchedPage,
    FetchOutcome,
    IncidentArticle,
    ItemEvent,
    OutboxMessage,
    PendingItem,
    Revision,
    StoredArticle,
    StoredMention,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `what` names it, `facts` are its details by name; `line` says it to a person."""

    at: dt.datetime
    what: str
    line: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """The story of an address: the normal forms under which it was seen, the articles it became, the steps."""

    urls: tuple[str, ...]
    articles: tuple[str, ...]
    steps: tuple[Step, ...]


def trace(session: Session, url: str, article_id: str) -> Trace | None:
    """The story of the address whose normal form is `url` and whose article id would be `article_id`; None when it
    was never seen."""
    became = select(FetchOutcome.article_id).where(FetchOutcome.url == url)
    noted = select(ItemEvent.article_id).where(ItemEvent.url == url)
    lies = select(FetchedPage.article_id).where(FetchedPage.url == url)  # all editions of a page that changes
    itself = select(StoredArticle.id).where(StoredArticle.id == article_id)
    under = select(ArticleAddress.article_id).where(ArticleAddress.address == url)
    ids = {
        found for query in (became, noted, lies, itself, under) for found in session.scalars(query) if found is not None
    }
    urls = {url}
    for query in (
        select(FetchOutcome.url).where(FetchOutcome.article_id.in_(ids)),
        select(ItemEvent.url).where(ItemEvent.article_id.in_(ids)),
        select(ArticleAddress.address).where(ArticleAddress.article_id.in_(ids)),
    ):
        urls |= set(session.scalars(query))
    steps = [*_collecting(session, urls), *_articles(session, ids), *_decisions(session, ids)]
    if not steps:
        return None
    order = {what: number for number, what in enumerate(ORDER)}
    steps.sort(key=lambda step: (step.at, order[step.what]))
    return Trace(tuple(sorted(urls)), tuple(sorted(ids)), tuple(steps))


ORDER = (
    "listed", "archived", "postponed", "fetched", "failed", "refused", "unusable", "pending", "version", "article",
    "to be sent", "on the bus", "refused by the bus", "read", "mention", "candidate", "decision", "incident",
)  # fmt: skip
"""What comes first of things that one transaction wrote at one moment."""


def _collecting(session: Session, urls: Collection[str]) -> Iterator[Step]:
    noted: set[tuple[str, str]] = set()
    for event in session.scalars(select(ItemEvent).where(ItemEvent.url.in_(urls)).order_by(ItemEvent.id)):
        noted.add((event.url, event.what))
        yield Step(
            event.at, event.what, _line_of(event), _facts(event, "url", "feed_url", "address", "reason", "attempt")
        )
    for outcome in session.scalars(select(FetchOutcome).where(FetchOutcome.url.in_(urls))):
        if (outcome.url, outcome.outcome) not in noted:  # from before events were noted
            line = f"{outcome.url}, at attempt {outcome.attempts}" + (f": {outcome.reason}" if outcome.reason else "")
            yield Step(outcome.at, outcome.outcome, line, _facts(outcome, "url", "reason", "attempts"))
    for item in session.scalars(select(PendingItem).where(PendingItem.url.in_(urls))):
        if (item.url, "listed") not in noted:
            yield Step(item.seen_at, "listed", f"by {item.feed_url}", _facts(item, "url", "feed_url", "link"))
        line = f"{item.link}: {why_pending(session, item)}"
        yield Step(item.due_at, "pending", line, _facts(item, "url", "link", "attempts", "reason"))
    for page in session.scalars(select(FetchedPage).where(FetchedPage.url.in_(urls))):
        line = (
            f"{page.archive_path} at {page.archive_offset}, {page.archive_length} bytes, SHA-256 {page.archive_sha256}"
        )
        yield Step(
            page.fetched,
            "archived",
            line,
            _facts(page, "archive_path", "archive_offset", "archive_length", "archive_sha256", "article_id", "reason"),
        )


def _line_of(event: ItemEvent) -> str:
    if event.what == "listed":
        return f"by {event.feed_url}, as {event.address}"
    attempt = f"attempt {event.attempt}"
    if event.what == "fetched":
        return f"{attempt}: {event.address} is article {event.article_id}, {event.stored}"
    return f"{attempt}: {event.reason}"


def _articles(session: Session, ids: Collection[str]) -> Iterator[Step]:
    for version in session.scalars(select(ArticleVersion).where(ArticleVersion.article_id.in_(ids))):
        line = f"{version.article_id}: an earlier wording, {version.content_hash}, {len(version.text)} characters"
        yield Step(version.fetched, "version", line, _facts(version, "article_id", "content_hash", "title"))
    for article in session.scalars(select(StoredArticle).where(StoredArticle.id.in_(ids))):
        dated = (
            f"dated {article.published.isoformat()} by the {article.published_from}" if article.published else "undated"
        )
        taken = f" by {article.extraction}" if article.extraction else ""
        text = f"{len(article.text)} characters taken out{taken}"
        line = f"{article.id}: the present wording, {article.content_hash}, {text}, {dated}"
        facts = _facts(
            article, "id", "url", "title", "content_hash", "extraction", "published", "published_from", "source_id"
        )
        mark = session.get(ArticleMark, article.id)
        if mark is not None and mark.resembles is not None:
            line += f"; {mark.likeness or 0:.0%} of its words stand in article {mark.resembles}, too"
            facts |= _facts(mark, "resembles", "likeness")
        yield Step(article.fetched, "article", line, facts)
        if article.read_at is not None:
            yield Step(article.read_at, "read", _reading(article), _facts(article, *READ))
    sent = select(OutboxMessage).where(OutboxMessage.topic == ArticleFetched.topic, OutboxMessage.key.in_(ids))
    for message in session.scalars(sent):
        yield Step(message.created_at, "to be sent", f"event {message.event_id}", _facts(message, "event_id"))
        if message.published_at is not None:
            yield Step(message.published_at, "on the bus", f"event {message.event_id}", _facts(message, "event_id"))
        if message.refused is not None:
            yield Step(
                message.created_at, "refused by the bus", message.refused, _facts(message, "event_id", "refused")
            )


READ = (
    "lang", "script", "relevance", "relevant", "irrelevance_reason", "read_by", "read_fallback", "reader_version",
    "read_hash",
)  # fmt: skip


def _reading(article: StoredArticle) -> str:
    chance = "" if article.relevance is None else f", chance of an incident {article.relevance:.0%}"
    found = "relevant" if article.relevant else f"not relevant ({article.irrelevance_reason or 'no reason given'})"
    fallback = f", for the instruction model: {article.read_fallback}" if article.read_fallback else ""
    stale = "" if article.read_hash == article.content_hash else "; the present wording is still to be read"
    return f"in {article.lang}: {found}{chance}; by {article.read_by}{fallback}, {article.reader_version}{stale}"


def _decisions(session: Session, ids: Collection[str]) -> Iterator[Step]:
    candidates: set[str] = set()
    for mention in session.scalars(select(StoredMention).where(StoredMention.article_id.in_(ids))):
        day = mention.date.isoformat() if mention.date else "no date"
        place = mention.facts.get("place") or "no place"
        line = f"{mention.id}: {mention.incident_type}, {day}, {place}" + (
            "" if mention.candidate_id else "; not linked yet"
        )
        facts = _facts(mention, "id", "incident_type", "subtype", "date", "jurisdiction", "candidate_id")
        yield Step(mention.read_at, "mention", line, facts)
        candidates |= {mention.candidate_id} if mention.candidate_id else set()
    for candidate in session.scalars(select(Candidate).where(Candidate.id.in_(candidates))):
        line = f"{candidate.id}, {candidate.state}" + (
            f" by {candidate.superseded_by}" if candidate.superseded_by else ""
        )
        yield Step(candidate.created_at, "candidate", line, _facts(candidate, "id", "state", "kind", "incident_id"))
    of_candidates = select(AuditEntry).where(
        AuditEntry.subject_kind == "candidate", AuditEntry.subject_id.in_(candidates)
    )
    for entry in session.scalars(of_candidates):
        line = f"{entry.action} {entry.subject_id}, by {entry.actor}" + (f": {entry.why}" if entry.why else "")
        yield Step(entry.at, "decision", line, _facts(entry, "action", "actor", "why", "subject_id"))
    incidents = select(IncidentArticle.incident_id).where(IncidentArticle.article_id.in_(ids))
    for revision in session.scalars(select(Revision).where(Revision.incident_id.in_(incidents))):
        line = f"{revision.incident_id}, revision {revision.number}, by {revision.by}: {revision.why}"
        yield Step(revision.at, "incident", line, _facts(revision, "incident_id", "number", "by", "why"))


def _facts(row: object, *names: str) -> dict[str, Any]:
    """Fields of a row by name, without those that are null; times and days as ISO 8601."""
    values = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
        if value is not None
    }

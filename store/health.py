"""How the system is: sources, stages, queue, and the conservation equations between them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store import outbox
from store.conservation import Equation, conservation
from store.schema import (
    Candidate,
    CuratedIncident,
    FetchOutcome,
    OutboxMessage,
    ProcessedEvent,
    StoredArticle,
    StoredMention,
)
from store.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class StageState:
    """Events a stage has taken, by outcome."""

    name: str
    done: int
    filtered: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much lies where. `articles` = `unread` + `screened_out` + `relevant`;
    `mentions` = `unlinked` + those that belong to a candidate. `outbox_refused` are messages that the bus will never
    take; they do not wait."""

    articles: int
    unread: int
    screened_out: int
    relevant: int
    mentions: int
    unlinked: int
    outbox_waiting: int
    outbox_refused: int
    fetch_failures: int
    open: int
    approved: int
    rejected: int
    in_work: int
    incidents: int


@dataclass(frozen=True, slots=True)
class SystemState:
    """How everything stands at one moment."""

    sources: Standing
    stages: tuple[StageState, ...]
    counts: Counts
    equations: tuple[Equation, ...]


def system_state(session: Session) -> SystemState:
    """The state as of this transaction."""
    return SystemState(standing(session), _stages(session), counts(session), conservation(session))


def counts(session: Session) -> Counts:
    """The counts of `SystemState` alone."""

    def number(query: Select[int]) -> int:
        return session.scalar(query) or 0

    def articles(*conditions: object) -> int:
        return number(select(func.count()).select_from(StoredArticle).where(*conditions))  # type: ignore[arg-type]

    def candidates(*conditions: object) -> int:
        return number(select(func.count()).select_from(Candidate).where(*conditions))  # type: ignore[arg-type]

    mentions = select(func.count()).select_from(StoredMention)
    messages = select(func.count()).select_from(OutboxMessage)
    return Counts(
        articles=articles(),
        unread=articles(StoredArticle.relevant.is_(None)),
        screened_out=articles(StoredArticle.relevant.is_(False)),
        relevant=articles(StoredArticle.relevant.is_(True)),
        mentions=number(mentions),
        unlinked=number(mentions.where(StoredMention.candidate_id.is_(None))),
        outbox_waiting=number(messages.where(outbox.WAITING)),
        outbox_refused=number(messages.where(OutboxMessage.refused.is_not(None))),
        fetch_failures=number(select(func.count()).select_from(FetchOutcome).where(FetchOutcome.outcome != "fetched")),
        open=candidates(Candidate.state == "open"),
        approved=candidates(Candidate.state == "approved"),
        rejected=candidates(Candidate.state == "rejected"),
        in_work=candidates(Candidate.state == "open", Candidate.lease_until > func.now()),
        incidents=number(select(func.count()).select_from(CuratedIncident).where(CuratedIncident.state == "approved")),
    )


def _stages(session: Session) -> tuple[StageState, ...]:
    query = select(
        ProcessedEvent.stage,
        func.count().filter(ProcessedEvent.outcome == "done"),
        func.count().filter(ProcessedEvent.outcome == "filtered"),
    ).group_by(ProcessedEvent.stage)
    return tuple(StageState(*row) for row in session.execute(query.order_by(ProcessedEvent.stage)))

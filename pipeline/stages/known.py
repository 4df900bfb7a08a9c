"""Stored mentions as the linker sees them, with their place in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from codebook.records import Alternatives, Facts
from linking.days import possible_days
from linking.hints import Hints
from linking.mentions import LinkableMention, sureness_of
from pipeline.stages.candidates import DECIDED
from store.among import among
from store.homes import told_here
from store.schema import Candidate, Source, StoredArticle, StoredMention


@dataclass(frozen=True, slots=True)
class Known:
    """A stored mention with its place in the queue."""

    row: StoredMention
    linkable: LinkableMention
    candidate: Candidate | None

    @property
    def decided(self) -> bool:
        return self.candidate is not None and self.candidate.state in DECIDED

    @property
    def bond(self) -> str | None:
        """What holds it together with others whatever the linker thinks: the incident a person made of it, or the
        candidate a person rejected."""
        if self.candidate is None:
            return None
        return self.candidate.incident_id or (self.candidate.id if self.decided else None)


def linkable(session: Session, row: StoredMention | Row[Any], source_kind: str) -> LinkableMention:
    """A stored mention as the linker sees it in the queue where it lies."""
    facts = told_here(session, row)
    confidence = confidence_in(row, facts)
    return LinkableMention(
        id=row.id,
        article_id=row.article_id,
        published=row.published,
        official=source_kind == "official",
        facts=facts,
        sureness=sureness_of(confidence),
        days=possible_days(facts, confidence, Alternatives.model_validate(row.alternatives)),
        hints=Hints.from_json(row.hints),
    )


def confidence_in(row: StoredMention | Row[Any], facts: Facts) -> Mapping[str, float]:
    """How sure a mention was read, where it counts with these facts: of a place that a person gave it nothing was."""
    told: Mapping[str, float] = row.confidence
    if facts.jurisdiction == row.facts["jurisdiction"]:
        return told
    return {name: share for name, share in told.items() if name != "place"}


_ROWS = select(StoredMention, Candidate).outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
_LINKABLE = (
    select(
        StoredMention.id,
        StoredMention.article_id,
        StoredMention.candidate_id,
        StoredMention.jurisdiction,
        StoredMention.published,
        StoredMention.facts,
        StoredMention.confidence,
        StoredMention.alternatives,
        StoredMention.hints,
        Source.kind,
    )
    .join_from(StoredMention, StoredArticle, StoredArticle.id == StoredMention.article_id)
    .join(Source, Source.id == StoredArticle.source_id)
)


def load(
    session: Session, condition: ColumnElement[bool], seen: dict[str, LinkableMention] | None = None
) -> dict[str, Known]:
    """The mentions under a condition. Those `seen` already in this transaction, under the jurisdiction's lock, are as
    they were; the others are added to them."""
    seen = {} if seen is None else seen
    rows = session.execute(_ROWS.where(condition)).all()
    see(session, {row.id for row, _ in rows}, seen)
    return {row.id: Known(row, seen[row.id], candidate) for row, candidate in rows if row.id in seen}


def see(session: Session, ids: AbstractSet[str], seen: dict[str, LinkableMention]) -> None:
    """Add those of these mentions that are not `seen` yet: without their place in the queue, for of most only what
    they tell is needed."""
    if unseen := ids - seen.keys():
        seen |= linkable_where(session, among(StoredMention.id, unseen))


def linkable_where(session: Session, condition: ColumnElement[bool]) -> dict[str, LinkableMention]:
    """The mentions under a condition as the linker sees them."""
    return {row.id: linkable(session, row, row.kind) for row in session.execute(_LINKABLE.where(condition))}

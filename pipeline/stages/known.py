"""Stored mentions as the linker sees them, with their place in the queue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from codebook.records import Facts
from linking.hints import Hints
from linking.mentions import LinkableMention
from pipeline.stages.candidates import DECIDED
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


def linkable(row: StoredMention, published: dt.datetime | None, source_kind: str) -> LinkableMention:
    """A stored mention as the linker sees it."""
    return LinkableMention(
        id=row.id,
        article_id=row.article_id,
        published=published,
        official=source_kind == "official",
        facts=Facts.model_validate(row.facts),
        confidence=row.confidence.get("incident_type", 1.0),
        hints=Hints.from_json(row.hints),
    )


def load(session: Session, condition: ColumnElement[bool], before: dict[str, Known] | None = None) -> dict[str, Known]:
    """The mentions under a condition; those loaded before are taken from there."""
    query = (
        select(StoredMention, StoredArticle.published, Source.kind, Candidate)
        .join(StoredArticle, StoredArticle.id == StoredMention.article_id)
        .join(Source, Source.id == StoredArticle.source_id)
        .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
        .where(condition)
    )
    known = before or {}
    return {
        row.id: known.get(row.id) or Known(row, linkable(row, published, kind), candidate)
        for row, published, kind, candidate in session.execute(query)
    }

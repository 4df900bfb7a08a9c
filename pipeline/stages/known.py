"""Stored mentions as the linker sees them, with their place in the queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
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


def linkable(row: StoredMention | Row[Any], source_kind: str) -> LinkableMention:
    """A stored mention as the linker sees it."""
    return LinkableMention(
        id=row.id,
        article_id=row.article_id,
        published=row.published,
        official=source_kind == "official",
        facts=Facts.model_validate(row.facts),
        confidence=row.confidence.get("incident_type", 1.0),
        hints=Hints.from_json(row.hints),
    )


def load(
    session: Session, condition: ColumnElement[bool], seen: Mapping[str, LinkableMention] | None = None
) -> dict[str, Known]:
    """The mentions under a condition. Those `seen` already in this transaction, under the jurisdiction's lock, are as
    they were."""
    query = _mentions(StoredMention, Source.kind, Candidate).where(condition)
    seen = seen or {}
    return {
        row.id: Known(row, seen.get(row.id) or linkable(row, kind), candidate)
        for row, kind, candidate in session.execute(query)
    }


def load_linkable(session: Session, ids: Collection[str]) -> list[LinkableMention]:
    """These mentions as the linker sees them, without their place in the queue: of most only this is needed."""
    if not ids:
        return []
    told = (StoredMention.id, StoredMention.article_id, StoredMention.published, StoredMention.facts)
    query = _mentions(*told, StoredMention.confidence, StoredMention.hints, Source.kind)
    found = session.execute(query.where(StoredMention.id.in_(ids)))
    return [linkable(row, row.kind) for row in found]


def _mentions(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join_from(StoredMention, StoredArticle, StoredArticle.id == StoredMention.article_id)
        .join(Source, Source.id == StoredArticle.source_id)
        .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
    )

"""The hints of stored mentions, computed where the text lies: no event carries them, and none outlives a decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.records import Evidence
from linking.hints import hints
from pipeline.stages.candidates import DECIDED
from store.hints import hint_key
from store.schema import ArticleVersion, Candidate, StoredArticle, StoredMention

HintsJson = dict[str, Any]


def hints_of(
    session: Session, article: StoredArticle, content_hash: str, evidence: Mapping[str, Collection[Evidence]]
) -> dict[str, HintsJson]:
    """The hints of all mentions that one wording of an article has in one jurisdiction, by mention id, from the
    `evidence` of each. Without hints where that wording is no longer kept."""
    wording: StoredArticle | ArticleVersion | None = article
    if article.content_hash != content_hash:
        wording = session.get(ArticleVersion, (article.id, content_hash))
    if wording is None:
        return {id_: {} for id_ in evidence}
    key = hint_key(session)
    return {
        id_: hints(
            wording.title,
            wording.text,
            article.lang,
            key,
            own=own,
            others=[piece for other, pieces in evidence.items() if other != id_ for piece in pieces],
        ).to_json()
        for id_, own in evidence.items()
    }


def restore_hints(session: Session, mentions: Collection[str]) -> None:
    """Give those of these mentions hints again that wait for a decision and have none: their decision was undone."""
    lacking = (
        select(StoredMention)
        .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
        .where(StoredMention.id.in_(mentions), StoredMention.hints.is_(None))
        .where(Candidate.id.is_(None) | Candidate.state.not_in(DECIDED))
    )
    for row in session.scalars(lacking.order_by(StoredMention.id)).all():
        told = StoredMention.facts["jurisdiction"].astext.is_not_distinct_from(row.facts.get("jurisdiction"))
        siblings = select(StoredMention).where(
            StoredMention.article_id == row.article_id, StoredMention.content_hash == row.content_hash, told
        )
        evidence = {sibling.id: evidence_of(sibling.evidence) for sibling in session.scalars(siblings)}
        article = session.get_one(StoredArticle, row.article_id)
        row.hints = hints_of(session, article, row.content_hash, evidence)[row.id]


def evidence_of(stored: Iterable[Any]) -> list[Evidence]:
    """Stored evidence as records."""
    return [Evidence.model_validate(piece) for piece in stored]

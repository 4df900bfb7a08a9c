"""Mentions and candidates: the review queue."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.schema.base import Base, CreatedAt
from store.schema.codes import code_key
from store.schema.queue_place import NOT_FIRST, OPEN, QueuePlace

IMPRECISE = text("mentions.facts ->> 'date_precision' <> 'day'")
"""Mentions whose date stands for more days than one."""
UNDATED = text("mentions.date is null")


class StoredMention(Base):
    """One incident as one article tells it. `facts`, `alternatives` and `hints` are the records of these names as JSON;
    the columns repeat what blocking and filters need, `published` what the article said when it was read.
    `candidate_id` is the candidate it belongs to, null until it is linked. The hints are null once a person has decided
    on the candidate: then nothing of them is left."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("article_id", "position"),
        ForeignKeyConstraint(["incident_type", "subtype"], ["code_subtype.parent", "code_subtype.code"]),
        Index("ix_mentions_by_day", "jurisdiction", "date", "latitude", "longitude"),
        Index("ix_mentions_imprecise", "jurisdiction", "date", "latitude", "longitude", postgresql_where=IMPRECISE),
        Index("ix_mentions_undated", "jurisdiction", "published", "latitude", "longitude", postgresql_where=UNDATED),
        Index("ix_mentions_by_publication", "jurisdiction", "published", "latitude", "longitude"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    position: Mapped[int]
    content_hash: Mapped[str]
    reader_version: Mapped[str]
    jurisdiction: Mapped[str | None] = mapped_column(code_key("jurisdiction"))
    incident_type: Mapped[str] = mapped_column(code_key("incident_type"))
    subtype: Mapped[str | None]
    date: Mapped[dt.date | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    published: Mapped[dt.datetime | None]
    facts: Mapped[dict[str, Any]]
    confidence: Mapped[dict[str, Any]]
    alternatives: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    evidence: Mapped[list[Any]]
    hints: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    read_at: Mapped[CreatedAt]
    candidate_id: Mapped[str | None] = mapped_column(ForeignKey("candidates.id"), index=True)

    candidate: Mapped[Candidate | None] = relationship(back_populates="mentions")


class Candidate(QueuePlace, Base):
    """A real-world event in the review queue: its mentions, a merged proposal, a priority.

    `kind` is `new`, or `update` when it proposes a change of the approved incident `incident_id`. `version`
    counts changes of proposal, mentions or state: a decision names the version it was made on, and an older one
    is a `Conflict`. A candidate the linker dissolved is `superseded`, with the one that took its mentions. `revision`
    is the revision of the incident that rests on the approval. `lease_from` is who held the item before `lease_owner`
    took it over, their time having run out.
    """

    __tablename__ = "candidates"
    __table_args__ = (
        CheckConstraint("state in ('open', 'approved', 'rejected', 'superseded')", name="state"),
        CheckConstraint("kind in ('new', 'update')", name="kind"),
        CheckConstraint("(kind = 'update') <= (incident_id is not null)", name="update_has_incident"),
        CheckConstraint(
            "(state in ('approved', 'rejected')) = (decided_by is not null and decided_at is not null)",
            name="decision_has_a_person",
        ),
        CheckConstraint("(state = 'rejected') <= (rejection_reason is not null)", name="rejection_has_reason"),
        CheckConstraint("(lease_owner is null) = (lease_until is null)", name="lease"),
        CheckConstraint("stage in ('first', 'second', 'adjudication')", name="stage"),
        CheckConstraint("(stage = 'first') = (first_reader is null)", name="first_reader"),
        Index("ix_candidates_turn", "turn", "id", postgresql_where=OPEN),
        Index("ix_candidates_jurisdiction_turn", "jurisdiction", "turn", postgresql_where=OPEN),
        Index("ix_candidates_created_at", "created_at", "id", postgresql_where=OPEN),
        Index("ix_candidates_lease_owner", "lease_owner", postgresql_where=text("lease_owner is not null")),
        Index("ix_candidates_decided_at", "decided_at"),
        Index("ix_candidates_superseded_by", "superseded_by", postgresql_where=text("superseded_by is not null")),
        Index("ix_candidates_stage", "stage", "first_reader", postgresql_where=NOT_FIRST),
        Index("ix_candidates_langs", "langs", postgresql_using="gin", postgresql_where=OPEN),
        Index("ix_candidates_source_ids", "source_ids", postgresql_using="gin", postgresql_where=OPEN),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str | None] = mapped_column(code_key("jurisdiction"), index=True)
    state: Mapped[str] = mapped_column(default="open")
    kind: Mapped[str] = mapped_column(default="new")
    incident_id: Mapped[str | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    revision: Mapped[int | None]
    proposal: Mapped[dict[str, Any]]
    priority: Mapped[float]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    lease_owner: Mapped[str | None] = mapped_column(ForeignKey("users.name"))
    lease_until: Mapped[dt.datetime | None]
    lease_from: Mapped[str | None] = mapped_column(ForeignKey("users.name"))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.name"))
    decided_at: Mapped[dt.datetime | None]
    rejection_reason: Mapped[str | None] = mapped_column(code_key("rejection_reason"))
    comment: Mapped[str | None]
    superseded_by: Mapped[str | None]

    mentions: Mapped[list[StoredMention]] = relationship(back_populates="candidate", order_by="StoredMention.id")


Index(
    "ix_candidates_place",
    func.plain_letters(Candidate.proposal["place"].astext).label("beginning"),
    postgresql_ops={"beginning": "text_pattern_ops"},
)
"""By this items are found by the beginning of their place."""

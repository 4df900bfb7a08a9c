"""The curated incidents: what a monitor has approved, with every revision."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.schema.base import Base, CreatedAt, Serial
from store.schema.codes import code_key


class CuratedIncident(Base):
    """One approved incident. Withdrawn ones stay, marked, for the record of what was published."""

    __tablename__ = "incidents"
    __table_args__ = (
        ForeignKeyConstraint(["incident_type", "subtype"], ["code_subtype.parent", "code_subtype.code"]),
        CheckConstraint("(date is null) = (date_precision = 'unknown')", name="date_has_precision"),
        CheckConstraint("geo_precision between 1 and 3", name="geo_precision"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("state in ('approved', 'withdrawn')", name="state"),
        Index("ix_incidents_date_id", "date", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="approved")
    revision: Mapped[int] = mapped_column(default=1)
    incident_type: Mapped[str] = mapped_column(code_key("incident_type"), index=True)
    subtype: Mapped[str | None]
    date: Mapped[dt.date | None]
    date_precision: Mapped[str] = mapped_column(code_key("date_precision"))
    time_of_day: Mapped[str] = mapped_column(code_key("time_of_day"))
    jurisdiction: Mapped[str] = mapped_column(code_key("jurisdiction"), index=True)
    place: Mapped[str | None]
    place_id: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    geo_precision: Mapped[int]
    place_type: Mapped[str] = mapped_column(code_key("place_type"))
    possession: Mapped[str] = mapped_column(code_key("possession"))
    source_count: Mapped[int]
    official: Mapped[bool]
    approved_by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    approved_at: Mapped[dt.datetime]

    weapons: Mapped[list[IncidentWeapon]] = relationship(
        cascade="all, delete-orphan", order_by="IncidentWeapon.position"
    )
    persons: Mapped[list[IncidentPerson]] = relationship(
        cascade="all, delete-orphan", order_by="IncidentPerson.position"
    )
    seizure: Mapped[IncidentSeizure | None] = relationship(cascade="all, delete-orphan")
    articles: Mapped[list[IncidentArticle]] = relationship(
        cascade="all, delete-orphan", order_by="IncidentArticle.article_id"
    )


Index(
    "ix_incidents_place",
    func.plain_letters(CuratedIncident.place).label("beginning"),
    postgresql_ops={"beginning": "text_pattern_ops"},
)
"""By this incidents are found by the beginning of their place."""


class IncidentWeapon(Base):
    __tablename__ = "incident_weapons"
    __table_args__ = (UniqueConstraint("incident_id", "weapon"),)

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    weapon: Mapped[str] = mapped_column(code_key("weapon"))


class IncidentPerson(Base):
    """A person by role, sex and age; no name. A victim has an outcome and a relation, the others a status."""

    __tablename__ = "incident_persons"
    __table_args__ = (
        CheckConstraint(
            "(role = 'victim') = (outcome is not null and relation is not null and status is null)",
            name="victim",
        ),
        CheckConstraint(
            "role = 'victim' or (status is not null and outcome is null and relation is null)",
            name="perpetrator",
        ),
        CheckConstraint("age between 0 and 120", name="age"),
    )

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(code_key("role"))
    sex: Mapped[str] = mapped_column(code_key("sex"))
    age: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(code_key("outcome"))
    relation: Mapped[str | None] = mapped_column(code_key("relation"))
    status: Mapped[str | None] = mapped_column(code_key("status"))


class IncidentSeizure(Base):
    __tablename__ = "incident_seizures"
    __table_args__ = (CheckConstraint("firearms >= 0 and rounds >= 0 and explosives >= 0", name="counts"),)

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    firearms: Mapped[int | None]
    rounds: Mapped[int | None]
    explosives: Mapped[int | None]
    where: Mapped[str] = mapped_column(code_key("seizure_where"))


class IncidentArticle(Base):
    """An article that tells the incident. Many to many: a round-up tells several incidents."""

    __tablename__ = "incident_articles"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True, index=True)


class Revision(Base):
    """One change of one incident: who, when, why, before, after (`codebook.records.Incident` as JSON). The first
    has no before, a withdrawal no after."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    id: Mapped[Serial]
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"))
    number: Mapped[int]
    at: Mapped[CreatedAt]
    by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    why: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

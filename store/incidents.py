"""Queries on the curated incidents: one query object makes the table, the count and the export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from codebook.codes import code_list, scopes
from codebook.errors import UnknownCode
from codebook.events import bad_input
from codebook.records import Facts, Incident, facts_of
from store.records import to_incident
from store.schema import CuratedIncident, IncidentPerson, IncidentWeapon, Revision

CODED = {
    "jurisdiction": "jurisdiction",
    "incident_type": "incident_type",
    "subtype": "subtype",
    "weapon": "weapon",
    "possession": "possession",
    "victim_sex": "sex",
    "victim_outcome": "outcome",
}
"""Filters that take a code, with their code list."""

ORDERS: Mapping[str, tuple[SQLColumnExpression[Any], ...]] = {
    "newest": (CuratedIncident.date.desc().nulls_last(), CuratedIncident.id),
    "oldest": (CuratedIncident.date.asc().nulls_last(), CuratedIncident.id),
    "place": (CuratedIncident.jurisdiction, CuratedIncident.place.nulls_last(), CuratedIncident.id),
    "type": (CuratedIncident.incident_type, CuratedIncident.subtype.nulls_last(), CuratedIncident.id),
    "approved": (CuratedIncident.approved_at.desc(), CuratedIncident.id),
}
"""The orders of the table, the default first; newest and oldest by the day of the incident."""

_PARTS = (
    selectinload(CuratedIncident.weapons),
    selectinload(CuratedIncident.persons),
    selectinload(CuratedIncident.seizure),
    selectinload(CuratedIncident.articles),
)
"""What `to_incident` reads besides the row, fetched for all rows at once."""


class IncidentQuery(BaseModel):
    """Which approved incidents: filters are joined by "and", null filters nothing.

    `date_from` and `date_to` are inclusive and leave out incidents without a date. `scope` is `SEE` or `WB`.
    `victim_sex` and `victim_outcome` together hold for one and the same victim.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: str | None = None
    jurisdiction: str | None = None
    incident_type: str | None = None
    subtype: str | None = None
    weapon: str | None = None
    possession: str | None = None
    victim_sex: str | None = None
    victim_outcome: str | None = None
    place: str | None = None
    date_from: dt.date | None = None
    date_to: dt.date | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, str], where: str) -> Self:
        """The query in URL parameters or command-line options; empty values filter nothing.

        Raises:
            UnknownCode: a code is not in its list.
            BadInput: an unknown filter or a malformed date.
        """
        given = {name: value for name, value in params.items() if value}
        for name, list_name in CODED.items():
            if name in given:
                code_list(list_name).require(given[name], where, name)
        if "scope" in given and given["scope"] not in scopes():
            raise UnknownCode(where, "scope", given["scope"], "use one of %(codes)s", codes=", ".join(scopes()))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise bad_input(error, where) from None

    def params(self) -> dict[str, str]:
        """As URL parameters, without those that filter nothing."""
        return {name: str(value) for name, value in self if value is not None}

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL conditions on `CuratedIncident`."""
        equal = ("jurisdiction", "incident_type", "subtype", "possession")
        found = [CuratedIncident.state == "approved"]
        found += [
            getattr(CuratedIncident, name) == value for name in equal if (value := getattr(self, name)) is not None
        ]
        if self.scope:
            found.append(CuratedIncident.jurisdiction.in_(scopes()[self.scope].jurisdictions))
        if self.place:
            found.append(or_(CuratedIncident.place.icontains(self.place, autoescape=True),
                             CuratedIncident.place_id == self.place))  # fmt: skip
        if self.date_from:
            found.append(CuratedIncident.date >= self.date_from)
        if self.date_to:
            found.append(CuratedIncident.date <= self.date_to)
        if self.weapon:
            weapon = select(IncidentWeapon).where(
                IncidentWeapon.incident_id == CuratedIncident.id, IncidentWeapon.weapon == self.weapon
            )
            found.append(exists(weapon))
        if self.victim_sex or self.victim_outcome:
            found.append(exists(self._victim()))
        return found

    def _victim(self) -> Select[Any]:
        victim = select(IncidentPerson).where(
            IncidentPerson.incident_id == CuratedIncident.id, IncidentPerson.role == "victim"
        )
        if self.victim_sex:
            victim = victim.where(IncidentPerson.sex == self.victim_sex)
        if self.victim_outcome:
            victim = victim.where(IncidentPerson.outcome == self.victim_outcome)
        return victim


def count(session: Session, query: IncidentQuery) -> int:
    """Number of incidents the query holds for."""
    return session.scalar(select(func.count()).select_from(CuratedIncident).where(*query.conditions())) or 0


def incidents(
    session: Session, query: IncidentQuery, *, limit: int | None = None, offset: int = 0, order: str = "newest"
) -> Iterator[Incident]:
    """The incidents in one of `ORDERS`; those without a date last."""
    rows = session.scalars(
        select(CuratedIncident)
        .where(*query.conditions())
        .order_by(*ORDERS[order])
        .limit(limit)
        .offset(offset)
        .options(*_PARTS)
        .execution_options(yield_per=500)
    )
    return map(to_incident, rows)


def incident(session: Session, incident_id: str) -> Incident | None:
    """One incident, also a withdrawn one; null when there is none of that id."""
    row = session.get(CuratedIncident, incident_id)
    return to_incident(row) if row else None


def facts_now(session: Session, incident_ids: Collection[str]) -> dict[str, Facts]:
    """What the incidents of these ids say now, by id."""
    rows = session.scalars(select(CuratedIncident).where(CuratedIncident.id.in_(incident_ids)).options(*_PARTS))
    return {row.id: facts_of(to_incident(row)) for row in rows}


def revisions(session: Session, incident_id: str) -> list[Revision]:
    """All revisions of an incident, the newest first."""
    query = select(Revision).where(Revision.incident_id == incident_id).order_by(Revision.number.desc())
    return list(session.scalars(query))


def facts_at(session: Session, incident_id: str, number: int) -> Facts | None:
    """What a revision of an incident said; null for a withdrawal, and where there is no such revision."""
    query = select(Revision.after).where(Revision.incident_id == incident_id, Revision.number == number)
    after = session.scalars(query).one_or_none()
    return None if after is None else facts_of(Incident.model_validate(after))

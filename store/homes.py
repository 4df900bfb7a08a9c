"""In which jurisdiction's queue a report lies: that of which it tells, unless a person put its event elsewhere.

People do so by approving an item with another jurisdiction, and by bringing reports of two together. What a report
tells stays as it was read: `StoredMention.jurisdiction` says where it lies, its facts what it tells.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from codebook.parts import PARTS
from codebook.records import Facts
from store.among import among
from store.queue_lock import hold_queues
from store.schema import Candidate, CuratedIncident, StoredMention
from store.ties import decisions_on

_DECIDED = ("approved", "rejected")


def told_here(session: Session, row: Any) -> Facts:
    """What a mention tells, as it counts in the queue where it lies. Of one that was put elsewhere the place that it
    tells counts no more: it is that of the incident approved from it, else unknown."""
    facts = Facts.model_validate(row.facts)
    if facts.jurisdiction == row.jurisdiction:
        return facts
    incident = _incident(session, row.candidate_id)
    if incident is None or incident.jurisdiction != row.jurisdiction:
        return somewhere_in(row.jurisdiction, facts)
    return Facts.model_validate(dict(facts) | {name: getattr(incident, name) for name in PARTS["place"]})


def somewhere_in(jurisdiction: str | None, facts: Facts) -> Facts:
    """The facts of an event that lies in this jurisdiction, nobody knows where."""
    unknown = {name: Facts.model_fields[name].default for name in PARTS["place"]}
    return Facts.model_validate(dict(facts) | unknown | {"jurisdiction": jurisdiction})


def put(row: StoredMention, jurisdiction: str | None) -> None:
    """Let a mention lie in this jurisdiction. Elsewhere than it tells, it is near to every place there."""
    row.jurisdiction = jurisdiction
    latitude, longitude = row.facts.get("latitude"), row.facts.get("longitude")
    known = row.facts.get("jurisdiction") == jurisdiction and None not in (latitude, longitude)
    row.latitude, row.longitude = (latitude, longitude) if known else (None, None)


def reach(session: Session, mentions: Collection[str]) -> set[str | None]:
    """The jurisdictions where these mentions lie, and those where they may belong when a decision falls."""
    told = StoredMention.facts["jurisdiction"].astext
    rows = session.execute(select(StoredMention.jurisdiction, told).where(among(StoredMention.id, mentions)))
    return {code for row in rows for code in row} | {home for home, _ in _puts(session, mentions)}


def bring_home(session: Session, mentions: Collection[str]) -> list[str | None]:
    """Let these mentions lie where they belong: where they are if a person has decided on them, else where the newest
    decision that says so puts them, else where they tell. Returns the jurisdictions to group anew, first those that
    mentions have left, where candidates give their names free. Call under the locks of `reach`."""
    wanted: dict[str, str | None] = {}
    for home, puts in _puts(session, mentions):
        wanted |= dict.fromkeys(puts, home)
    query = select(StoredMention, Candidate.state).outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
    here = query.where(among(StoredMention.id, mentions)).execution_options(populate_existing=True)
    rows = session.execute(here).all()
    concerned, left = {row.jurisdiction for row, _ in rows}, set[str | None]()
    for row, state in rows:
        home = row.jurisdiction if state in _DECIDED else wanted.get(row.id, row.facts.get("jurisdiction"))
        if row.jurisdiction != home:
            left.add(row.jurisdiction)
            put(row, home)
        concerned.add(home)
    session.flush()
    return [*sorted(left, key=str), *sorted(concerned - left, key=str)]


def hold_to_approve(session: Session, candidate_id: str, jurisdictions: Iterable[str | None]) -> None:
    """Hold what is needed to approve a candidate with one of these jurisdictions, before it is locked: nothing where
    all of its incident's lie there already."""
    wanted = set(jurisdictions)
    incident = select(Candidate.incident_id).where(Candidate.id == candidate_id).scalar_subquery()
    kin = (Candidate.id == candidate_id) | (Candidate.incident_id == incident) & (Candidate.state != "superseded")
    lying = select(Candidate.jurisdiction).where(kin).distinct()
    if set(session.scalars(lying)) == wanted:
        return
    hold_queues(session, lambda: wanted | set(session.scalars(lying)))
    session.scalars(select(Candidate.id).where(kin).order_by(Candidate.id).with_for_update()).all()


def hold_to_move(session: Session, moving: Callable[[], Sequence[tuple[str, str | None]]]) -> None:
    """Hold what is needed to let the reports of incidents lie in other jurisdictions, before any is locked. Which are
    `moving`, and to where, can change until they are held."""

    def kin() -> ColumnElement[bool]:
        return among(Candidate.incident_id, {id_ for id_, _ in moving()}) & (Candidate.state != "superseded")

    def concerned() -> set[str | None]:
        lying = select(Candidate.jurisdiction).where(kin()).distinct()
        return {*(jurisdiction for _, jurisdiction in moving()), *session.scalars(lying)}

    hold_queues(session, concerned)
    session.scalars(select(Candidate.id).where(kin()).order_by(Candidate.id).with_for_update()).all()


def follow(session: Session, incident: str, jurisdiction: str) -> None:
    """Let all reports of an incident lie where it does now. Call under `hold_to_approve`, or the locks of all."""
    of_it = (Candidate.incident_id == incident) & (Candidate.state != "superseded")
    for candidate in session.scalars(select(Candidate).where(of_it)):
        candidate.jurisdiction = jurisdiction
    elsewhere = StoredMention.jurisdiction.is_distinct_from(jurisdiction)
    for row in session.scalars(select(StoredMention).join(Candidate).where(of_it, elsewhere)):
        put(row, jurisdiction)
    session.flush()


def _puts(session: Session, mentions: Collection[str]) -> Iterator[tuple[str | None, list[str]]]:
    """What the decisions in force that name these mentions say of where some lie, the oldest first."""
    for decision in reversed(decisions_on(session, mentions)):
        for entry in decision.together:
            if "jurisdiction" in entry:
                yield entry["jurisdiction"], entry["mentions"]


def _incident(session: Session, candidate_id: str | None) -> CuratedIncident | None:
    """The incident that a person has made of a candidate, unless it was withdrawn."""
    candidate = session.get(Candidate, candidate_id) if candidate_id else None
    if candidate is None or candidate.state not in _DECIDED or candidate.incident_id is None:
        return None
    incident = session.get(CuratedIncident, candidate.incident_id)
    return incident if incident is not None and incident.state == "approved" else None

"""Candidates by their names: which row of the queue holds a group of mentions."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from linking.linker import candidate_id
from store.schema import Candidate, CuratedIncident

DECIDED = ("approved", "rejected")


def lock(session: Session, ids: Collection[str]) -> None:
    """Lock these candidates until commit, as they are now, in the one order that keeps workers out of each other's
    way. A person's decision waits for it or has come before it."""
    if ids:
        query = select(Candidate).where(Candidate.id.in_(ids)).order_by(Candidate.id)
        session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def open_new(session: Session, jurisdiction: str | None, first_mention: str) -> Candidate:
    """The candidate for a new incident, named after its first mention."""
    return _undecided(session, jurisdiction, first_mention, None)


def open_update(session: Session, jurisdiction: str | None, incident: str) -> Candidate:
    """The candidate that proposes to change an incident: one for each of its revisions."""
    revision = session.get_one(CuratedIncident, incident).revision
    return _undecided(session, jurisdiction, f"{incident}:{revision}", incident)


def _undecided(session: Session, jurisdiction: str | None, seed: str, incident: str | None) -> Candidate:
    """The first candidate named after the seed that nobody has decided on, made if need be: what was decided once
    stays as it was decided, and what is told after that is for a person to see again."""
    ids = (candidate_id(f"{seed}:{number}" if number else seed) for number in count())
    while (candidate := session.get(Candidate, id_ := next(ids), with_for_update=True)) is not None:
        if candidate.state not in DECIDED:
            candidate.jurisdiction = jurisdiction  # its first mention may have moved
            return candidate
    kind = "new" if incident is None else "update"
    candidate = Candidate(
        id=id_,
        jurisdiction=jurisdiction,
        state="open",
        kind=kind,
        incident_id=incident,
        proposal={},
        priority=0.0,
        version=0,
    )
    session.add(candidate)
    session.flush()
    return candidate

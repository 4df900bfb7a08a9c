"""Candidates by their names: which row of the queue holds a group of mentions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from linking.linker import candidate_id
from store.among import among_given
from store.schema import Candidate, CuratedIncident, StoredMention

DECIDED = ("approved", "rejected")

_LOCKING = (
    select(Candidate)
    .where(among_given(Candidate.id, "ids"))
    .order_by(Candidate.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def lock(session: Session, ids: Collection[str]) -> None:
    """Lock these candidates until commit, as they are now, in the one order that keeps workers out of each other's
    way. A person's decision waits for it or has come before it."""
    if ids:
        session.scalars(_LOCKING, {"ids": list(ids)}).all()


class Names:
    """Which candidates one regrouping has given to groups: no two groups get the same."""

    def __init__(self, mentions: Collection[str], candidates: Collection[str] = ()) -> None:
        """`mentions` are all that are regrouped, `candidates` those that are locked and have no other mentions."""
        self._mentions, self._whole = mentions, candidates
        self._given: set[str] = set()

    def look_up(self, session: Session, id_: str) -> Candidate | None:
        """The candidate of an id, locked; null when there is none."""
        return session.get(Candidate, id_, with_for_update=None if id_ in self._whole else True)

    def free(self, session: Session, candidate: Candidate) -> bool:
        """Whether the candidate waits for a decision and no other group has it."""
        if candidate.state in DECIDED or candidate.id in self._given:
            return False
        if candidate.id in self._whole:
            return True
        others = select(StoredMention.id).where(
            StoredMention.candidate_id == candidate.id, StoredMention.id.not_in(self._mentions)
        )
        return session.scalar(others.limit(1)) is None

    def give(self, candidate: Candidate, jurisdiction: str | None) -> Candidate:
        self._given.add(candidate.id)
        if candidate.jurisdiction != jurisdiction:
            candidate.jurisdiction = jurisdiction  # its first mention may have moved
        return candidate


def open_new(
    session: Session, jurisdiction: str | None, first_mention: str, names: Names, homes: Iterable[str] = ()
) -> Candidate:
    """The candidate for a new incident: the first of `homes` that is free, where people want these mentions, else the
    one named after its first mention."""
    for home in homes:
        candidate = names.look_up(session, home)
        if candidate is None:
            return names.give(_made(session, home, None), jurisdiction)
        if candidate.kind == "new" and names.free(session, candidate):
            return names.give(candidate, jurisdiction)
    return names.give(_named_after(session, first_mention, None, names), jurisdiction)


def open_update(session: Session, jurisdiction: str | None, incident: str, names: Names) -> Candidate:
    """The candidate that proposes to change an incident: there is one, the earliest that is open. It lies where its
    reports do, under whose lock they are grouped, even if a person put the incident elsewhere."""
    waiting = select(Candidate).where(
        Candidate.incident_id == incident, Candidate.kind == "update", Candidate.state == "open"
    )
    candidate = session.scalars(waiting.order_by(Candidate.created_at, Candidate.id).limit(1).with_for_update()).first()
    row = session.get_one(CuratedIncident, incident)
    if candidate is None:
        candidate = _named_after(session, f"{incident}:{row.revision}", incident, names)
    return names.give(candidate, jurisdiction)


def _named_after(session: Session, seed: str, incident: str | None, names: Names) -> Candidate:
    """The first candidate named after the seed that is free, made if need be: what was decided once stays as it was
    decided, and what is told after that is for a person to see again."""
    for number in count():
        id_ = candidate_id(f"{seed}:{number}" if number else seed)
        candidate = names.look_up(session, id_)
        if candidate is None:
            return _made(session, id_, incident)
        if names.free(session, candidate):
            return candidate
    raise AssertionError("numbers do not end")


def _made(session: Session, id_: str, incident: str | None) -> Candidate:
    candidate = Candidate(
        id=id_,
        state="open",
        kind="new" if incident is None else "update",
        incident_id=incident,
        proposal={},
        priority=0.0,
        version=0,
    )
    session.add(candidate)  # its row is written when it is whole, before the next query
    return candidate

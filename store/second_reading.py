"""Two readers for an item: what each made of it, and when it is decided.

The second reader sees the proposal as the first one saw it and nothing of what that one made of it. Where the two
agree, the item is decided as they say; where they differ, a validator who is neither of them decides. Until then
nothing enters the curated database. Where reports came, or went to another item, and something else is proposed now,
what was read before counts no more: two people read what there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from codebook.codes import code_list
from codebook.errors import BadInput, Conflict, StoreError
from codebook.records import Facts, Incident
from store import audit, decisions, drafts
from store.curation import database_time
from store.decisions import decidable
from store.notes import came_here
from store.review_queue import let_go, refuse_other_lease, refuse_same_reader
from store.review_rules import rules
from store.schema import Candidate, StoredReading

ADJUDICATING_ROLES = frozenset({"validator", "administrator"})

PARTS: Mapping[str, tuple[str, ...]] = {
    "incident_type": ("incident_type", "subtype"),
    "date": ("date", "date_precision"),
    "time_of_day": ("time_of_day",),
    "place": ("jurisdiction", "place", "place_id", "latitude", "longitude", "geo_precision"),
    "place_type": ("place_type",),
    "weapons": ("weapons",),
    "possession": ("possession",),
    "victims": ("victims",),
    "perpetrators": ("perpetrators",),
    "seizure": ("seizure",),
}
"""The fields that are chosen together: one reader's date with the other's precision would be nonsense."""

Side = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one person made of an item: the incident's facts, or the reason of a rejection."""

    facts: Facts | None = None
    reason: str | None = None
    comment: str | None = None

    def differs(self, other: Verdict) -> tuple[str, ...]:
        """The `PARTS` in which two verdicts differ; `decision` where one is a rejection and the other is none or has
        another reason. Persons and weapons may be listed in any order."""
        if self.facts is None or other.facts is None:
            return () if (self.facts, self.reason) == (other.facts, other.reason) else ("decision",)
        return tuple(
            lead
            for lead, names in PARTS.items()
            if any(_unordered(self.facts, name) != _unordered(other.facts, name) for name in names)
        )


@dataclass(frozen=True, slots=True)
class Dispute:
    """An item that two people read differently."""

    candidate: Candidate
    first: StoredReading
    second: StoredReading
    differs: tuple[str, ...]


def approve(
    session: Session, candidate_id: str, *, version: int, by: str, facts: Facts, comment: str | None = None
) -> Incident | None:
    """Approve an item, as `store.decisions.approve` does; null where that waits for somebody else.

    Raises:
        Conflict: as there, or the person has read it already.
        BadInput: the facts name no jurisdiction.
    """
    if facts.jurisdiction is None:
        raise BadInput("incident", "jurisdiction", None, "choose where the event took place")
    return _read(session, candidate_id, version, by, Verdict(facts=facts, comment=comment))


def reject(
    session: Session, candidate_id: str, *, version: int, by: str, reason: str, comment: str | None = None
) -> bool:
    """Reject an item, as `store.decisions.reject` does; whether it is rejected now, or waits for somebody else."""
    code_list("rejection_reason").require(reason, "form", "reason")
    _read(session, candidate_id, version, by, Verdict(reason=reason, comment=comment))
    return session.get_one(Candidate, candidate_id).state == "rejected"


def readable_by(candidate: Candidate, user: str) -> bool:
    """Whether an item waits for a reader who may be this person."""
    return candidate.state == "open" and candidate.stage != "adjudication" and candidate.first_reader != user


def reading_of(session: Session, candidate_id: str, user: str) -> Verdict | None:
    """What a person made of an item that waits for somebody else; null where they have not read it."""
    return next((verdict(reading) for reading in _readings(session, candidate_id) if reading.by == user), None)


def withdraw(session: Session, candidate_id: str, *, by: str) -> None:
    """Take one's first reading back, while no second reader has the item.

    Raises:
        Conflict: the person has no reading that waits, or somebody else has the item.
    """
    candidate = session.get(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    if candidate is None or (candidate.state, candidate.stage, candidate.first_reader) != ("open", "second", by):
        raise Conflict("no reading of yours waits for a second reader here: go back to the queue")
    refuse_other_lease(session, candidate, by)
    _settle(session, candidate)
    audit.record(session, by, "withdraw reading", ("candidate", candidate_id))


def adjudicate(session: Session, candidate_id: str, *, version: int, by: str, sides: Mapping[str, Side]) -> bool:
    """Decide between two readers: for each part in which they differ, whose it is to be. False where something else is
    proposed by now than they read: then it goes back to two readers.

    Raises:
        Conflict: it is not in dispute any more, changed since that version, or the person is one of its readers.
        BadInput: a part in dispute is left open.
    """
    found = dispute(session, candidate_id, lock=True)
    if by in (found.first.by, found.second.by):
        raise Conflict("you are one of the two readers: another validator decides between you")
    if not all(_of_now(reading, found.candidate) for reading in (found.first, found.second)):
        _settle(session, found.candidate)
        audit.record(session, by, "read anew", ("candidate", candidate_id))
        return False
    for part in found.differs:
        if part not in sides:
            raise BadInput("adjudication", part, None, "choose a side")
    chosen = {"first": verdict(found.first), "second": verdict(found.second)}
    if "decision" in found.differs:
        result = chosen[sides["decision"]]
    else:
        result = Verdict(facts=_mixed({part: chosen[sides[part]] for part in found.differs}, chosen["first"]))
    _keep(session, found.candidate, "adjudication", by, result)
    _decide(session, found.candidate, version, by, result, why=f"{by} decided between two readers")
    return True


def disputes(session: Session) -> Sequence[Candidate]:
    """The items that wait for a validator, those that wait longest first."""
    query = select(Candidate).where(Candidate.state == "open", Candidate.stage == "adjudication")
    return session.scalars(query.order_by(Candidate.created_at, Candidate.id)).all()


def dispute(session: Session, candidate_id: str, *, lock: bool = False) -> Dispute:
    """What two people made of an item, if they differ.

    Raises:
        StoreError: there is no such item.
        Conflict: it is in dispute no more.
    """
    candidate = session.get(Candidate, candidate_id, with_for_update=lock or None, populate_existing=True)
    if candidate is None:
        raise StoreError("there is no candidate %(id)s: go back to the queue", id=candidate_id)
    if (candidate.state, candidate.stage) != ("open", "adjudication"):
        raise Conflict("this item is in dispute no more: somebody decided it, or its reports changed hands")
    first, second = _readings(session, candidate_id)
    return Dispute(candidate, first, second, verdict(first).differs(verdict(second)))


def verdict(reading: StoredReading) -> Verdict:
    """A stored reading as a verdict."""
    facts = None if reading.facts is None else Facts.model_validate(reading.facts)
    return Verdict(facts, reading.reason, reading.comment)


def _read(session: Session, candidate_id: str, version: int, by: str, made: Verdict) -> Incident | None:
    candidate = decidable(session, candidate_id, version, by)
    refuse_same_reader(candidate, by)
    if candidate.stage == "second":
        (first,) = _readings(session, candidate.id)
        if _of_now(first, candidate):
            return _second(session, candidate, first, version, by, made)
        _settle(session, candidate)
    else:
        told = [Facts.model_validate(candidate.proposal), *filter(None, [made.facts])]
        if not rules(session).ask_for_second(candidate.id, *told):
            return _decide(session, candidate, version, by, made)
    _keep(session, candidate, "first", by, made)
    candidate.stage, candidate.first_reader = "second", by
    let_go(candidate)
    return None


def _of_now(reading: StoredReading, candidate: Candidate) -> bool:
    return reading.proposal == candidate.proposal


def _second(
    session: Session, candidate: Candidate, first: StoredReading, version: int, by: str, made: Verdict
) -> Incident | None:
    _keep(session, candidate, "second", by, made)
    if not verdict(first).differs(made):
        told = replace(made, comment=made.comment or verdict(first).comment)
        return _decide(session, candidate, version, by, told, why=told.comment or f"{first.by} and {by} agree")
    candidate.stage = "adjudication"
    let_go(candidate)
    return None


def _decide(
    session: Session, candidate: Candidate, version: int, by: str, made: Verdict, *, why: str | None = None
) -> Incident | None:
    _settle(session, candidate)
    if made.facts is not None:
        return decisions.approve(
            session,
            candidate.id,
            version=version,
            by=by,
            facts=made.facts,
            comment=made.comment,
            why=why,
            read_enough=True,
        )
    assert made.reason is not None
    decisions.reject(
        session,
        candidate.id,
        version=version,
        by=by,
        reason=made.reason,
        comment=made.comment,
        why=why,
        read_enough=True,
    )
    return None


def _keep(
    session: Session, candidate: Candidate, part: Literal["first", "second", "adjudication"], by: str, made: Verdict
) -> None:
    facts = None if made.facts is None else made.facts.model_dump(mode="json")
    session.add(
        StoredReading(
            candidate_id=candidate.id,
            version=candidate.version,
            proposal=candidate.proposal,
            part=part,
            by=by,
            facts=facts,
            reason=made.reason,
            comment=made.comment,
        )
    )
    session.flush()
    drafts.forget(session, came_here(session, candidate.id), by=by)
    audit.record(
        session,
        by,
        f"{part} reading",
        ("candidate", candidate.id),
        why=made.comment,
        before={"proposal": candidate.proposal},
        after={"facts": facts} if facts else {"rejection_reason": made.reason},
    )


def _settle(session: Session, candidate: Candidate) -> None:
    """Nothing waits for a reader any more: what is read after this is read anew."""
    session.execute(
        update(StoredReading)
        .where(StoredReading.candidate_id == candidate.id, StoredReading.settled_at.is_(None))
        .values(settled_at=database_time(session))
    )
    candidate.stage, candidate.first_reader = "first", None
    session.flush()


def _readings(session: Session, candidate_id: str) -> Sequence[StoredReading]:
    query = select(StoredReading).where(StoredReading.candidate_id == candidate_id, StoredReading.settled_at.is_(None))
    return session.scalars(query.order_by(StoredReading.id)).all()


def _mixed(sides: Mapping[str, Verdict], base: Verdict) -> Facts:
    assert base.facts is not None
    values = dict(base.facts)
    for part, side in sides.items():
        values |= {name: getattr(side.facts, name) for name in PARTS[part]}
    return Facts.model_validate(values)


def _unordered(facts: Facts, name: str) -> object:
    value = getattr(facts, name)
    return sorted(map(repr, value)) if isinstance(value, tuple) else value

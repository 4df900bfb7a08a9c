"""Two readers for an item: what each made of it, and when it is decided.

The second reader sees the proposal as the first one saw it and nothing of what that one made of it. Where the two
agree, the item is decided as they say; where they differ, a validator who is neither of them decides. Until then
nothing enters the curated database. Where reports came, or went to another item, and something else is proposed now,
what was read before counts no more: two people read what there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from codebook.codes import code_list
from codebook.errors import BadInput, Conflict
from codebook.parts import PARTS, unordered
from codebook.records import Facts, Incident
from store import audit, decisions, drafts
from store.adjudicators import may_adjudicate
from store.curation import database_time
from store.decisions import decidable
from store.homes import hold_to_approve
from store.moved import came_here
from store.review_queue import let_go, refuse_other_lease, refuse_reader
from store.review_rules import rules
from store.schema import Candidate, StoredReading


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
            if any(unordered(getattr(self.facts, name)) != unordered(getattr(other.facts, name)) for name in names)
        )


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
    hold_to_approve(session, candidate_id, [facts.jurisdiction])  # before `_read` locks the candidate
    return _read(session, candidate_id, version, by, Verdict(facts=facts, comment=comment))


def reject(
    session: Session, candidate_id: str, *, version: int, by: str, reason: str, comment: str | None = None
) -> bool:
    """Reject an item, as `store.decisions.reject` does; whether it is rejected now, or waits for somebody else."""
    code_list("rejection_reason").require(reason, "form", "reason")
    _read(session, candidate_id, version, by, Verdict(reason=reason, comment=comment))
    return session.get_one(Candidate, candidate_id).state == "rejected"


def readable_by(session: Session, candidate: Candidate, user: str) -> bool:
    """Whether an item waits for a reader who may be this person, or for a decision between two that they may take."""
    if candidate.state != "open":
        return False
    if candidate.stage == "adjudication":
        return may_adjudicate(session, candidate, user)
    return candidate.first_reader != user


def reading_of(session: Session, candidate_id: str, user: str) -> Verdict | None:
    """What a person made of an item that waits for somebody else; null where they have not read it."""
    return next((verdict(reading) for reading in readings(session, candidate_id) if reading.by == user), None)


def withdraw(session: Session, candidate_id: str, *, by: str) -> None:
    """Take one's first reading back, while no second reader has the item.

    Raises:
        Conflict: the person has no reading that waits, or somebody else has the item.
    """
    candidate = session.get(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    if candidate is None or (candidate.state, candidate.stage, candidate.first_reader) != ("open", "second", by):
        raise Conflict("no reading of yours waits for a second reader here: go back to the queue")
    refuse_other_lease(session, candidate, by)
    settle(session, candidate)
    audit.record(session, by, "withdraw reading", ("candidate", candidate_id))


def verdict(reading: StoredReading) -> Verdict:
    """A stored reading as a verdict."""
    facts = None if reading.facts is None else Facts.model_validate(reading.facts)
    return Verdict(facts, reading.reason, reading.comment)


def _read(session: Session, candidate_id: str, version: int, by: str, made: Verdict) -> Incident | None:
    candidate = decidable(session, candidate_id, version, by)
    refuse_reader(session, candidate, by)
    before = readings(session, candidate.id)
    if before and all(of_now(reading, candidate) for reading in before):
        if candidate.stage == "second":
            return _second(session, candidate, before[0], version, by, made)
        keep(session, candidate, "adjudication", by, made)
        why = made.comment or f"{by} decided between two readers"
        return decide(session, candidate, version, by, made, why=why)
    if before:
        settle(session, candidate)
    else:
        told = [Facts.model_validate(candidate.proposal), *filter(None, [made.facts])]
        if not rules(session).ask_for_second(candidate.id, *told):
            return decide(session, candidate, version, by, made)
    keep(session, candidate, "first", by, made)
    candidate.stage, candidate.first_reader = "second", by
    let_go(candidate)
    return None


def of_now(reading: StoredReading, candidate: Candidate) -> bool:
    """Whether what was read is what is proposed now."""
    return reading.proposal == candidate.proposal


def _second(
    session: Session, candidate: Candidate, first: StoredReading, version: int, by: str, made: Verdict
) -> Incident | None:
    keep(session, candidate, "second", by, made)
    if not verdict(first).differs(made):
        told = replace(made, comment=made.comment or verdict(first).comment)
        return decide(session, candidate, version, by, told, why=told.comment or f"{first.by} and {by} agree")
    candidate.stage = "adjudication"
    let_go(candidate)
    return None


def decide(
    session: Session, candidate: Candidate, version: int, by: str, made: Verdict, *, why: str | None = None
) -> Incident | None:
    """Carry a verdict out; `why` is what is told of the decision, if not its comment. Raises as `approve` does."""
    settle(session, candidate)
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


def keep(
    session: Session, candidate: Candidate, part: Literal["first", "second", "adjudication"], by: str, made: Verdict
) -> None:
    """Keep what a person made of an item, and forget their draft."""
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


def settle(session: Session, candidate: Candidate) -> None:
    """Nothing waits for a reader any more: what is read after this is read anew."""
    session.execute(
        update(StoredReading)
        .where(StoredReading.candidate_id == candidate.id, StoredReading.settled_at.is_(None))
        .values(settled_at=database_time(session))
    )
    candidate.stage, candidate.first_reader = "first", None
    session.flush()


def readings(session: Session, candidate_id: str) -> Sequence[StoredReading]:
    """What has been made of an item that waits for somebody else, in the order of reading."""
    query = select(StoredReading).where(StoredReading.candidate_id == candidate_id, StoredReading.settled_at.is_(None))
    return session.scalars(query.order_by(StoredReading.id)).all()

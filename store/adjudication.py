"""Where two readers differ: what each made of an item, and the decision between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.errors import BadInput, Conflict, StoreError
from codebook.parts import PARTS
from codebook.records import Facts
from store import audit
from store.homes import hold_to_approve
from store.schema import Candidate, StoredReading
from store.second_reading import Verdict, decide, keep, of_now, readings, settle, verdict

MOST = 100
"""Items listed at once."""

WAITS = (Candidate.state == "open", Candidate.stage == "adjudication")

Side = Literal["first", "second"]


@dataclass(frozen=True, slots=True)
class Dispute:
    """An item that two people read differently."""

    candidate: Candidate
    first: StoredReading
    second: StoredReading
    differs: tuple[str, ...]

    @property
    def waits_since(self) -> dt.datetime:
        """When the second reading differed."""
        return self.second.at


def disputes(session: Session) -> list[Dispute]:
    """The items that wait for a validator, those that wait longest first: `MOST` at most."""
    second = (
        select(StoredReading.candidate_id, StoredReading.at)
        .where(StoredReading.part == "second", StoredReading.settled_at.is_(None))
        .join(Candidate, Candidate.id == StoredReading.candidate_id)
        .where(*WAITS)
        .order_by(StoredReading.at, StoredReading.candidate_id)
        .limit(MOST)
        .subquery()
    )
    # One statement: between two of them a colleague might decide.
    rows = session.execute(
        select(Candidate, StoredReading)
        .join(StoredReading, StoredReading.candidate_id == Candidate.id)
        .join(second, second.c.candidate_id == Candidate.id)
        .where(StoredReading.settled_at.is_(None))
        .order_by(second.c.at, Candidate.id, StoredReading.id)
    )
    return [
        _dispute(candidate, *(reading for _, reading in both))
        for candidate, both in groupby(rows, key=lambda row: row[0])
    ]


def disputes_waiting(session: Session) -> int:
    """How many items wait for a validator."""
    return session.scalar(select(func.count()).select_from(Candidate).where(*WAITS)) or 0


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
    return _dispute(candidate, *readings(session, candidate_id))


def adjudicate(session: Session, candidate_id: str, *, version: int, by: str, sides: Mapping[str, Side]) -> bool:
    """Decide between two readers: for each part in which they differ, whose it is to be. False where something else is
    proposed by now than they read: then it goes back to two readers.

    Raises:
        Conflict: it is not in dispute any more, changed since that version, or the person is one of its readers.
        BadInput: a part in dispute is left open.
    """
    read = [facts for reading in readings(session, candidate_id) if (facts := verdict(reading).facts)]
    hold_to_approve(session, candidate_id, [facts.jurisdiction for facts in read])
    found = dispute(session, candidate_id, lock=True)
    if by in (found.first.by, found.second.by):
        raise Conflict("you are one of the two readers: another validator decides between you")
    if not all(of_now(reading, found.candidate) for reading in (found.first, found.second)):
        settle(session, found.candidate)
        audit.record(session, by, "read anew", ("candidate", candidate_id))
        return False
    for part in found.differs:
        if part not in sides:
            raise BadInput("adjudication", part, None, "choose a side")
    chosen = {"first": verdict(found.first), "second": verdict(found.second)}
    if "decision" in found.differs:
        result = chosen[sides["decision"]]
    else:
        told = {part: chosen[sides[part]].facts for part in found.differs}
        result = Verdict(facts=_mixed(told, chosen["first"].facts))
    keep(session, found.candidate, "adjudication", by, result)
    decide(session, found.candidate, version, by, result, why=f"{by} decided between two readers")
    return True


def agreed(session: Session, candidate: Candidate) -> Facts:
    """What stands in the form of who decides otherwise than both readers: what they agree on, and else what is
    proposed; where one rejects, what the other approves."""
    proposal = Facts.model_validate(candidate.proposal)
    both = readings(session, candidate.id)
    told = [facts for reading in both if of_now(reading, candidate) and (facts := verdict(reading).facts)]
    if len(told) < 2:
        return told[0] if told else proposal
    differs = Verdict(facts=told[0]).differs(Verdict(facts=told[1]))
    return _mixed(dict.fromkeys(differs, proposal), told[0])


def _dispute(candidate: Candidate, first: StoredReading, second: StoredReading) -> Dispute:
    return Dispute(candidate, first, second, verdict(first).differs(verdict(second)))


def _mixed(sides: Mapping[str, Facts | None], base: Facts | None) -> Facts:
    """The base with these parts from elsewhere."""
    assert base is not None
    values = dict(base)
    for part, side in sides.items():
        values |= {name: getattr(side, name) for name in PARTS[part]}
    return Facts.model_validate(values)

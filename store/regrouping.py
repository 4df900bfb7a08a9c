"""How a decision on grouping is made: what it needs is locked, it is written, the linker groups anew, it is audited."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store import audit
from store.homes import bring_home, reach
from store.queue_lock import hold_queues
from store.review_queue import refuse_closed, refuse_other_lease
from store.schema import Candidate, GroupingDecision, StoredMention


class Relink(Protocol):
    """Groups reports anew in a jurisdiction where they lie or that they have left, with all that hang together with
    them: `pipeline.stages.requeue.relink`, handed in because the store does not know the linker. `left` are candidates
    that mentions were taken out of before."""

    def __call__(
        self, session: Session, jurisdiction: str | None, mentions: Collection[str], left: Collection[str] = ()
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Grouped:
    """What was done: the decision, by which it can be undone, and the candidate to look at now."""

    decision: int
    candidate: str


def where(session: Session, mentions: Collection[str]) -> dict[str, str | None]:
    """The candidate of each of these mentions."""
    query = select(StoredMention.id, StoredMention.candidate_id).where(StoredMention.id.in_(mentions))
    return {row.id: row.candidate_id for row in session.execute(query.order_by(StoredMention.id))}


def as_audited(placed: Mapping[str, str | None]) -> dict[str, Any]:
    """Where mentions are, by candidate, for the audit trail."""
    found: dict[str, list[str]] = {}
    for mention, candidate in placed.items():
        found.setdefault(candidate or "-", []).append(mention)
    return {"candidates": found}


def locked_as_seen(
    session: Session, ids: Collection[str], versions: Mapping[str, int], by: str
) -> dict[str, Candidate]:
    """The candidates, locked, in the versions that the person saw, with the queues of all jurisdictions that their
    reports can come to lie in.

    Raises:
        StoreError: there is none of one of these ids.
        Conflict: one changed, went to another or is somebody else's by its lease.
    """
    if len(set(ids)) != len(ids):
        raise Conflict("this is one item already: choose another one")
    query = select(Candidate).where(Candidate.id.in_(ids)).order_by(Candidate.id)
    hold_queues(session, lambda: reach(session, families(session, ids)))
    found = {row.id: row for row in session.scalars(query.with_for_update().execution_options(populate_existing=True))}
    if missing := set(ids) - found.keys():
        raise StoreError("there is no candidate %(id)s: go back to the queue", id=min(missing))
    for id_, candidate in found.items():
        if candidate.state in ("open", "superseded"):
            refuse_closed(candidate)
            refuse_other_lease(session, candidate, by)
        if candidate.version != versions.get(id_):
            raise Conflict("these items changed while you read them: look at them, then decide")
    return found


def own(session: Session, candidate: Candidate) -> list[str]:
    query = select(StoredMention.id).where(StoredMention.candidate_id == candidate.id)
    return list(session.scalars(query.order_by(StoredMention.id)))


def family(session: Session, candidate: Candidate) -> list[str]:
    """The candidate's mentions, and those of all candidates of its incident."""
    if candidate.incident_id is None:
        return own(session, candidate)
    query = select(StoredMention.id).join(Candidate).where(Candidate.incident_id == candidate.incident_id)
    return list(session.scalars(query.order_by(StoredMention.id)))


def families(session: Session, ids: Collection[str]) -> list[str]:
    """The mentions of these candidates, and those of all candidates of their incidents."""
    incidents = select(Candidate.incident_id).where(Candidate.id.in_(ids), Candidate.incident_id.is_not(None))
    kin = Candidate.id.in_(ids) | Candidate.incident_id.in_(incidents)
    return list(session.scalars(select(StoredMention.id).join(Candidate).where(kin)))


def decide(
    session: Session,
    kind: str,
    subject: Candidate,
    together: list[dict[str, Any]],
    apart: list[list[list[str]]],
    by: str,
    why: str | None,
    relink: Relink,
    watch: Collection[str],
) -> Grouped:
    """Write the decision and let it have effect. `subject` is a candidate concerned, `watch` are the mentions whose
    place is the answer. A candidate of `together` without a name is a new one; where `together` tells a jurisdiction,
    its mentions lie there from now on.

    Raises:
        Conflict: a candidate would go that has been read and waits for another reader.
    """
    named = {m for entry in together for m in entry["mentions"]} | {m for pair in apart for side in pair for m in side}
    before = where(session, named)
    decision = GroupingDecision(
        kind=kind, together=together, apart=apart, mentions=sorted(named), before=before, by=by, why=why
    )
    session.add(decision)
    session.flush()
    decision.together = [entry | {"candidate": entry["candidate"] or _new_id(decision.id)} for entry in together]
    session.flush()
    group_anew(session, named, before.values(), relink)
    after = where(session, named)
    audit.record(
        session,
        by,
        kind,
        ("candidate", subject.id),
        why=why,
        before=as_audited(before),
        after=as_audited(after) | {"decision": decision.id},
    )
    return Grouped(decision.id, next((place for m in sorted(watch) if (place := after[m])), subject.id))


def group_anew(
    session: Session,
    mentions: Collection[str],
    lay: Iterable[str | None],
    relink: Relink,
    left: Collection[str] = (),
) -> None:
    """Let mentions lie where they belong and group them anew there. `lay` are the candidates they were in before.

    Raises:
        Conflict: one of these would go that has been read and waits for another reader.
    """
    read = _read_in_part(session, lay)
    for jurisdiction in bring_home(session, mentions):
        relink(session, jurisdiction, mentions, left)
    _refuse_read_gone(session, read)


def _read_in_part(session: Session, candidates: Iterable[str | None]) -> list[str]:
    """Those of these open candidates that wait for another reader."""
    query = select(Candidate.id).where(Candidate.id.in_(set(candidates) - {None}))
    return list(session.scalars(query.where(Candidate.state == "open", Candidate.first_reader.is_not(None))))


def _refuse_read_gone(session: Session, read: Collection[str]) -> None:
    """`Conflict` where one of these is superseded now: what its reader made of it would go with it."""
    gone = select(Candidate.first_reader).where(Candidate.id.in_(read), Candidate.state == "superseded")
    if (name := session.scalar(gone.order_by(Candidate.id).limit(1))) is not None:
        raise Conflict(
            "%(name)s has read one of the two, which waits for another reader: let it stay, or decide on it first",
            name=name,
        )


def _new_id(decision: int) -> str:
    """The id of the candidate that a split makes."""
    return "c" + hashlib.sha256(f"split {decision}".encode()).hexdigest()[:15]

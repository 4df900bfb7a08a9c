"""Undoing a decision on grouping: the reports go where they would be without it (`store.grouping`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations, product

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store import audit
from store.clock import Moment
from store.homes import reach
from store.queue_lock import hold_queues
from store.regrouping import Grouped, Relink, as_audited, families, group_anew, own, where
from store.review_queue import refuse_other_lease
from store.schema import Candidate, GroupingDecision, IncidentArticle, StoredMention
from store.ties import decisions_on


def undo(session: Session, decision_id: int, *, by: str, relink: Relink, why: str | None = None) -> Grouped:
    """Take a decision on grouping back: the reports are where they would be without it, with those that came since.

    Raises:
        Conflict: it is undone, a later decision rests on it, its reports were decided on since, somebody else holds an
            item of theirs, or one that would go has been read and waits for another reader.
    """
    decision = session.get(GroupingDecision, decision_id)
    if decision is None:
        raise StoreError("there is no decision %(id)s on grouping: go back to the queue", id=decision_id)
    hold_queues(session, lambda: reach(session, _concerned(session, decision)))
    session.refresh(decision, with_for_update=True)
    if decision.undone_by is not None:
        raise Conflict("%(name)s has undone this already: nothing is left to undo", name=decision.undone_by)
    _refuse_later(session, decision)
    lying = where(session, _concerned(session, decision))
    left, like = _release(session, decision, {m: lying.get(m) for m in decision.mentions}, by)
    moved = [*decision.mentions, *sorted(like)]
    decision.undone_by, decision.undone_at = by, session.scalar(select(func.now()))
    session.flush()
    group_anew(session, moved, lying.values(), relink, left)
    after = where(session, moved)
    places = filter(None, map(after.get, decision.mentions))
    candidate = next(places, decision.together[0]["candidate"] if decision.together else "")
    audit.record(
        session,
        by,
        f"undo {decision.kind}",
        ("candidate", candidate),
        why=why,
        before=as_audited({m: lying.get(m) for m in moved}) | {"decision": decision.id},
        after=as_audited(after),
    )
    return Grouped(decision.id, candidate)


def _concerned(session: Session, decision: GroupingDecision) -> set[str]:
    """The mentions the decision names, and those that lie with them now."""
    places = filter(None, where(session, decision.mentions).values())
    return {*decision.mentions, *families(session, set(places))}


def _refuse_later(session: Session, decision: GroupingDecision) -> None:
    """`Conflict` when a later decision says something of the same two reports: without this one nothing would change,
    or not what the person who undoes it expects."""
    said = set(_said(decision))
    for later in decisions_on(session, decision.mentions):
        if later.id > decision.id and not said.isdisjoint(_said(later, whole=True)):
            raise _decided_since(later)


def _decided_since(later: GroupingDecision) -> Conflict:
    told = {"name": later.by, "when": Moment(later.at)}
    if later.kind == "merge":
        return Conflict("%(name)s has merged these reports since, on %(when)s: undo that first", **told)
    if later.kind == "split":
        return Conflict("%(name)s has split these reports since, on %(when)s: undo that first", **told)
    if later.kind == "move":
        return Conflict("%(name)s has moved these reports since, on %(when)s: undo that first", **told)
    return Conflict("%(name)s has called not the same these reports since, on %(when)s: undo that first", **told)


def _said(decision: GroupingDecision, *, whole: bool = False) -> Iterator[frozenset[str]]:
    """The pairs of mentions the decision brought together or parted; the `whole` of it also holds the pairs that were
    together before."""
    for entry in decision.together:
        for a, b in combinations(entry["mentions"], 2):
            if whole or decision.before.get(a) != decision.before.get(b):
                yield frozenset((a, b))
    for ones, others in decision.apart:
        yield from map(frozenset, product(ones, others))


def _release(
    session: Session, decision: GroupingDecision, placed: Mapping[str, str | None], by: str
) -> tuple[Collection[str], Collection[str]]:
    """Make sure that the reports can go where they belong, and let those go that the decision brought to an approved
    incident, with those that came to it besides: who is like them would hold them there. Returns the candidates they
    were taken out of, and the reports that the decision does not name."""
    left, like = set[str](), set[str]()
    query = select(Candidate).where(Candidate.id.in_(set(placed.values()) - {None})).order_by(Candidate.id)
    for candidate in session.scalars(query.with_for_update().execution_options(populate_existing=True)).all():
        if candidate.decided_at is None:
            refuse_other_lease(session, candidate, by)
        elif decision.kind != "not_same" and candidate.decided_at > decision.at:
            raise _decided_after(candidate, candidate.decided_at)
        came = {m for m, place in placed.items() if place == candidate.id != decision.before.get(m)}
        if candidate.incident_id and decision.kind != "not_same":
            beside = dict(_came_since(session, candidate, placed.keys(), by)) if came else {}
            taken = _detach(session, candidate, came, beside)
            like |= taken
            left |= {candidate.id, *(beside[mention] for mention in taken)}
    return left, like


def _came_since(session: Session, candidate: Candidate, named: Collection[str], by: str) -> Iterator[tuple[str, str]]:
    """The reports of the candidate's incident that the decision does not name, each with where it lies: beside those it
    names, or in an update that waits. What a person rejected stays."""
    kin = (Candidate.incident_id == candidate.incident_id) & Candidate.state.in_(("open", "approved"))
    query = select(Candidate).where(kin).order_by(Candidate.id).with_for_update()
    for one in session.scalars(query.execution_options(populate_existing=True)).all():
        if one.decided_at is None:
            refuse_other_lease(session, one, by)
        yield from ((mention, one.id) for mention in own(session, one) if mention not in named)


def _decided_after(candidate: Candidate, at: dt.datetime) -> Conflict:
    told = {"name": candidate.decided_by, "when": Moment(at, candidate.jurisdiction)}
    if candidate.state == "approved":
        return Conflict("%(name)s approved this item on %(when)s: undo that first", **told)
    return Conflict("%(name)s rejected this item on %(when)s: undo that first", **told)


def _detach(session: Session, candidate: Candidate, mentions: Collection[str], beside: Collection[str]) -> set[str]:
    """Take reports out of a candidate of an approved incident, and of those beside them all that the incident does not
    rest on. Returns which of those beside were taken out.

    Raises:
        Conflict: the incident rests on one of `mentions`.
    """
    held = select(IncidentArticle.article_id).where(IncidentArticle.incident_id == candidate.incident_id)
    of_incident = set(session.scalars(held))
    rows = session.scalars(select(StoredMention).where(StoredMention.id.in_({*mentions, *beside}))).all()
    if any(row.id in mentions and row.article_id in of_incident for row in rows):
        raise Conflict("the incident was revised with this report since: it stays with it")
    taken = [row for row in rows if row.article_id not in of_incident]
    for row in taken:
        row.candidate_id = None
    return {row.id for row in taken} - set(mentions)

"""What a person says of which reports tell one event: merge, split, move, not the same, and their undoing.

Each is one transaction: the decision is written, the linker groups the reports anew under it, the audit entry tells
where they were and are. Decisions bind the linker until they are undone. Where reports are is never written by hand:
it follows from the reports and the decisions, so that undoing restores what would be without the decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store import audit
from store.clock import Moment
from store.homes import bring_home, reach
from store.queue_lock import hold_queues
from store.regrouping import Grouped, Relink, as_audited, decide, family, locked_as_seen, own, where
from store.review_queue import refuse_closed, refuse_other_lease
from store.schema import Candidate, GroupingDecision, IncidentArticle, StoredMention
from store.ties import decisions_on

__all__ = [
    "Grouped", "Relink", "decisions_in", "home_together", "merge", "move", "not_same", "redirect", "split", "undo",
]  # fmt: skip


def merge(
    session: Session,
    into: str,
    other: str,
    *,
    versions: Mapping[str, int],
    by: str,
    relink: Relink,
    why: str | None = None,
) -> Grouped:
    """Say that two candidates are one event. Returns the one that holds the reports now: `into`, unless that was an
    approved one and its incident gets an update proposal. Of two jurisdictions the event lies in that of the incident
    of one, else in that of `into`.

    One of the two may be approved, the other is open. `versions` are the versions the person saw, by candidate id.

    Raises:
        Conflict: one was decided, is held by somebody else, or changed; or they cannot be one.
    """
    found = locked_as_seen(session, (into, other), versions, by)
    kept, gone = found[into], found[other]
    if kept.state == "open" and gone.state != "open":
        kept, gone = gone, kept
    refuse_closed(gone)
    if kept.state == "rejected":
        raise Conflict(
            "%(name)s rejected the other item: undo that first, or reject this one as well", name=kept.decided_by
        )
    incidents = {candidate.incident_id for candidate in (kept, gone) if candidate.incident_id}
    if len(incidents) > 1:
        raise Conflict("the two items belong to two approved incidents: undo the approval of one of them first")
    told = sorted({*family(session, kept), *family(session, gone)})
    together = [{"candidate": kept.id, "mentions": told} | _across(kept, gone, (kept, gone))]
    return decide(session, "merge", kept, together, [], by, why, relink, watch=own(session, gone))


def split(
    session: Session,
    candidate_id: str,
    mention_ids: Collection[str],
    *,
    version: int,
    by: str,
    relink: Relink,
    why: str | None = None,
) -> Grouped:
    """Say that these reports of a candidate tell another event than the rest, which stay. Returns the new candidate.

    From an update proposal all reports can be split: they do not tell of the incident, then.

    Raises:
        Conflict: it was decided, is held by somebody else, or changed; or no report is named, or nothing would stay.
    """
    candidate = locked_as_seen(session, (candidate_id,), {candidate_id: version}, by)[candidate_id]
    refuse_closed(candidate)
    mine, parted = set(own(session, candidate)), set(mention_ids)
    rest = set(family(session, candidate)) - parted
    if not parted:
        raise Conflict("choose first the reports to take out of this item")
    if not parted <= mine or not rest:
        raise Conflict("choose some of the reports of this item, not all: the others stay")
    together: list[dict[str, Any]] = [{"candidate": None, "mentions": sorted(parted)} | _back(session, parted)]
    if mine - parted:
        together.append({"candidate": candidate.id, "mentions": sorted(mine - parted)})
    apart = [[sorted(parted), sorted(rest)]]
    return decide(session, "split", candidate, together, apart, by, why, relink, watch=sorted(parted))


def move(
    session: Session,
    mention_id: str,
    to: str,
    *,
    versions: Mapping[str, int],
    by: str,
    relink: Relink,
    why: str | None = None,
) -> Grouped:
    """Say that a report tells the event of another candidate than the one it is in. Returns the one it is in now.

    Raises:
        Conflict: one was decided, is held by somebody else, or changed.
    """
    place = session.scalar(select(StoredMention.candidate_id).where(StoredMention.id == mention_id))
    if place is None:
        raise StoreError("there is no report %(id)s: go back to the queue", id=mention_id)
    found = locked_as_seen(session, (place, to), versions, by)
    source, target = found[place], found[to]
    refuse_closed(source)
    if target.state != "approved":
        refuse_closed(target)
    if mention_id not in own(session, source):
        raise Conflict("this report is in another item by now: look again")
    theirs = set(family(session, target)) - {mention_id}
    rest = set(family(session, source)) - {mention_id} - theirs
    # The incident of the source, of which the report does not tell, does not hold it.
    lies = _across(target, source, (target,))
    together = [{"candidate": target.id, "mentions": [mention_id, *sorted(theirs)]} | lies]
    if staying := sorted(set(own(session, source)) - {mention_id}):
        together.append({"candidate": source.id, "mentions": staying})
    apart = [[[mention_id], sorted(rest)]] if rest else []
    return decide(session, "move", source, together, apart, by, why, relink, watch=[mention_id])


def not_same(
    session: Session,
    a: str,
    b: str,
    *,
    versions: Mapping[str, int],
    by: str,
    relink: Relink,
    why: str | None = None,
) -> Grouped:
    """Say that two candidates are two events, now and whatever comes. One of them may be decided. Returns where the
    reports of `a` are: an update proposal becomes a new candidate when it does not tell of its incident.

    Raises:
        Conflict: one is held by somebody else or changed, or both are decided.
    """
    found = locked_as_seen(session, (a, b), versions, by)
    one, other = found[a], found[b]
    if one.state != "open":
        one, other = other, one
    refuse_closed(one)
    mine = own(session, one)
    theirs = sorted(set(family(session, other)) - set(mine))
    return decide(session, "not_same", one, [], [[mine, theirs]], by, why, relink, own(session, found[a]))


def undo(session: Session, decision_id: int, *, by: str, relink: Relink, why: str | None = None) -> Grouped:
    """Take a decision on grouping back: the reports are where they would be without it, with those that came since.

    Raises:
        Conflict: it is undone, a later decision rests on it, its reports were decided on since, or somebody else holds
            an item of theirs.
    """
    decision = session.get(GroupingDecision, decision_id)
    if decision is None:
        raise StoreError("there is no decision %(id)s on grouping: go back to the queue", id=decision_id)
    hold_queues(session, lambda: reach(session, decision.mentions))
    session.refresh(decision, with_for_update=True)
    if decision.undone_by is not None:
        raise Conflict("%(name)s has undone this already: nothing is left to undo", name=decision.undone_by)
    _refuse_later(session, decision)
    before = where(session, decision.mentions)
    left = _release(session, decision, before, by)
    decision.undone_by, decision.undone_at = by, session.scalar(select(func.now()))
    session.flush()
    for jurisdiction in bring_home(session, decision.mentions):
        relink(session, jurisdiction, decision.mentions, left)
    after = where(session, decision.mentions)
    candidate = next(filter(None, after.values()), decision.together[0]["candidate"] if decision.together else "")
    audit.record(
        session,
        by,
        f"undo {decision.kind}",
        ("candidate", candidate),
        why=why,
        before=as_audited(before) | {"decision": decision.id},
        after=as_audited(after),
    )
    return Grouped(decision.id, candidate)


def decisions_in(session: Session, candidate_id: str) -> Sequence[GroupingDecision]:
    """The decisions in force on the reports of a candidate, the newest first."""
    mentions = select(StoredMention.id).where(StoredMention.candidate_id == candidate_id)
    return decisions_on(session, session.scalars(mentions).all())


def redirect(session: Session, candidate_id: str) -> str:
    """The candidate that has the reports of this one now: itself, unless it was superseded."""
    here: str | None = candidate_id
    while here is not None:
        candidate_id = here
        query = select(Candidate.superseded_by).where(Candidate.id == here, Candidate.state == "superseded")
        here = session.scalar(query)
    return candidate_id


def home_together(into: Candidate, other: Candidate) -> str | None:
    """The jurisdiction whose queue holds the reports of two candidates that come together: that of the incident of one,
    else that of `into`."""
    return _home(into, other, (into, other))


def _home(into: Candidate, other: Candidate, holders: Sequence[Candidate]) -> str | None:
    holder = next((candidate for candidate in holders if candidate.incident_id), None)
    return holder.jurisdiction if holder else into.jurisdiction or other.jurisdiction


def _across(into: Candidate, other: Candidate, holders: Sequence[Candidate]) -> dict[str, str | None]:
    """Where the reports lie from now on, when those of two candidates of two jurisdictions come together: nowhere known
    only where the incident of one of `holders` holds them there."""
    return {} if into.jurisdiction == other.jurisdiction else {"jurisdiction": _home(into, other, holders)}


def _back(session: Session, parted: Collection[str]) -> dict[str, str | None]:
    """Where reports lie that are split off, if people had put them elsewhere: in the jurisdiction they all tell."""
    told = StoredMention.facts["jurisdiction"].astext
    rows = session.execute(
        select(told, StoredMention.jurisdiction).where(StoredMention.id.in_(parted)).distinct()
    ).all()
    return {"jurisdiction": rows[0][0]} if len({home for home, _ in rows}) == 1 and rows[0][0] != rows[0][1] else {}


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
) -> Collection[str]:
    """Make sure that the reports can go where they belong, and let those go that the decision brought to an approved
    incident. Returns the candidates they were taken out of."""
    left = set()
    query = select(Candidate).where(Candidate.id.in_(set(placed.values()) - {None})).order_by(Candidate.id)
    for candidate in session.scalars(query.with_for_update().execution_options(populate_existing=True)).all():
        if candidate.decided_at is None:
            refuse_other_lease(session, candidate, by)
        elif decision.kind != "not_same" and candidate.decided_at > decision.at:
            raise _decided_after(candidate, candidate.decided_at)
        came = [m for m, place in placed.items() if place == candidate.id != decision.before.get(m)]
        if candidate.incident_id and decision.kind != "not_same":
            _detach(session, candidate, came)
            left.add(candidate.id)
    return left


def _decided_after(candidate: Candidate, at: dt.datetime) -> Conflict:
    told = {"name": candidate.decided_by, "when": Moment(at, candidate.jurisdiction)}
    if candidate.state == "approved":
        return Conflict("%(name)s approved this item on %(when)s: undo that first", **told)
    return Conflict("%(name)s rejected this item on %(when)s: undo that first", **told)


def _detach(session: Session, candidate: Candidate, mentions: Collection[str]) -> None:
    rows = session.scalars(select(StoredMention).where(StoredMention.id.in_(mentions))).all()
    for row in rows:
        if session.get(IncidentArticle, (candidate.incident_id, row.article_id)) is not None:
            raise Conflict("the incident was revised with this report since: it stays with it")
        row.candidate_id = None

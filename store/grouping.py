"""What a person says of which reports tell one event: merge, split, move, not the same.

Each is one transaction: the decision is written, the linker groups the reports anew under it, the audit entry tells
where they were and are. Decisions bind the linker until they are undone. Where reports are is never written by hand:
it follows from the reports and the decisions, so that undoing (`store.ungrouping`) restores what would be without.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store.regrouping import Grouped, Relink, decide, family, locked_as_seen, own
from store.review_queue import refuse_closed
from store.schema import Candidate, GroupingDecision, StoredMention
from store.ties import decisions_on

__all__ = [
    "Grouped", "Relink", "decisions_in", "home_together", "merge", "move", "not_same", "redirect", "split",
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
        Conflict: one was decided, is held by somebody else, or changed; a reading of the one that goes waits for
            another reader; or they cannot be one.
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
        Conflict: it was decided, is held by somebody else, or changed; or no report is named, or nothing would stay; or
            it goes, and a reading of it waits for another reader.
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
        Conflict: one was decided, is held by somebody else, or changed; or nothing would stay of an item of which a
            reading waits for another reader.
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
        Conflict: one is held by somebody else or changed, or both are decided; or an update proposal goes of which a
            reading waits for another reader.
    """
    found = locked_as_seen(session, (a, b), versions, by)
    one, other = found[a], found[b]
    if one.state != "open":
        one, other = other, one
    refuse_closed(one)
    mine = own(session, one)
    theirs = sorted(set(family(session, other)) - set(mine))
    return decide(session, "not_same", one, [], [[mine, theirs]], by, why, relink, own(session, found[a]))


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

"""Bringing one jurisdiction's review queue up to date with its mentions.

Groups of the linker become candidates. What a person decided stays as it is: mentions of a decided candidate never
move, and a new report of an approved incident becomes an update proposal for it, if it tells anything new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.records import Facts, facts_of
from linking.linker import link
from linking.proposal import priority, propose
from pipeline.stages.candidates import DECIDED, open_new, open_update
from pipeline.stages.neighbourhood import Known, neighbourhood
from pipeline.stages.replacement import Touched
from pipeline.stages.updates import updated
from store.records import to_incident
from store.schema import Candidate, CuratedIncident, StoredMention


def update_queue(session: Session, jurisdiction: str | None, touched: Touched) -> None:
    """Recompute the open candidates that a change of mentions can concern. Call under the jurisdiction's lock."""
    known = neighbourhood(session, jurisdiction, touched)
    bonds: dict[str, set[str]] = {}
    for mention in known.values():
        if mention.bond:
            bonds.setdefault(mention.bond, set()).add(mention.row.id)
    groups = link([k.linkable for k in known.values()], together=bonds.values())
    moves: dict[str, str] = {}
    for group in groups:
        moves |= _queue(session, jurisdiction, [known[m.id] for m in group.mentions], touched)
    session.flush()
    _supersede_emptied(session, jurisdiction, moves)


def _queue(session: Session, jurisdiction: str | None, group: Sequence[Known], touched: Touched) -> dict[str, str]:
    """Put a group's undecided mentions into its candidate; returns which candidates lost mentions to it."""
    waiting = [k for k in group if not k.decided]
    if not waiting:
        return {}
    incident = _incident(session, group)
    if incident is None:
        candidate = open_new(session, jurisdiction, waiting[0].row.id)
        _propose(candidate, propose([k.linkable for k in group]), waiting, touched)
    elif (proposal := _update(session, incident, group)) is not None:
        candidate = open_update(session, jurisdiction, incident.id)
        _propose(candidate, proposal, waiting, touched)
    else:
        candidate = _last_decided(session, incident, "approved")
    for known in waiting:
        known.row.candidate_id = candidate.id
    return {k.candidate.id: candidate.id for k in waiting if k.candidate and k.candidate is not candidate}


def _incident(session: Session, group: Sequence[Known]) -> CuratedIncident | None:
    """The incident a person has made of a group's mentions, unless it was withdrawn."""
    ids = (known.candidate.incident_id for known in group if known.candidate and known.candidate.incident_id)
    row = session.get(CuratedIncident, next(ids, None) or "")
    return row if row is not None and row.state == "approved" else None


def _update(session: Session, incident: CuratedIncident, group: Sequence[Known]) -> Facts | None:
    """What the group's reports change of the incident; null when the person who approved it knew all of it."""
    decided = [k.linkable for k in group if k.decided]
    # Where the only report has been rewritten, what it told is what the person saw.
    before = propose(decided) if decided else Facts.model_validate(_last_decided(session, incident).proposal)
    return updated(facts_of(to_incident(incident)), before, propose([k.linkable for k in group]))


def _last_decided(session: Session, incident: CuratedIncident, *states: str) -> Candidate:
    query = select(Candidate).where(Candidate.incident_id == incident.id, Candidate.state.in_(states or DECIDED))
    return session.scalars(query.order_by(Candidate.decided_at.desc(), Candidate.id).limit(1)).one()


def _propose(candidate: Candidate, proposal: Facts, waiting: Sequence[Known], touched: Touched) -> None:
    """Open the candidate with this proposal; its version counts on when a person who has it open should look again."""
    before = (candidate.state, candidate.proposal)
    candidate.state, candidate.superseded_by = "open", None
    candidate.proposal = proposal.model_dump(mode="json")
    candidate.priority = priority(proposal, [k.linkable for k in waiting])
    moved = any(k.row.candidate_id != candidate.id for k in waiting)
    if moved or candidate.id in touched.candidates or before != (candidate.state, candidate.proposal):
        candidate.version += 1
        candidate.updated_at = func.now()


def _supersede_emptied(session: Session, jurisdiction: str | None, moves: Mapping[str, str]) -> None:
    """Close open candidates that lost all their mentions, naming a candidate that took some of them."""
    has_mention = select(StoredMention.id).where(StoredMention.candidate_id == Candidate.id).exists()
    emptied = session.scalars(
        select(Candidate).where(
            Candidate.state == "open", Candidate.jurisdiction.is_not_distinct_from(jurisdiction), ~has_mention
        )
    )
    for candidate in emptied:
        candidate.state, candidate.superseded_by = "superseded", moves.get(candidate.id)
        candidate.version += 1
        candidate.lease_owner = candidate.lease_until = None

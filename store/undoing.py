"""Taking decisions on candidates back: what was rejected reopens, what was published is withdrawn or put back.

What was published cannot be unsaid: the undoing of an approval is a further revision, a withdrawal is a tombstone on
the bus.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from codebook.records import Incident
from store import audit
from store.clock import Moment
from store.curation import database_time, put_back, withdraw
from store.decisions import incident_id as incident_of
from store.grouping import redirect
from store.homes import bring_home, follow, reach
from store.moved import came_here
from store.queue_lock import hold_queues
from store.regrouping import Relink
from store.review_queue import LEASE, open_candidate
from store.schema import Candidate, CuratedIncident, IncidentArticle, Revision, StoredMention


def undo_decision(session: Session, candidate_id: str, *, by: str, relink: Relink, why: str | None = None) -> str:
    """Reopen a rejected or approved candidate, which the person then holds. Returns the candidate that has its reports
    now: another one where they belong to that by now.

    A new incident is withdrawn; an approved update becomes a further revision with the facts of before. Reports that
    the approval put into another jurisdiction lie again where they did.

    Raises:
        Conflict: it is not decided, or its incident was changed since.
    """
    candidate = _locked(session, candidate_id)
    if candidate.decided_by is None:
        open_candidate(session, candidate_id)
        raise Conflict("this item is open: there is no decision to undo")
    state, before = candidate.state, _as_audited(candidate)
    reports = set(session.scalars(select(StoredMention.id).where(StoredMention.candidate_id == candidate_id)))
    after: dict[str, object] = {"state": "open"}
    if state == "approved":
        reports |= _waiting_for(session, candidate)
        after |= _take_back(session, candidate, by, why or f"the approval by {candidate.decided_by} was undone")
    _reopen(session, candidate, by)
    session.flush()
    for jurisdiction in bring_home(session, reports) or [candidate.jurisdiction]:
        relink(session, jurisdiction, reports, [candidate_id])  # it may have lost its reports since
    action = "undo approve" if state == "approved" else "undo reject"
    audit.record(session, by, action, ("candidate", candidate_id), why=why, before=before, after=after)
    session.flush()
    return redirect(session, candidate_id)


def reopened_from(session: Session, incident_id: str) -> str | None:
    """The candidate that has the reports of a withdrawn incident now, its approval having been undone; null where none
    goes on from the approved one."""
    articles = select(IncidentArticle.article_id).where(IncidentArticle.incident_id == incident_id)
    having = select(StoredMention.candidate_id).where(StoredMention.article_id.in_(articles)).distinct()
    for candidate in session.scalars(having):
        if candidate and incident_id in map(incident_of, came_here(session, candidate)):
            return candidate
    return None


def _locked(session: Session, candidate_id: str) -> Candidate:
    """The candidate, locked with all of its incident's, before the incident: who approves one of them locks in this
    order as well."""
    its_own = select(Candidate.jurisdiction, Candidate.incident_id).where(Candidate.id == candidate_id)
    if session.execute(its_own).one_or_none() is None:
        raise StoreError("there is no candidate %(id)s: go back to the queue", id=candidate_id)
    hold_queues(session, lambda: _concerned(session, candidate_id))
    kin = (Candidate.id == candidate_id) | (Candidate.incident_id == session.execute(its_own).one().incident_id)
    query = select(Candidate).where(kin).order_by(Candidate.id).with_for_update()
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    return next(row for row in rows if row.id == candidate_id)


def _concerned(session: Session, candidate_id: str) -> set[str | None]:
    """The jurisdictions where the candidate's reports and its incident lie, and where they may lie without it."""
    candidate = select(Candidate.jurisdiction, Candidate.incident_id, Candidate.revision)
    here = session.execute(candidate.where(Candidate.id == candidate_id)).one()
    kin = (Candidate.id == candidate_id) | (Candidate.incident_id == here.incident_id)
    reports = session.scalars(select(StoredMention.id).join(Candidate).where(kin)).all()
    of_approval = Revision.incident_id == here.incident_id, Revision.number == here.revision
    before = session.scalars(select(Revision.before["jurisdiction"].astext).where(*of_approval)).all()
    return {here.jurisdiction, *before} | reach(session, reports)


def _as_audited(candidate: Candidate) -> dict[str, object]:
    return {
        "state": candidate.state,
        "decided_by": candidate.decided_by,
        "rejection_reason": candidate.rejection_reason,
        "incident": candidate.incident_id,
        "revision": candidate.revision,
    }


def _waiting_for(session: Session, candidate: Candidate) -> set[str]:
    """The reports that wait to change the candidate's incident."""
    query = select(StoredMention.id).join(Candidate)
    return set(session.scalars(query.where(Candidate.incident_id == candidate.incident_id, Candidate.state == "open")))


def _take_back(session: Session, candidate: Candidate, by: str, why: str) -> dict[str, object]:
    """Undo what an approval published; the facts for the audit trail."""
    row = session.get_one(CuratedIncident, candidate.incident_id, with_for_update=True, populate_existing=True)
    if row.state != "approved" or row.revision != candidate.revision:
        raise _changed_since(session, row)
    if candidate.kind == "new":
        withdraw(session, row, by=by, why=why)
        candidate.incident_id = None
    else:
        of_approval = Revision.incident_id == row.id, Revision.number == candidate.revision
        before = Incident.model_validate(session.scalars(select(Revision.before).where(*of_approval)).one())
        owner = select(Candidate).where(Candidate.incident_id == row.id, Candidate.revision == before.revision)
        restored = put_back(session, row, before, by=by, why=why)
        if (earlier := session.scalars(owner.with_for_update()).one_or_none()) is not None:
            earlier.revision = restored.revision  # so that it can be undone in its turn
        follow(session, row.id, row.jurisdiction)
    candidate.revision = None
    return {"incident": row.id, "revision": row.revision, "incident_state": row.state}


def _changed_since(session: Session, row: CuratedIncident) -> Conflict:
    newest = select(Revision).where(Revision.incident_id == row.id).order_by(Revision.number.desc()).limit(1)
    last = session.scalars(newest).one()
    return Conflict(
        "incident %(id)s was changed since, by %(name)s on %(when)s (%(why)s): undo that first, if it can be",
        id=row.id,
        name=last.by,
        when=Moment(last.at, row.jurisdiction),
        why=last.why,
    )


def _reopen(session: Session, candidate: Candidate, by: str) -> None:
    candidate.state, candidate.decided_by, candidate.decided_at = "open", None, None
    candidate.rejection_reason = candidate.comment = None
    candidate.stage, candidate.first_reader = "first", None
    candidate.lease_owner, candidate.lease_until = by, database_time(session) + LEASE
    candidate.version += 1
    candidate.updated_at = func.now()

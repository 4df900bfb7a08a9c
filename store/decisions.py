"""A monitor's decisions on candidates: the only way from the review queue into the curated database.

Each is one transaction that writes the incident, its revision, the audit entry and the outgoing event together, or
none of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from codebook.codes import code_list
from codebook.errors import Conflict
from codebook.records import Facts, Incident
from store import audit, drafts
from store.curation import curate, database_time
from store.hints import forget_hints
from store.homes import follow, hold_to_approve
from store.moved import came_here
from store.review_queue import let_go, open_candidate, refuse_other_lease
from store.review_rules import rules
from store.schema import Candidate, StoredMention


def approve(
    session: Session,
    candidate_id: str,
    *,
    version: int,
    by: str,
    facts: Facts,
    comment: str | None = None,
    why: str | None = None,
    read_enough: bool = False,
) -> Incident:
    """Approve a candidate with these facts: a new incident, or a new revision of the one an update proposes to
    change. Its reports lie in the incident's jurisdiction from now on.

    `version` is the candidate's version the person saw, `comment` what they wrote, `why` what is told of the decision
    where that is something else. `read_enough` says that a second reader is not asked for or agrees, which
    `store.second_reading` knows.

    Raises:
        Conflict: it was decided, is held by somebody else, changed since that version, or needs a second reader.
        BadInput: the facts name no jurisdiction.
    """
    hold_to_approve(session, candidate_id, [facts.jurisdiction])
    candidate = decidable(session, candidate_id, version, by)
    if not read_enough:
        _refuse_single_reader(session, candidate, facts)
    target = candidate.incident_id or incident_id(candidate.id)
    told = why or comment or _how(candidate, facts)
    incident = curate(session, target, facts, _articles(session, candidate, target), by=by, why=told)
    candidate.incident_id, candidate.revision = incident.id, incident.revision
    _close(session, candidate, "approved", by, comment)
    follow(session, incident.id, incident.jurisdiction)
    audit.record(
        session,
        by,
        "approve",
        ("candidate", candidate.id),
        why=why or comment,
        before={"proposal": candidate.proposal},
        after={"incident": incident.id, "revision": incident.revision, "comment": comment},
    )
    return incident


def reject(
    session: Session,
    candidate_id: str,
    *,
    version: int,
    by: str,
    reason: str,
    comment: str | None = None,
    why: str | None = None,
    read_enough: bool = False,
) -> None:
    """Reject a candidate for a reason of the code list `rejection_reason`. `why` and `read_enough` are as for
    `approve`.

    Raises:
        UnknownCode: no such reason.
        Conflict: it was decided, is held by somebody else, changed since that version, or needs a second reader.
    """
    code_list("rejection_reason").require(reason, "form", "reason")
    candidate = decidable(session, candidate_id, version, by)
    if not read_enough:
        _refuse_single_reader(session, candidate)
    candidate.rejection_reason = reason
    _close(session, candidate, "rejected", by, comment)
    audit.record(
        session,
        by,
        "reject",
        ("candidate", candidate.id),
        why=why or comment or reason,
        before={"proposal": candidate.proposal},
        after={"rejection_reason": reason, "comment": comment},
    )


def incident_id(candidate_id: str) -> str:
    """The deterministic id of the incident a candidate becomes."""
    return "i" + hashlib.sha256(candidate_id.encode()).hexdigest()[:15]


def _articles(session: Session, candidate: Candidate, target: str) -> Sequence[str]:
    """The articles of the candidate, and of those the incident came from: reports that say nothing new join these
    without a decision."""
    of_incident = select(Candidate.id).where(Candidate.incident_id == target, Candidate.state == "approved")
    mentions = or_(StoredMention.candidate_id == candidate.id, StoredMention.candidate_id.in_(of_incident))
    return session.scalars(select(StoredMention.article_id).where(mentions).distinct()).all()


def _how(candidate: Candidate, facts: Facts) -> str:
    """Why there is a revision, where the person said nothing of it."""
    what = "update approved" if candidate.kind == "update" else "approved"
    untouched = facts == Facts.model_validate(candidate.proposal)
    return f"{what} {'as proposed' if untouched else 'with corrections'}"


def decidable(session: Session, candidate_id: str, version: int, by: str) -> Candidate:
    """The open candidate, locked for this transaction.

    Raises:
        Conflict: it was decided, is held by somebody else, or changed since that version.
    """
    candidate = open_candidate(session, candidate_id)
    refuse_other_lease(session, candidate, by)
    if candidate.version != version:
        raise Conflict("new reports changed this item while you read it: look at them, then decide")
    return candidate


def _refuse_single_reader(session: Session, candidate: Candidate, *told: Facts) -> None:
    known = [Facts.model_validate(candidate.proposal), *told]
    if candidate.stage != "first" or rules(session).ask_for_second(candidate.id, *known):
        raise Conflict("this item needs a second reader: decide on it on its page")


def _close(session: Session, candidate: Candidate, state: str, by: str, comment: str | None) -> None:
    candidate.state, candidate.decided_by, candidate.comment = state, by, comment
    candidate.decided_at = database_time(session)
    let_go(candidate)
    candidate.version += 1
    forget_hints(session, candidate)
    drafts.forget(session, came_here(session, candidate.id))

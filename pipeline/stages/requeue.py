"""Bringing one jurisdiction's review queue up to date with its mentions.

Groups of the linker become candidates. What a person decided stays as it is: mentions of a decided candidate never
move, and a new report of an approved incident becomes an update proposal for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.records import Facts
from linking.linker import candidate_id, link
from linking.mentions import LinkableMention
from linking.proposal import priority, propose
from store.schema import Candidate, CuratedIncident, Source, StoredArticle, StoredMention

DECIDED = ("approved", "rejected")


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored mention with its place in the queue."""

    row: StoredMention
    linkable: LinkableMention
    candidate: Candidate | None

    @property
    def decided(self) -> bool:
        return self.candidate is not None and self.candidate.state in DECIDED

    @property
    def bond(self) -> str | None:
        """What holds it together with others whatever the linker thinks: the incident a person made of it, or the
        candidate a person rejected."""
        if self.candidate is None:
            return None
        return self.candidate.incident_id or (self.candidate.id if self.decided else None)


def update_queue(session: Session, jurisdiction: str | None) -> None:
    """Recompute the open candidates of a jurisdiction. Call under its lock."""
    known = {k.row.id: k for k in _mentions(session, jurisdiction)}
    bonds: dict[str, set[str]] = {}
    for mention in known.values():
        if mention.bond:
            bonds.setdefault(mention.bond, set()).add(mention.row.id)
    groups = link([k.linkable for k in known.values()], together=bonds.values())
    moves: dict[str, str] = {}
    for group in groups:
        moves |= _queue(session, jurisdiction, [known[m.id] for m in group.mentions])
    session.flush()
    _supersede_emptied(session, jurisdiction, moves)


def _mentions(session: Session, jurisdiction: str | None) -> list[_Known]:
    query = (
        select(StoredMention, StoredArticle.published, Source.kind, Candidate)
        .join(StoredArticle, StoredArticle.id == StoredMention.article_id)
        .join(Source, Source.id == StoredArticle.source_id)
        .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
        .where(StoredMention.jurisdiction.is_not_distinct_from(jurisdiction))
        .order_by(StoredMention.id)
    )
    return [
        _Known(
            row,
            LinkableMention(
                id=row.id,
                article_id=row.article_id,
                published=published,
                official=kind == "official",
                facts=Facts.model_validate(row.facts),
                confidence=row.confidence.get("incident_type", 1.0),
            ),
            candidate,
        )
        for row, published, kind, candidate in session.execute(query)
    ]


def _queue(session: Session, jurisdiction: str | None, group: Sequence[_Known]) -> dict[str, str]:
    """Put a group's undecided mentions into its candidate; returns which candidates lost mentions to it."""
    waiting = [k for k in group if not k.decided]
    if not waiting:
        return {}
    incident = next((i for k in group if k.candidate and (i := k.candidate.incident_id)), None)
    candidate = _candidate(session, jurisdiction, waiting, incident)
    mentions = [k.linkable for k in waiting]
    proposal = propose([k.linkable for k in group])
    before = (candidate.state, candidate.proposal, candidate.incident_id)
    candidate.state, candidate.superseded_by = "open", None
    candidate.proposal = proposal.model_dump(mode="json")
    candidate.priority = priority(proposal, mentions)
    moved = [k.row for k in waiting if k.row.candidate_id != candidate.id]
    for row in moved:
        row.candidate_id = candidate.id
    if moved or before != (candidate.state, candidate.proposal, candidate.incident_id):
        candidate.version = (candidate.version or 0) + 1
        candidate.updated_at = func.now()  # type: ignore[assignment]
    return {k.candidate.id: candidate.id for k in waiting if k.candidate and k.candidate is not candidate}


def _candidate(
    session: Session, jurisdiction: str | None, waiting: Sequence[_Known], incident: str | None
) -> Candidate:
    """The candidate that holds these mentions: one for each state of an incident an update is proposed for, else
    named after the first mention, and after its wording too when a person has decided on an earlier wording."""
    first = waiting[0].row
    if incident is not None:
        row = session.get_one(CuratedIncident, incident)
        id_ = candidate_id(f"{incident}:{row.revision}")
    else:
        id_ = candidate_id(first.id)
        named = session.get(Candidate, id_)
        if named is not None and named.state in DECIDED:
            id_ = candidate_id(f"{first.id}:{first.content_hash}:{first.reader_version}")
    candidate = session.get(Candidate, id_)
    if candidate is None:
        kind = "new" if incident is None else "update"
        candidate = Candidate(
            id=id_, jurisdiction=jurisdiction, kind=kind, incident_id=incident, proposal={}, priority=0.0, version=0
        )
        session.add(candidate)
    return candidate


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

"""Bringing one jurisdiction's review queue up to date with its mentions.

Groups of the linker become candidates. What a person decided stays as it is: no regrouping moves the mentions of a
decided candidate (only an article that tells something else now does: `replacement`), and a new report of an approved
incident becomes an update proposal for it, if it tells anything new. What people said of which reports tell one event
binds the linker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.records import Facts, facts_of
from linking.linker import link
from linking.mentions import LinkableMention, sureness_of
from linking.proposal import priority, propose
from pipeline.stages.candidates import DECIDED, Names, open_new, open_update
from pipeline.stages.hinting import restore_hints
from pipeline.stages.known import Known, confidence_in, load
from pipeline.stages.neighbourhood import Neighbourhood, neighbourhood
from pipeline.stages.replacement import Touched
from pipeline.stages.suggesting import suggest
from pipeline.stages.updates import updated
from store.among import among
from store.homes import somewhere_in
from store.records import to_incident
from store.review_queue import hand_over
from store.schema import Candidate, CuratedIncident, GroupingDecision, StoredMention
from store.ties import Ties, add_decisions


def relink(session: Session, jurisdiction: str | None, mentions: Collection[str], left: Collection[str] = ()) -> None:
    """Group these mentions anew, with all that hang together with them, after a person decided something of them; also
    what hung together with those that have left the jurisdiction. `store.regrouping.Relink` for those who hand it in;
    call it under the jurisdiction's lock."""
    restore_hints(session, mentions)
    session.flush()
    concerned = load(session, among(StoredMention.id, mentions)).values()
    told = [k.linkable if k.row.jurisdiction == jurisdiction else _as_seen_there(k, jurisdiction) for k in concerned]
    update_queue(session, jurisdiction, Touched(told, candidates=set(left)))


def _as_seen_there(known: Known, jurisdiction: str | None) -> LinkableMention:
    """A mention as it was before it left this jurisdiction: the one of which it tells, or else its place did not count
    there either."""
    told = Facts.model_validate(known.row.facts)
    facts = told if told.jurisdiction == jurisdiction else somewhere_in(jurisdiction, told)
    return replace(known.linkable, facts=facts, sureness=sureness_of(confidence_in(known.row, facts)))


def update_queue(session: Session, jurisdiction: str | None, touched: Touched) -> None:
    """Recompute the open candidates that a change of mentions can concern. Call under the jurisdiction's lock."""
    near = neighbourhood(session, jurisdiction, touched)
    known, ties = near.known, _ties(near)
    groups = link(
        [k.linkable for k in known.values()],
        together=[ids for own in ties.together() if (ids := own & known.keys())],
        apart=ties.apart(),
        scores=near.scores,
    )
    requeue = _Requeue(session, jurisdiction, near, ties, touched)
    before = touched.candidates | {k.candidate.id for k in known.values() if k.candidate}
    moves: dict[str, str] = {}
    for group in groups:
        moves |= requeue.place([known[m.id] for m in group.mentions])
    session.add_all(new.row for new in touched.new.values())
    session.flush()
    gone = _supersede_emptied(session, before - {k.row.candidate_id for k in known.values()}, moves)
    session.flush()
    suggest(session, requeue.changed, gone, near, ties.apart())


def _ties(near: Neighbourhood) -> Ties:
    """What holds mentions together and apart: what was decided of them first, then what people said of their
    grouping, last that an update proposal belongs to its incident."""
    ties = Ties()
    bonded: dict[str, list[str]] = {}
    for known in near.known.values():
        if known.bond:
            bonded.setdefault(known.bond, []).append(known.row.id)
            if known.decided:
                ties.decided(known.row.id, known.bond)
    add_decisions(ties, near.decisions)
    for mentions in bonded.values():
        ties.tie(sorted(mentions, key=lambda m: not near.known[m].decided))
    return ties


class _Requeue:
    """Puts groups into the queue."""

    def __init__(
        self, session: Session, jurisdiction: str | None, near: Neighbourhood, ties: Ties, touched: Touched
    ) -> None:
        self._session, self._jurisdiction, self._near, self._ties = session, jurisdiction, near, ties
        self._touched = touched
        # One of another jurisdiction, from which a mention has come, may have more there.
        waiting = [k.candidate for k in near.known.values() if k.candidate and not k.decided]
        whole = {candidate.id for candidate in waiting if candidate.jurisdiction == jurisdiction}
        self._names = Names(near.known.keys(), whole)
        self._stirred = {mention.id for mention in touched.mentions}
        self.changed: dict[str, list[LinkableMention]] = {}
        """The open candidates that a change concerns, with their groups."""

    def place(self, group: Sequence[Known]) -> dict[str, str]:
        """Put a group's undecided mentions into its candidate; returns which candidates lost mentions to it."""
        waiting = [k for k in group if not k.decided]
        if not waiting:
            return {}
        incident = self._incident(group)
        if incident is None:
            homes = _homes(self._near.decisions, {k.row.id for k in waiting})
            candidate = open_new(self._session, self._jurisdiction, waiting[0].row.id, self._names, homes)
            # What a person rejected stays rejected: its reports hold the group together and propose nothing.
            self._propose(candidate, propose([k.linkable for k in waiting]), waiting)
        elif (proposal := self._update(incident, group)) is not None:
            candidate = open_update(self._session, self._jurisdiction, incident.id, self._names)
            self._propose(candidate, proposal, waiting)
        else:
            candidate = self._last_decided(incident, "approved")
        stirred = not self._stirred.isdisjoint(k.row.id for k in group)
        if candidate.state == "open" and (stirred or any(k.row.candidate_id != candidate.id for k in waiting)):
            self.changed[candidate.id] = [k.linkable for k in group]
        for known in waiting:
            known.row.candidate_id = candidate.id
            if candidate.state in DECIDED:
                known.row.hints = None
                self._near.seen.pop(known.row.id, None)  # what it tells without its hints is read anew
        return {k.candidate.id: candidate.id for k in waiting if k.candidate and k.candidate is not candidate}

    def _incident(self, group: Sequence[Known]) -> CuratedIncident | None:
        """The incident a person has made of a group's mentions, unless it was withdrawn."""
        for known in sorted(group, key=lambda k: not k.decided):
            if known.candidate is None or known.candidate.incident_id is None or self._parted(known):
                continue
            row = self._session.get(CuratedIncident, known.candidate.incident_id)
            if row is not None and row.state == "approved":
                return row
        return None

    def _parted(self, known: Known) -> bool:
        """Whether a person said that a report does not tell of the incident it is proposed for. The incident's own
        reports are not here where that took it to another jurisdiction."""
        if known.decided:
            return False
        own = (Candidate.incident_id == known.bond) & Candidate.state.in_(DECIDED)
        others = self._session.scalars(select(StoredMention.id).join(Candidate).where(own))
        return any(self._ties.are_apart(known.row.id, other) for other in others)

    def _update(self, incident: CuratedIncident, group: Sequence[Known]) -> Facts | None:
        """What the group's reports change of the incident; null when the person who approved it knew all of it."""
        decided = [k.linkable for k in group if k.decided]
        # Where the only report has been rewritten, what it told is what the person saw.
        before = propose(decided) if decided else Facts.model_validate(self._last_decided(incident).proposal)
        return updated(facts_of(to_incident(incident)), before, propose([k.linkable for k in group]))

    def _last_decided(self, incident: CuratedIncident, *states: str) -> Candidate:
        query = select(Candidate).where(Candidate.incident_id == incident.id, Candidate.state.in_(states or DECIDED))
        return self._session.scalars(query.order_by(Candidate.decided_at.desc(), Candidate.id).limit(1)).one()

    def _propose(self, candidate: Candidate, proposal: Facts, waiting: Sequence[Known]) -> None:
        """Open the candidate with this proposal; its version counts on when a person who has it open should look
        again."""
        before = (candidate.state, candidate.proposal)
        candidate.state, candidate.superseded_by = "open", None
        candidate.proposal = proposal.model_dump(mode="json")
        candidate.priority = priority(proposal, [k.linkable for k in waiting])
        moved = any(k.row.candidate_id != candidate.id for k in waiting)
        stirred = candidate.id in self._touched.candidates
        if moved or stirred or before != (candidate.state, candidate.proposal):
            candidate.version += 1
            candidate.updated_at = func.now()


def _homes(decisions: Sequence[GroupingDecision], mentions: set[str]) -> Iterator[str]:
    """The candidates people put some of these mentions into, the newest first."""
    for decision in decisions:
        for entry in decision.together:
            if not mentions.isdisjoint(entry["mentions"]):
                yield entry["candidate"]


def _supersede_emptied(session: Session, ids: Collection[str], moves: Mapping[str, str]) -> list[str]:
    """Close those open candidates that lost all their mentions, naming a candidate that took some of them; returns
    which they are."""
    if not ids:
        return []
    has_mention = select(StoredMention.id).where(StoredMention.candidate_id == Candidate.id).exists()
    emptied = select(Candidate).where(Candidate.state == "open", among(Candidate.id, ids), ~has_mention)
    gone = session.scalars(emptied).all()
    for candidate in gone:
        candidate.state, candidate.superseded_by = "superseded", moves.get(candidate.id)
        candidate.version += 1
        hand_over(session, candidate, session.get(Candidate, candidate.superseded_by or ""))
    return [candidate.id for candidate in gone]

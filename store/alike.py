"""Other items that may tell the same event as one: what the linker suggests, and what a person looks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CompoundSelect, Select, case, func, or_, select, union
from sqlalchemy.orm import Session

from codebook.records import Facts
from store.curation import database_time
from store.incidents import facts_now
from store.schema import Candidate, CandidateLink, CuratedIncident, StoredArticle, StoredMention

MOST = 9
"""Items shown at once: there are nine digits to choose by."""

TRIGRAM = 3
"""Letters of a word from which on the index of titles finds it: two letters stand in nearly every title."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Another item. `facts` are those proposed, or of an approved one what its incident says now; `titles` are those of
    its reports, the newest first; `reasons` say why it may be the same event, none for one that a person found;
    `held_by` is who works on it now."""

    candidate: Candidate
    facts: Facts
    titles: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    held_by: str | None = None


def possible_same(session: Session, candidate_id: str) -> list[Alike]:
    """The open and approved items that the linker suggests, the likeliest first."""
    linked = or_(CandidateLink.a == candidate_id, CandidateLink.b == candidate_id)
    other = case((CandidateLink.a == candidate_id, CandidateLink.b), else_=CandidateLink.a)
    rows = session.execute(
        select(Candidate, CandidateLink.reasons)
        .join(CandidateLink, (Candidate.id == other) & linked)
        .where(Candidate.state.in_(("open", "approved")))
        .order_by(CandidateLink.score.desc(), Candidate.id)
        .limit(MOST)
    ).all()
    return _shown(session, [(candidate, tuple(reasons)) for candidate, reasons in rows])


def named(session: Session, candidate_id: str) -> Candidate | None:
    """The item of exactly this id that can be merged with another."""
    found = session.get(Candidate, candidate_id)
    return found if found is not None and found.state in ("open", "approved") else None


def look_for(session: Session, words: str, *, besides: str) -> list[Alike]:
    """Open and approved items whose id or place begins with these words, or with them in a title: first those of the
    same jurisdiction as `besides`, each the newest first."""
    here = session.get(Candidate, besides)
    if here is None or not words:
        return []
    query = (
        select(Candidate)
        .where(Candidate.id.in_(_matching(words)))
        .where(Candidate.id != besides, Candidate.state.in_(("open", "approved")))
        .order_by(Candidate.jurisdiction.is_distinct_from(here.jurisdiction), Candidate.created_at.desc(), Candidate.id)
        .limit(MOST)
    )
    return _shown(session, [(candidate, ()) for candidate in session.scalars(query)])


def _matching(words: str) -> CompoundSelect[str | None]:
    """The ids of all candidates that words find. Each way to find one has its index, which a condition that joins them
    by "or" would not use."""
    literal = _literal(words)
    begins = func.plain_letters(f"{literal}%")
    of_incident = select(Candidate.id).join(CuratedIncident, CuratedIncident.id == Candidate.incident_id)
    ids = [
        select(Candidate.id).where(column.like(f"{spelling}%"))
        for column in (Candidate.id, Candidate.incident_id)
        for spelling in (literal, literal.lower())  # ours are in small letters, imported ones as they came
    ]
    found: list[Select[str | None]] = [
        *ids,
        select(Candidate.id).where(func.plain_letters(Candidate.proposal["place"].astext).like(begins)),
        of_incident.where(func.plain_letters(CuratedIncident.place).like(begins)),
    ]
    if max(map(len, words.split())) >= TRIGRAM:
        titled = select(StoredMention.candidate_id).join(StoredArticle, StoredArticle.id == StoredMention.article_id)
        found.append(titled.where(StoredArticle.title.ilike(f"%{literal}%")))
    return union(*found)


def _shown(session: Session, found: Sequence[tuple[Candidate, tuple[str, ...]]]) -> list[Alike]:
    told = select(StoredMention.candidate_id, StoredArticle.title).join(
        StoredArticle, StoredArticle.id == StoredMention.article_id
    )
    of_these = told.where(StoredMention.candidate_id.in_([candidate.id for candidate, _ in found]))
    titles: dict[str | None, list[str]] = {}
    newest_first = of_these.order_by(StoredArticle.published.desc().nulls_last(), StoredMention.id)
    for candidate_id, title in session.execute(newest_first):
        titles.setdefault(candidate_id, []).append(title)
    curated = _curated(session, [candidate for candidate, _ in found])
    now = database_time(session)
    return [
        Alike(
            candidate,
            curated.get(candidate.id) or Facts.model_validate(candidate.proposal),
            tuple(titles.get(candidate.id, ())),
            reasons,
            candidate.lease_owner if candidate.lease_until and candidate.lease_until > now else None,
        )
        for candidate, reasons in found
    ]


def _curated(session: Session, candidates: Sequence[Candidate]) -> dict[str, Facts]:
    """What the incidents of the approved ones say now, by candidate: the proposal of such a one has the program's
    mistakes that a person corrected."""
    incidents = {each.id: each.incident_id for each in candidates if each.state == "approved" and each.incident_id}
    facts = facts_now(session, incidents.values())
    return {candidate: facts[incident] for candidate, incident in incidents.items()}


def _literal(words: str) -> str:
    """The words for LIKE, without its wildcards."""
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")

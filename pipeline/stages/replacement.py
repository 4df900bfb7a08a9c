"""Replacing the mentions of an article in one jurisdiction by those of its newest reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from codebook.events import MentionsRead
from codebook.records import Facts, Mention, facts_of
from linking.features import features
from linking.mentions import LinkableMention
from linking.scoring import log_odds
from linking.weights import weights
from pipeline.stages.candidates import DECIDED, Names, lock, open_update
from pipeline.stages.hinting import HintsJson, hints_of
from pipeline.stages.known import Known, linkable
from store.among import among, among_given
from store.homes import put
from store.schema import Candidate, StoredArticle, StoredMention

UNKNOWN = frozenset({"time_unknown", "without_hints", "place_unknown"})
"""Features of what is not known of a pair, which is no evidence that an article tells of something else now."""


@dataclass(slots=True)
class Touched:
    """What a replacement touched, from which the queue is brought up to date.

    Attributes:
        mentions: the mentions as they were and as they are.
        new: those of them that were not stored before, and are not yet: their rows are written when their candidates
            are known.
        candidates: ids of the candidates that held a mention which changed or went.
        jurisdictions: whose queues are concerned, which is also where a mention was that has moved.
    """

    mentions: list[LinkableMention] = field(default_factory=list)
    new: dict[str, Known] = field(default_factory=dict)
    candidates: set[str] = field(default_factory=set)
    jurisdictions: set[str | None] = field(default_factory=set)


_BEFORE = (
    select(StoredMention.id, StoredMention.jurisdiction)
    .where(StoredMention.article_id == bindparam("article"))
    .where(
        StoredMention.facts["jurisdiction"].astext.is_not_distinct_from(bindparam("told"))
        | among_given(StoredMention.id, "written")
    )
)


def stored_before(session: Session, event: MentionsRead) -> dict[str, str | None]:
    """Where each of the article's mentions lies that tell of the event's jurisdiction, and those of any that it writes
    anew. Under the lock of the article these are all; only a person may put one elsewhere."""
    written = [mention.id for mention in event.mentions]
    given = {"article": event.article_id, "told": event.jurisdiction, "written": written}
    return {row.id: row.jurisdiction for row in session.execute(_BEFORE, given)}


def replace_mentions(
    session: Session, event: MentionsRead, article: StoredArticle, source_kind: str, before: Collection[str]
) -> Touched:
    """Prepare the event's new mentions, write anew those of them that were stored `before`, and delete those of an
    older reading that it no longer has. A mention a person has decided on is never deleted, for it is what the decision
    rests on; one that tells something else now leaves the decided candidate, for a person to see. Call under the locks
    of the article and of the jurisdictions concerned."""
    hinted = hints_of(session, article, event.content_hash, {m.id: m.evidence for m in event.mentions})
    stored = _locked(session, before) if before else {}
    touched = Touched(jurisdictions={event.jurisdiction})
    for row in stored.values():
        touched.mentions.append(linkable(session, row, source_kind))
    told = {mention.id for mention in event.mentions}
    for id_, row in stored.items():
        if id_ not in told and row.facts.get("jurisdiction") == event.jurisdiction and not _decided(session, row):
            _stir(touched, row)
            touched.jurisdictions.add(row.jurisdiction)
            session.delete(row)
    for mention in event.mentions:
        row = _write(session, stored.get(mention.id), mention, article.published, hinted[mention.id], touched)
        told_now = linkable(session, row, source_kind)
        touched.mentions.append(told_now)
        if mention.id not in stored:
            touched.new[mention.id] = Known(row, told_now, candidate=None)
    session.flush()
    return touched


def _locked(session: Session, ids: Collection[str]) -> dict[str, StoredMention]:
    """These mentions; with their candidates locked, lest a person decide on one meanwhile. Candidates are locked before
    mentions, as by who decides."""
    own = among(StoredMention.id, ids)
    lock(session, {id_ for id_ in session.scalars(select(StoredMention.candidate_id).where(own)) if id_})
    query = select(StoredMention).where(own).order_by(StoredMention.id).with_for_update()
    return {row.id: row for row in session.scalars(query.execution_options(populate_existing=True))}


def _write(
    session: Session,
    row: StoredMention | None,
    mention: Mention,
    published: dt.datetime | None,
    hints: HintsJson,
    touched: Touched,
) -> StoredMention:
    facts = facts_of(mention).model_dump(mode="json")
    evidence = [piece.model_dump() for piece in mention.evidence]
    stays = False
    if row is None:
        row = StoredMention(id=mention.id, article_id=mention.article_id, position=mention.position)
    else:
        row.read_at = func.now()
        touched.jurisdictions.add(row.jurisdiction)
        if (row.facts, row.evidence, row.content_hash) != (facts, evidence, mention.content_hash):
            _stir(touched, row)
            row.candidate_id = _next_candidate(session, row, facts_of(mention))
        stays = _is_put(row) and row.candidate_id is not None
    row.content_hash, row.reader_version = mention.content_hash, mention.reader_version
    row.date, row.published = mention.date, published
    row.incident_type, row.subtype = mention.incident_type, mention.subtype
    row.facts, row.evidence, row.confidence = facts, evidence, dict(mention.confidence)
    row.alternatives = mention.alternatives.model_dump(mode="json")
    put(row, row.jurisdiction if stays else mention.jurisdiction)
    row.hints = None if _decided(session, row) else hints
    return row


def _next_candidate(session: Session, row: StoredMention, facts: Facts) -> str | None:
    """Where a mention belongs that tells something else now; null when the linker is to say.

    One that a person made an incident of, or that is proposed as an update of one, stays with the incident while it
    tells the same event: what changed is for a person to see. Without that, a correction in the only report of an
    incident would become a second incident. What a person put into another jurisdiction than it tells may tell a third.
    """
    before = Facts.model_validate(row.facts)
    if row.candidate_id is None or (before.jurisdiction != facts.jurisdiction and not _is_put(row)):
        return None
    candidate = session.get_one(Candidate, row.candidate_id)
    if before == facts:
        return candidate.id
    if candidate.incident_id is None:
        return candidate.id if candidate.state == "open" else None
    if not _tell_one_event(before, facts):
        return None
    return open_update(session, row.jurisdiction, candidate.incident_id, Names([row.id])).id


def _is_put(row: StoredMention) -> bool:
    """Whether a person put the mention's event into another jurisdiction than it tells."""
    told: str | None = row.facts.get("jurisdiction")
    return row.jurisdiction != told


def _tell_one_event(before: Facts, after: Facts) -> bool:
    """Whether two readings of one place in one article tell the same event: they do, unless the evidence is against
    it. Two articles are another matter: there the linker's prior stands against it, and what is not known of them."""
    one, other = (LinkableMention("", "", None, official=False, facts=facts) for facts in (before, after))
    told = {name: value for name, value in features(one, other).items() if name not in UNKNOWN}
    evidence = weights().evidence
    return log_odds(evidence, told) >= evidence["prior"]


def _decided(session: Session, row: StoredMention) -> bool:
    return row.candidate_id is not None and session.get_one(Candidate, row.candidate_id).state in DECIDED


def _stir(touched: Touched, *rows: StoredMention) -> None:
    touched.candidates.update(row.candidate_id for row in rows if row.candidate_id)

"""People's decisions as training examples: articles with what people say they tell, in the form of
`classifiers/corpus`, whose records a room above makes of them.

An article is an example once every incident read in it was decided on. It tells the facts of the revision that was
approved with it among the reports: what later reports added is not in its words. None is made of an approval that was
undone, of a withdrawn incident, of an item rejected as a duplicate or for a reason told in a comment (its facts were
not looked at), of a report that joined an incident without anybody seeing it, or of an article reworded since.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.codes import code_list
from codebook.records import Evidence, Facts, Incident, facts_of
from languages.dates import local
from languages.identification import OTHER
from store.decisions import incident_id
from store.schema import AuditItem, Candidate, CuratedIncident, Revision, StoredArticle, StoredMention

DECIDED = ("approved", "rejected")

HELD_OUT = 5
"""One event in so many is held out: what a model reaches is measured on them, and no model is trained on them."""


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One article and what people said of it.

    Attributes:
        labelled: as a line of the corpus.
        decisions: what was decided on: ids of candidates, or of the article that was audited.
        events: the ids of its incidents, or of what would have become one.
        decided_at: when the last of the decisions was made.
    """

    labelled: Mapping[str, Any]
    decisions: tuple[str, ...]
    events: tuple[str, ...]
    decided_at: dt.datetime

    @property
    def trained_on(self) -> bool:
        """Whether a model may learn from it."""
        return not any(map(held_out, self.events))

    @property
    def measured_on(self) -> bool:
        """Whether it is one to measure on. A round-up of events of both kinds is neither."""
        return all(map(held_out, self.events))


def held_out(event: str) -> bool:
    """Whether an event belongs to the fifth that is never trained on: by its id alone, so that it stays there."""
    return int(hashlib.sha256(f"held out:{event}".encode()).hexdigest(), 16) % HELD_OUT == 0


def training_examples(session: Session) -> list[TrainingExample]:
    """All examples, by the id of their article."""
    found = [*_of_items(session), *_of_audit(session)]
    return sorted(found, key=lambda example: str(example.labelled["id"]))


def decisions_since(examples: Sequence[TrainingExample], since: dt.datetime | None) -> int:
    """How many decisions made after a moment the examples rest on; all of them for none."""
    new = (example for example in examples if since is None or example.decided_at > since)
    return len({decision for example in new for decision in example.decisions})


@dataclass(frozen=True, slots=True)
class _Decided:
    """A mention with the candidate it was decided with, what was approved, and whether the incident still stands."""

    mention: StoredMention
    candidate: Candidate | None
    approved: Incident | None
    stands: bool

    @property
    def event(self) -> str:
        assert self.candidate is not None
        return self.candidate.incident_id or incident_id(self.candidate.id)


def _of_items(session: Session) -> Iterator[TrainingExample]:
    decided = select(StoredMention.article_id).join(Candidate).where(Candidate.state.in_(DECIDED))
    query = (
        select(StoredArticle, StoredMention, Candidate, CuratedIncident.state, Revision.after)
        .join(StoredMention, StoredMention.article_id == StoredArticle.id)
        .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
        .outerjoin(CuratedIncident, CuratedIncident.id == Candidate.incident_id)
        .outerjoin(Revision, (Revision.incident_id == Candidate.incident_id) & (Revision.number == Candidate.revision))
        .where(StoredArticle.id.in_(decided))
        .order_by(StoredArticle.id, StoredMention.position)
    )
    for article, rows in groupby(session.execute(query), key=lambda row: row[0]):
        told = [
            _Decided(mention, candidate, Incident.model_validate(after) if after else None, state == "approved")
            for _, mention, candidate, state, after in rows
        ]
        if (example := _of_item(article, told)) is not None:
            yield example


def _of_item(article: StoredArticle, told: Sequence[_Decided]) -> TrainingExample | None:
    if not all(one.mention.content_hash == article.content_hash and _known(article, one) for one in told):
        return None
    approved = [one for one in told if one.approved is not None]
    kept = list({one.event: one for one in reversed(approved)}.values())[::-1] or list(told)
    incidents = [_incident(article, one) for one in kept if one.approved is not None]
    if len(incidents) > 1 and not all(incident["evidence"] for incident in incidents):
        return None  # which paragraphs tell them is learned from the words of each
    reasons = [one.candidate.rejection_reason for one in kept if one.candidate is not None]
    reason = None if incidents else reasons[0]
    events = sorted({one.event for one in kept})
    candidates = {one.candidate.id: one.candidate.decided_at for one in told if one.candidate is not None}
    last = max(at for at in candidates.values() if at is not None)
    return _example(article, incidents, reason, sorted(candidates), events, last)


def _known(article: StoredArticle, one: _Decided) -> bool:
    """Whether it is known what a person says of a mention in this article."""
    candidate = one.candidate
    if candidate is None:
        return False
    if candidate.state == "approved":
        return one.stands and one.approved is not None and article.id in one.approved.articles
    return candidate.state == "rejected" and candidate.rejection_reason in code_list("irrelevance_reason")


def _of_audit(session: Session) -> Iterator[TrainingExample]:
    """The screened-out articles in which people found no incident either."""
    query = (
        select(StoredArticle, AuditItem.answered_at)
        .join(AuditItem, AuditItem.article_id == StoredArticle.id)
        .where(
            AuditItem.answer == "no_incident",
            AuditItem.content_hash == StoredArticle.content_hash,
            StoredArticle.relevant.is_(False),
            ~select(StoredMention.id).where(StoredMention.article_id == StoredArticle.id).exists(),
        )
    )
    for article, at in session.execute(query):
        assert at is not None
        reason = article.irrelevance_reason or "not_incident"
        if (example := _example(article, [], reason, [article.id], [article.id], at)) is not None:
            yield example


def _example(
    article: StoredArticle,
    incidents: Sequence[Mapping[str, Any]],
    reason: str | None,
    decisions: Sequence[str],
    events: Sequence[str],
    decided_at: dt.datetime,
) -> TrainingExample | None:
    """The example; null for an article in a language that is not read."""
    if article.lang in (None, OTHER):
        return None
    published = article.published and local(article.published, article.source_jurisdiction).date()
    labelled = {
        "id": article.id,
        "lang": article.lang,
        "script": article.script,
        "published": published and published.isoformat(),
        "title": article.title,
        "text": article.text,
        "relevant": bool(incidents),
        "reason": reason,
        "event_key": "+".join(events),
        "incidents": list(incidents),
        "source_jurisdiction": article.source_jurisdiction,
    }
    return TrainingExample(labelled, tuple(decisions), tuple(events), decided_at)


def _incident(article: StoredArticle, one: _Decided) -> dict[str, Any]:
    assert one.approved is not None
    told = facts_of(one.approved).model_dump(mode="json")
    seized = told["seizure"]
    names = ("incident_type", "subtype", "jurisdiction", "place", "weapons", "possession")
    return {name: told[name] for name in names} | {
        "date": told["date"] if told["date_precision"] == "day" else None,
        "place_type": None if told["place_type"] == "unreported" else told["place_type"],  # nobody may have looked
        "victims": [{name: v[name] for name in ("sex", "age", "outcome", "relation")} for v in told["victims"]],
        "perpetrators": [{name: p[name] for name in ("sex", "age", "status")} for p in told["perpetrators"]],
        "seizure": seized,
        "evidence": _evidence(article, one.mention, facts_of(one.approved)),
        "event_key": one.event,
    }


def _evidence(article: StoredArticle, mention: StoredMention, approved: Facts) -> dict[str, Any] | None:
    """The words of the article for each approved value that was read so; null where the type or a person was not read
    as approved, for words that are not marked are learned to tell nothing."""
    read = Facts.model_validate(mention.facts)
    words = partial(_words, article, mention)
    victims = _paired(approved.victims, read.victims)
    perpetrators = _paired(approved.perpetrators, read.perpetrators)
    if read.incident_type != approved.incident_type or None in (*victims, *perpetrators):
        return None
    found = {
        "type": words("incident_type"),
        "place": words("place") if approved.place == read.place else [],
        "date": words("date") if approved.date == read.date else [],
        "place_type": words("place_type") if approved.place_type == read.place_type else [],
        "possession": words("possession") if approved.possession == read.possession else [],
    }
    weapons = [n for n, weapon in enumerate(read.weapons) if weapon in approved.weapons]
    return {name: next(iter(of), None) for name, of in found.items()} | {
        "weapons": [one for n in weapons for one in words(f"weapons[{n}]")],
        "victims": [next(iter(words(f"victims[{n}]")), None) for n in victims],
        "perpetrators": [next(iter(words(f"perpetrators[{n}]")), None) for n in perpetrators],
        "seizure": words("seizure") if approved.seizure == read.seizure else [],
    }


def _words(article: StoredArticle, mention: StoredMention, field: str) -> list[str]:
    """The words that the reading gave for a field."""
    parts = {"title": article.title, "text": article.text}
    pieces = [Evidence.model_validate(piece) for piece in mention.evidence]
    found = [parts[piece.part][piece.start : piece.end] for piece in pieces if piece.field == field]
    return [words for words in found if words]


_P = TypeVar("_P")


def _paired(approved: Sequence[_P], read: Sequence[_P]) -> list[int | None]:
    """For each person approved the position of an equal one that was read, each taken once."""
    left = dict(enumerate(read))
    pairs: list[int | None] = []
    for person in approved:
        at = next((n for n, other in left.items() if other == person), None)
        if at is not None:
            del left[at]
        pairs.append(at)
    return pairs

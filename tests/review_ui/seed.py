"""A small builder of what the review application shows: sources, articles, mentions, candidates."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy.orm import Session

from codebook.records import Evidence, Facts, Victim
from store.schema import Candidate, Source, StoredArticle, StoredMention

PUBLISHED = dt.datetime(2025, 3, 4, 18, 5, tzinfo=dt.UTC)

DISPUTE = Facts(
    incident_type="public_dispute",
    date=dt.date(2025, 3, 3),
    date_precision="day",
    time_of_day="evening",
    jurisdiction="RS",
    place="Novi Pazar",
    place_id="RS-novi-pazar",
    latitude=43.14,
    longitude=20.51,
    geo_precision=1,
    place_type="bar_restaurant",
    weapons=("handgun",),
    victims=(Victim(sex="male", age=34, outcome="injured", relation="acquaintance"),),
)


def source(session: Session, source_id: str, jurisdiction: str = "RS", kind: str = "media") -> Source:
    """The source of this id, made when it is not there."""
    found = session.get(Source, source_id)
    if found is None:
        name = source_id.partition(".")[0].capitalize()
        found = Source(
            id=source_id,
            name=name,
            url=f"https://{source_id}/",
            jurisdiction=jurisdiction,
            kind=kind,
            languages=["sr"],
            verified=True,
        )
        session.add(found)
        session.flush()
    return found


def spans(title: str, text: str, **evidence: str) -> list[dict[str, Any]]:
    """Evidence for fields, each by the words it rests on; `__` stands for a dot, `_0` before it for `[0]`."""
    found = []
    for name, words in evidence.items():
        field = name.replace("_0__", "[0].")
        part, whole = ("text", text) if words in text else ("title", title)
        start = whole.index(words)
        found.append(Evidence(field=field, part=part, start=start, end=start + len(words)).model_dump())
    return found


def report(
    session: Session,
    candidate: Candidate,
    title: str,
    text: str,
    *,
    facts: Facts = DISPUTE,
    source_id: str = "hronika.example",
    kind: str = "media",
    lang: str = "sr",
    script: str = "Latn",
    published: dt.datetime | None = PUBLISHED,
    evidence: list[dict[str, Any]] | None = None,
    confidence: dict[str, float] | None = None,
    url: str | None = None,
) -> StoredArticle:
    """An article and its mention, added to a candidate."""
    outlet = source(session, source_id, facts.jurisdiction or "RS", kind)
    article_id = hashlib.sha256(f"{source_id}{title}{candidate.id}".encode()).hexdigest()[:16]
    article = StoredArticle(
        id=article_id,
        source_id=outlet.id,
        source_jurisdiction=outlet.jurisdiction,
        source_kind=outlet.kind,
        url=url or f"https://{source_id}/{article_id}",
        title=title,
        text=text,
        lang=lang,
        script=script,
        published=published,
        fetched=published or PUBLISHED,
        content_hash="v1",
        relevant=True,
    )
    session.add(article)
    session.flush()
    session.add(
        StoredMention(
            id=f"{article_id}-0",
            article_id=article_id,
            position=0,
            content_hash="v1",
            reader_version="test",
            jurisdiction=facts.jurisdiction,
            incident_type=facts.incident_type,
            date=facts.date,
            latitude=facts.latitude,
            longitude=facts.longitude,
            published=published,
            facts=facts.model_dump(mode="json"),
            confidence=confidence or {},
            evidence=evidence or [],
            candidate_id=candidate.id,
        )
    )
    session.flush()
    return article


def candidate(session: Session, candidate_id: str, *, facts: Facts = DISPUTE, priority: float = 1.0) -> Candidate:
    """An open candidate without reports."""
    made = Candidate(
        id=candidate_id,
        jurisdiction=facts.jurisdiction,
        proposal=facts.model_dump(mode="json"),
        priority=priority,
    )
    session.add(made)
    session.flush()
    return made


def simple(session: Session, candidate_id: str, *, facts: Facts = DISPUTE, priority: float = 1.0) -> Candidate:
    """An open candidate with one report."""
    made = candidate(session, candidate_id, facts=facts, priority=priority)
    title = f"Ranjen muškarac ({candidate_id})"
    text = "U kafani u Novom Pazaru sinoć je iz pištolja ranjen muškarac (34)."
    evidence = spans(title, text, place="Novom Pazaru", weapons="pištolja", victims_0__age="34", date="sinoć")
    report(session, made, title, text, facts=facts, evidence=evidence, confidence={"place": 0.93, "date": 0.7})
    return made

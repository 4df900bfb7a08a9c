"""Labelled articles as people would have decided on them: read, linked and approved or rejected."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from classifiers.labelled import LabelledArticle, LabelledIncident
from codebook.records import Facts
from store.decisions import approve, reject
from store.schema import StoredArticle, StoredMention
from tests.review_ui import seed

OUTSIDE = {"bs": "BA", "cnr": "ME", "sq": "AL", "mk": "MK", "ro": "MD"}


def facts_told(incident: LabelledIncident) -> Facts:
    """The facts of a labelled incident."""
    plain: dict[str, Any] = incident.model_dump(exclude={"evidence", "event_key"})
    plain["jurisdiction"] = plain["jurisdiction"] or "RS"
    return Facts.model_validate(plain | {"date_precision": "day" if incident.date else "unknown"})


def decide(session: Session, labelled: LabelledArticle, by: str = "ana") -> None:
    """An article that tells one incident or none, decided on as its label says."""
    jurisdiction = labelled.source_jurisdiction or OUTSIDE.get(labelled.lang, "RS")
    outlet = seed.source(session, f"{jurisdiction.lower()}.example", jurisdiction)
    facts = facts_told(labelled.incidents[0]) if labelled.relevant else seed.DISPUTE
    published = labelled.published and dt.datetime.combine(labelled.published, dt.time(12), tzinfo=dt.UTC)
    session.add(
        StoredArticle(
            id=labelled.id, source_id=outlet.id, source_jurisdiction=jurisdiction, source_kind="media",
            url=f"https://{outlet.id}/{labelled.id}", title=labelled.title, text=labelled.text, lang=labelled.lang,
            script=labelled.script, published=published, fetched=published or seed.PUBLISHED, content_hash="v1",
            relevant=True,
        )
    )  # fmt: skip
    made = seed.candidate(session, f"c-{labelled.id}", facts=facts)
    session.add(
        StoredMention(
            id=f"{labelled.id}-0", article_id=labelled.id, position=0, content_hash="v1", reader_version="test",
            jurisdiction=facts.jurisdiction, incident_type=facts.incident_type, subtype=facts.subtype, date=facts.date,
            latitude=facts.latitude, longitude=facts.longitude, published=published,
            facts=facts.model_dump(mode="json"), confidence={}, evidence=[], candidate_id=made.id,
        )
    )  # fmt: skip
    session.flush()
    session.refresh(made)
    if labelled.relevant:
        approve(session, made.id, version=made.version, by=by, facts=facts)
    else:
        reject(session, made.id, version=made.version, by=by, reason="not_incident")

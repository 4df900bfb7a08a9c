"""Writing a curated incident: the row, its revision and the outgoing event, together in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.errors import BadInput
from codebook.events import IncidentPublished
from codebook.records import Facts, Incident
from store import outbox
from store.records import to_incident, write_facts
from store.schema import CuratedIncident, IncidentArticle, Revision, Source, StoredArticle


def curate(
    session: Session, incident_id: str, facts: Facts, articles: Collection[str], *, by: str, why: str
) -> Incident:
    """Write the incident, or a new revision of it, with these articles besides those it has.

    Raises:
        BadInput: the facts name no jurisdiction.
    """
    if facts.jurisdiction is None:
        raise BadInput("incident", "jurisdiction", None, "choose where the event took place")
    row = session.get(CuratedIncident, incident_id, with_for_update=True)
    if row is None:
        row, before = CuratedIncident(id=incident_id, revision=1, state="approved"), None
        session.add(row)
    else:
        before = to_incident(row)
        row.revision += 1
    write_facts(row, facts)
    row.approved_by, row.approved_at = by, database_time(session)
    with session.no_autoflush:  # the row is whole only once its sources are counted
        _write_articles(session, row, set(articles))
    session.flush()
    incident = to_incident(row)
    session.add(
        Revision(
            incident_id=incident.id,
            number=incident.revision,
            by=by,
            why=why,
            before=before and before.model_dump(mode="json"),
            after=incident.model_dump(mode="json"),
        )
    )
    outbox.send(session, IncidentPublished.of(incident))
    return incident


def database_time(session: Session) -> dt.datetime:
    """The moment this transaction began, by the database's clock.

    Asking does not flush: callers ask half-way through filling a row, which the constraints would refuse.
    """
    with session.no_autoflush:
        return session.execute(select(func.now())).scalar_one()


def _write_articles(session: Session, row: CuratedIncident, added: set[str]) -> None:
    known = {a.article_id for a in row.articles}
    row.articles.extend(IncidentArticle(article_id=article) for article in sorted(added - known))
    query = (
        select(func.count(Source.id.distinct()), func.bool_or(Source.kind == "official"))
        .join(StoredArticle, StoredArticle.source_id == Source.id)
        .where(StoredArticle.id.in_(known | added))
    )
    count, official = session.execute(query).one()
    row.source_count, row.official = count, bool(official)

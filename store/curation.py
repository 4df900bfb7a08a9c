"""Writing a curated incident: the row, its revision and the outgoing event, together in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.errors import BadInput
from codebook.events import IncidentPublished
from codebook.records import Facts, Incident, facts_of
from store import outbox
from store.records import to_incident, write_facts
from store.schema import CuratedIncident, IncidentArticle, Revision, Source, StoredArticle


def curate(
    session: Session, incident_id: str, facts: Facts, articles: Collection[str], *, by: str, why: str
) -> Incident:
    """Write the incident, or a new revision of it, with these articles besides those it has. One that was withdrawn
    begins anew, with these articles alone.

    Raises:
        BadInput: the facts name no jurisdiction.
    """
    if facts.jurisdiction is None:
        raise BadInput("incident", "jurisdiction", None, "choose where the event took place")
    row = session.get(CuratedIncident, incident_id, with_for_update=True)
    if row is None:
        row, before = CuratedIncident(id=incident_id, revision=0, state="withdrawn"), None
        session.add(row)
    else:
        before = to_incident(row) if row.state == "approved" else None
    kept = {a.article_id for a in row.articles} if before else set()
    return _revise(session, row, before, facts, kept | set(articles), by, why)


def put_back(session: Session, row: CuratedIncident, earlier: Incident, *, by: str, why: str) -> Incident:
    """Give a locked incident the facts and articles of an earlier revision, as a further one."""
    return _revise(session, row, to_incident(row), facts_of(earlier), set(earlier.articles), by, why)


def withdraw(session: Session, row: CuratedIncident, *, by: str, why: str) -> None:
    """Take a locked incident back: it stays, marked, for the record; the bus gets a tombstone."""
    before = to_incident(row)
    row.state = "withdrawn"
    row.revision += 1
    _record(session, row, before, None, by, why)
    outbox.send_tombstone(session, f"{row.id}:{row.revision}", IncidentPublished.topic, row.id)


def _revise(
    session: Session, row: CuratedIncident, before: Incident | None, facts: Facts, articles: set[str], by: str, why: str
) -> Incident:
    row.state = "approved"
    row.revision += 1
    write_facts(row, facts)
    row.approved_by, row.approved_at = by, database_time(session)
    with session.no_autoflush:  # the row is whole only once its sources are counted
        _write_articles(session, row, articles)
    session.flush()
    incident = to_incident(row)
    _record(session, row, before, incident, by, why)
    outbox.send(session, IncidentPublished.of(incident))
    return incident


def _record(
    session: Session, row: CuratedIncident, before: Incident | None, after: Incident | None, by: str, why: str
) -> None:
    session.add(
        Revision(
            incident_id=row.id,
            number=row.revision,
            by=by,
            why=why,
            before=before and before.model_dump(mode="json"),
            after=after and after.model_dump(mode="json"),
        )
    )


def database_time(session: Session) -> dt.datetime:
    """The moment this transaction began, by the database's clock.

    Asking does not flush: callers ask half-way through filling a row, which the constraints would refuse.
    """
    with session.no_autoflush:
        return session.execute(select(func.now())).scalar_one()


def _write_articles(session: Session, row: CuratedIncident, wanted: set[str]) -> None:
    known = {a.article_id: a for a in row.articles}
    row.articles = [known.get(article) or IncidentArticle(article_id=article) for article in sorted(wanted)]
    query = (
        select(func.count(Source.id.distinct()), func.bool_or(Source.kind == "official"))
        .join(StoredArticle, StoredArticle.source_id == Source.id)
        .where(StoredArticle.id.in_(wanted))
    )
    count, official = session.execute(query).one()
    row.source_count, row.official = count, bool(official)

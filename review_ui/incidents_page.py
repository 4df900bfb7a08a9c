"""The curated incidents: a table under filters, its count and its files from one query; one incident with its past."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy import Row, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from review_ui.access import SignedIn, Store
from review_ui.changes import Change, changes
from review_ui.position import Start, require_order
from review_ui.rendering import page
from store.database import Database
from store.exports import FORMATS
from store.incidents import ORDERS, IncidentQuery, count, incident, incidents, revisions
from store.schema import Candidate, Revision, Source, StoredArticle
from store.undoing import reopened_from

router = APIRouter()

PAGE_LENGTH = 100
ADDRESS = "address of the page"
FIRST_ORDER = next(iter(ORDERS))


@router.get("/incidents")
def table(request: Request, account: SignedIn, store: Store, start: Start = 0) -> Response:  # noqa: ARG001
    query, order = _query(request), _order(request)
    with store.session() as session:
        return page(
            request,
            "incidents.html",
            query=query,
            filters=query.params(),
            order=order,
            address=urlencode(query.params() | ({} if order == FIRST_ORDER else {"order": order})),
            found=list(incidents(session, query, limit=PAGE_LENGTH, offset=start, order=order)),
            total=count(session, query),
            start=start,
            page_length=PAGE_LENGTH,
        )


@router.get("/incidents.csv")
def as_csv(request: Request, account: SignedIn, store: Store) -> Response:  # noqa: ARG001
    """Every incident the table counts, in its order."""
    return _file(request, store, "csv", "text/csv; charset=utf-8")


@router.get("/incidents.xlsx")
def as_xlsx(request: Request, account: SignedIn, store: Store) -> Response:  # noqa: ARG001
    """The same for Excel, which in most of the region opens no CSV parted by commas."""
    return _file(request, store, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _file(request: Request, store: Database, format_: str, media_type: str) -> Response:
    stream = io.BytesIO()
    with store.session() as session:
        FORMATS[format_](stream, incidents(session, _query(request), order=_order(request)))
    headers = {"Content-Disposition": f'attachment; filename="incidents.{format_}"'}
    return Response(stream.getvalue(), media_type=media_type, headers=headers)


@router.get("/incident/{incident_id}")
def one(request: Request, account: SignedIn, store: Store, incident_id: str) -> Response:  # noqa: ARG001
    with store.session() as session:
        found = incident(session, incident_id)
        if found is None:
            raise HTTPException(404)
        made_by = _items(session, incident_id)
        past = [_past(revision, made_by.get(revision.number)) for revision in revisions(session, incident_id)]
        withdrawn = past[0].revision.after is None
        return page(
            request,
            "incident.html",
            incident=found,
            articles=_articles(session, found.articles),
            past=past,
            withdrawn=withdrawn,
            reopened=reopened_from(session, incident_id) if withdrawn else None,
        )


@dataclass(frozen=True, slots=True)
class Past:
    """A revision with the fields it changed, none for the first and for a withdrawal, and the item whose approval it
    rests on; null where it rests on none."""

    revision: Revision
    changes: list[Change]
    item: str | None


def _past(revision: Revision, item: str | None) -> Past:
    changed = changes(revision.before, revision.after) if revision.before and revision.after else []
    return Past(revision, changed, item)


def _items(session: Session, incident_id: str) -> dict[int, str]:
    """By the number of the revision, the items whose approval an incident rests on."""
    approved = Candidate.incident_id == incident_id, Candidate.state == "approved", Candidate.revision.is_not(None)
    rows = session.execute(select(Candidate.revision, Candidate.id).where(*approved))
    return {number: candidate for number, candidate in rows if number is not None}


def _articles(session: Session, ids: tuple[str, ...]) -> Sequence[Row[StoredArticle, Source]]:
    """The articles that tell an incident, the newest first."""
    return session.execute(
        select(StoredArticle, Source)
        .join(Source, Source.id == StoredArticle.source_id)
        .where(StoredArticle.id.in_(ids))
        .order_by(StoredArticle.published.desc().nulls_last(), StoredArticle.id)
    ).all()


def _query(request: Request) -> IncidentQuery:
    params = {name: value for name, value in request.query_params.items() if name not in ("start", "order")}
    return IncidentQuery.from_params(params, ADDRESS)


def _order(request: Request) -> str:
    order = request.query_params.get("order") or FIRST_ORDER
    require_order(order, ORDERS)
    return order

"""The review queue: what waits, under which filters, and who works on what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from review_ui.access import Decider, SignedIn, Store
from review_ui.last_item import last_item
from review_ui.position import At, Position, Start
from review_ui.queue_counts import QueueCounts
from review_ui.rendering import page
from store import audit_sample
from store.audit_sample import due
from store.own_decisions import own_decisions, own_questions
from store.progress import progress
from store.queue_facets import source_names
from store.queue_reasons import why_nothing
from store.review_queue import listing, release, take_next

router = APIRouter()

PAGE_LENGTH = 100

OUTCOMES = ("approved", "rejected", "decided", "asked", "noted", "read", "disputed", "audited", "bulk", "bulk_waiting")
"""What an address says of the item before."""


@router.get("/queue")
def queue(request: Request, account: SignedIn, store: Store, at: At, start: Start = 0) -> Response:
    with store.session() as session:
        more = {name: request.query_params[name] for name in OUTCOMES if name in request.query_params}
        return _list(request, session, account.name, at, start, more)


@router.get("/queue/next")
def next_item(request: Request, account: Decider, store: Store, at: At) -> Response:
    """Lease the next item and go to it, or say why there is none. What was skipped comes again at the end. Now and
    then, and when nothing else waits, comes an article of the audit. Who answered a colleague is not offered the same
    item at once: it waits for the colleague."""
    more = {name: request.query_params[name] for name in OUTCOMES if name in request.query_params}
    with store.session() as session:
        if due(session, account.name) and (article := _of_audit(request, session, account.name, at)):
            return RedirectResponse(at.audit_url(article, **more), 303)
        candidate = take_next(session, account.name, at.chosen, skip=at.seen)
        if candidate is None and at.seen and "noted" not in more:
            at, more = at.from_start(), more | {"again": "1"}
            candidate = take_next(session, account.name, at.chosen)
        if candidate is None and (article := _of_audit(request, session, account.name, at)):
            return RedirectResponse(at.audit_url(article, **more), 303)
        if candidate is None:
            return _list(request, session, account.name, at, 0, more)
        return RedirectResponse(at.item_url(candidate.id, **more), 303)


def _of_audit(request: Request, session: Session, name: str, at: Position) -> str | None:
    """An article of the audit, leased; null when the person has just skipped one, none waits, or they have chosen
    items by what no screened-out article has."""
    if request.query_params.get("audit") == "no" or at.filters.keys() - {"jurisdiction", "lang"}:
        return None
    return audit_sample.take(session, name, at.chosen.jurisdiction, at.chosen.lang)


def skip(session: Session, candidate_id: str, name: str, at: Position, told: Mapping[str, str]) -> str:
    """Give an item back and the address of the next, which tells `told` of the decision before."""
    release(session, candidate_id, name)
    return at.after(candidate_id).next_url(**told)


def _list(
    request: Request, session: Session, name: str, at: Position, start: int, more: dict[str, str] | None = None
) -> Response:
    rows = listing(session, at.chosen, limit=PAGE_LENGTH, offset=start, user=name)
    found = counts(request).facets(session, at.chosen, name)
    offered = any(row.lease_owner in (None, name) for row in rows) or bool(rows and start)
    telling = {*found.counts["source"], *filter(None, [at.chosen.source])}
    return page(
        request,
        "queue.html",
        at=replace(at, seen=()),
        rows=rows,
        start=start,
        page_length=PAGE_LENGTH,
        found=found,
        day=progress(session, dt.datetime.now(dt.UTC)),
        audits=audit_sample.waiting(session, at.chosen.jurisdiction, at.chosen.lang),
        nothing=None if offered else why_nothing(session, at.chosen, name, found),
        sources=source_names(session, sorted(telling)),
        latest=own_decisions(session, name),
        questions=own_questions(session, name),
        done=more or {},
        last_item=last_item(session, more or {}),
    )


def counts(request: Request) -> QueueCounts:
    """The counts of this process."""
    found: QueueCounts = request.app.state.queue_counts
    return found

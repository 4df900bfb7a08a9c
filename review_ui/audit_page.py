"""One screened-out article of the audit: did the reader miss an incident? Two keys."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, Decider, Store, text_of
from review_ui.last_item import last_item, undoable
from review_ui.position import At, Position
from review_ui.rendering import page
from review_ui.translation.lines import because, sentence
from review_ui.translation.speaking import gettext
from store import audit_sample
from store.database import Database
from store.schema import AuditItem, Source, StoredArticle

router = APIRouter()

ANSWERS = {"no_incident": False, "missed": True}


@router.get("/audit/next")
def next_article(account: Decider, store: Store, at: At) -> Response:
    """The next article of the sample; the queue, when there is none."""
    with store.session() as session:
        article = audit_sample.take(session, account.name, at.chosen.jurisdiction, at.chosen.lang)
    return RedirectResponse(at.audit_url(article) if article else at.list_url(), 303)


@router.get("/audit/{article_id}")
def show(request: Request, account: Decider, store: Store, article_id: str, at: At) -> Response:
    line = None
    try:
        with store.session() as session:
            audit_sample.lease(session, article_id, account.name)
    except Conflict as conflict:
        line = sentence(conflict)
    return _page(request, store, article_id, at, line)


@router.post("/audit/{article_id}")
def answer(request: Request, account: Decider, form: ConfirmedForm, store: Store, article_id: str, at: At) -> Response:
    said = text_of(form, "answer")
    try:
        with store.session() as session:
            if said in ANSWERS:
                audit_sample.answer(
                    session,
                    article_id,
                    account.name,
                    missed=ANSWERS[said],
                    content_hash=text_of(form, "content_hash"),
                )
            else:
                audit_sample.release(session, article_id, account.name)
    except Conflict as conflict:
        return _page(request, store, article_id, at, because(gettext("Nothing was saved."), conflict), 409)
    if said not in ANSWERS:
        return RedirectResponse(at.next_url(audit="no", **undoable(request.query_params)), 303)
    return RedirectResponse(at.next_url(audited=article_id, **undoable(request.query_params)), 303)


def _page(
    request: Request, store: Database, article_id: str, at: Position, line: str | None, status: int = 200
) -> Response:
    with store.session() as session:
        article = session.get_one(StoredArticle, article_id)
        return page(
            request,
            "audit.html",
            status,
            at=at,
            article=article,
            source=session.get_one(Source, article.source_id),
            given=session.get(AuditItem, article_id),
            line=line,
            done=dict(request.query_params),
            last_item=last_item(session, request.query_params),
            undoable=undoable(request.query_params),
        )

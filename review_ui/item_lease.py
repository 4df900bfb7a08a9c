"""The lease of an open page: kept by signs of life, given back when the page is left, taken over when they cease."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, Decider, Store, number_of
from review_ui.rendering import problem
from review_ui.translation.lines import sentence
from review_ui.translation.speaking import gettext
from store import drafts
from store.database import Database
from store.review_queue import lease, release

router = APIRouter()


@router.post("/item/{candidate_id}/lease")
def heartbeat(request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str) -> Response:
    """A sign of life of an open page: the version it should be of, or a line that says who has the item now."""
    try:
        with store.session() as session:
            candidate = lease(session, candidate_id, account.name)
    except Conflict as conflict:
        return problem(request, 409, _lost(conflict, kept=_has_draft(store, candidate_id, account.name)))
    line = None
    if candidate.version != number_of(form):
        line = gettext("New reports changed this item: reload to see them. What you typed stays until you do.")
    return JSONResponse({"line": line})


@router.post("/item/{candidate_id}/release")
def release_item(account: Decider, form: ConfirmedForm, store: Store, candidate_id: str) -> Response:  # noqa: ARG001
    """The page was left: a colleague may have the item at once."""
    with store.session() as session:
        release(session, candidate_id, account.name)
    return Response(status_code=204)


def _has_draft(store: Database, candidate_id: str, name: str) -> bool:
    with store.session() as session:
        return drafts.draft_of(session, candidate_id, name) is not None


def _lost(conflict: Conflict, *, kept: bool) -> str:
    line = sentence(conflict)
    if kept:
        return gettext("No longer yours: %(line)s What you typed is kept as your draft.", line=line)
    return gettext("No longer yours: %(line)s", line=line)

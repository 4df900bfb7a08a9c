"""Taking one's own reading back while it waits for a second reader."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, Decider, Store
from review_ui.item_view import not_done
from review_ui.position import At
from review_ui.translation.speaking import gettext
from store.second_reading import withdraw

router = APIRouter()


@router.post("/item/{candidate_id}/take-back")
def take_back(
    request: Request,
    account: Decider,
    form: ConfirmedForm,  # noqa: ARG001  checks its token
    store: Store,
    candidate_id: str,
    at: At,
) -> Response:
    """The item is the person's again, to be read anew."""
    try:
        with store.session() as session:
            withdraw(session, candidate_id, by=account.name)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not undone."), conflict)
    return RedirectResponse(at.item_url(candidate_id), 303)

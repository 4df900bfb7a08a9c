"""Taking one's own reading back while it waits for a second reader."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, Decider, Store
from review_ui.item_view import item_page
from review_ui.position import At
from review_ui.translation.lines import sentence
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
        line = f"{gettext('Not undone.')} {sentence(conflict)}"
        return item_page(request, account, store, candidate_id, at, line=line, status=409)
    return RedirectResponse(at.item_url(candidate_id), 303)

"""Taking one's own reading back while it waits for a second reader."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, Decider, Store
from review_ui.entered import keep_entered
from review_ui.item_view import not_done
from review_ui.position import At
from review_ui.translation.speaking import gettext
from store.second_reading import readings, verdict, withdraw

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
    """The item is the person's again, with what they had made of it."""
    try:
        with store.session() as session:
            waiting = [reading for reading in readings(session, candidate_id) if reading.by == account.name]
            withdraw(session, candidate_id, by=account.name)
            for reading in waiting:
                keep_entered(session, candidate_id, account.name, verdict(reading), version=reading.version)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not undone."), conflict)
    return RedirectResponse(at.without(candidate_id).item_url(candidate_id, undone="1"), 303)

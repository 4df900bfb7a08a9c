"""Taking one's own reading back while it waits for a second reader."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from review_ui.access import ConfirmedForm, Decider, Store
from review_ui.position import At
from store.second_reading import withdraw

router = APIRouter()


@router.post("/item/{candidate_id}/take-back")
def take_back(account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At) -> Response:  # noqa: ARG001
    """The item is the person's again, to be read anew."""
    with store.session() as session:
        withdraw(session, candidate_id, by=account.name)
    return RedirectResponse(at.item_url(candidate_id), 303)

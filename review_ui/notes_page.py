"""Notes beside an item, and questions for a second opinion."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from codebook.errors import BadInput, Conflict
from review_ui.access import ConfirmedForm, Decider, Store, text_of
from review_ui.item_view import item_page, not_done
from review_ui.position import At
from review_ui.translation.lines import remedy
from review_ui.translation.speaking import gettext
from store import notes

router = APIRouter()


@router.post("/item/{candidate_id}/note")
def write_note(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At
) -> Response:
    """Keep a note with the item; one that answers a colleague's question leads on, as the question did."""
    try:
        with store.session() as session:
            answered = notes.write(session, candidate_id, account.name, text_of(form, "note"))
    except BadInput as wrong:
        return item_page(request, account, store, candidate_id, at, line=_line(wrong), status=422)
    if answered:
        return RedirectResponse(at.after(candidate_id).next_url(noted="1"), 303)
    return RedirectResponse(at.item_url(candidate_id, noted="1") + "#notes", 303)


@router.post("/item/{candidate_id}/ask")
def ask(request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At) -> Response:
    """Ask for a second opinion and go on with the next item."""
    try:
        with store.session() as session:
            notes.ask(session, candidate_id, account.name, text_of(form, "question"))
    except BadInput as wrong:
        return item_page(request, account, store, candidate_id, at, line=_line(wrong), status=422)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not kept."), conflict)
    return RedirectResponse(at.after(candidate_id).next_url(asked=candidate_id), 303)


def _line(wrong: BadInput) -> str:
    return gettext("Not kept: %(line)s", line=remedy(wrong))

"""Taking a decision on an item back, also after it was sent: the item opens again with what had been entered."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from codebook.errors import Conflict
from codebook.records import facts_of
from review_ui.access import ConfirmedForm, Decider, Regroup, Store
from review_ui.entered import keep_entered
from review_ui.item_view import not_done
from review_ui.position import At
from review_ui.translation.speaking import gettext
from store.incidents import incident
from store.schema import Candidate
from store.second_reading import Verdict
from store.undoing import undo_decision

router = APIRouter()


@router.post("/item/{candidate_id}/undo")
def undo(
    request: Request,
    account: Decider,
    form: ConfirmedForm,  # noqa: ARG001  checks its token
    store: Store,
    relink: Regroup,
    candidate_id: str,
    at: At,
) -> Response:
    """Reopen a decided item, and hold it."""
    try:
        with store.session() as session:
            entered = _entered(session, candidate_id)
            here = undo_decision(session, candidate_id, by=account.name, relink=relink)
            if entered is not None:
                version = session.get_one(Candidate, here).version
                keep_entered(session, here, account.name, entered, version=version)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not undone."), conflict)
    return RedirectResponse(at.without(candidate_id).item_url(here, undone="1"), 303)


def _entered(session: Session, candidate_id: str) -> Verdict | None:
    """What the form said when the item was decided; null for an item that was not. A rejection keeps no facts."""
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        return None
    if candidate.state == "rejected":
        return Verdict(reason=candidate.rejection_reason, comment=candidate.comment)
    approved = incident(session, candidate.incident_id) if candidate.incident_id else None
    if candidate.state != "approved" or approved is None:
        return None
    return Verdict(facts=facts_of(approved), comment=candidate.comment)

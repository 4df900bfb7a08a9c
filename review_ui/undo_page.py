"""Taking a decision on an item back, also after it was sent: the item opens again with what had been entered."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from codebook.errors import Conflict
from codebook.records import Facts, facts_of
from review_ui.access import ConfirmedForm, Decider, Regroup, Store
from review_ui.drafting import content
from review_ui.form import FormValues, differs, proposed
from review_ui.item_view import not_done
from review_ui.position import At
from review_ui.translation.speaking import gettext
from store import drafts
from store.incidents import incident
from store.schema import Candidate
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
            _keep(session, here, account.name, entered)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not undone."), conflict)
    seen = tuple(other for other in at.seen if other != candidate_id)
    return RedirectResponse(replace(at, seen=seen).item_url(here, undone="1"), 303)


def _entered(session: Session, candidate_id: str) -> FormValues | None:
    """What the form said when the item was approved; null for an item that was not."""
    candidate = session.get(Candidate, candidate_id)
    approved = incident(session, candidate.incident_id) if candidate and candidate.incident_id else None
    if candidate is None or candidate.state != "approved" or approved is None:
        return None
    values = proposed(facts_of(approved))
    return FormValues(values.plain, values.weapons, values.persons, values.seized, candidate.comment or "")


def _keep(session: Session, candidate_id: str, name: str, entered: FormValues | None) -> None:
    """Make a draft of what was entered, where it says more than the proposal of an item that is open: the reports may
    have gone to one that somebody has approved since."""
    candidate = session.get_one(Candidate, candidate_id)
    if entered is None or candidate.state != "open":
        return
    if not (differs(entered, Facts.model_validate(candidate.proposal)) or entered.comment):
        return
    before = drafts.draft_of(session, candidate_id, name)
    turn = before.turn if before else 0
    drafts.save(session, candidate_id, name, version=candidate.version, turn=turn, content=content(entered))

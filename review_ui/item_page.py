"""One item of the queue: its reports, the form, the decision."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from codebook.bounds import latest_day
from codebook.codes import code_list
from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, Decider, SignedIn, Store, number_of, text_of
from review_ui.form import LONGEST_TEXT, FormErrors, edited, read, too_long, typed
from review_ui.item_view import Attempt, item_page, refused
from review_ui.last_item import undoable
from review_ui.position import At
from review_ui.queue_page import skip
from review_ui.translation.speaking import gettext, ngettext
from store.review_queue import item, lease
from store.schema import Candidate
from store.second_reading import approve, reject
from store.workplace import item_opened

router = APIRouter()

Sent = Literal[
    "approve", "reject", "skip", "form", "discard", "undo", "note", "ask", "merge", "not-same", "split", "regroup",
    "noted", "take-back",
]  # fmt: skip
"""What a form of the page may ask for."""


@router.get("/item/{candidate_id}")
def show(request: Request, account: SignedIn, store: Store, candidate_id: str, at: At) -> Response:
    """Show an item; a person who decides holds it from now on, if nobody else does."""
    held_by_other: Conflict | None = None
    with store.session() as session:
        spell = item_opened(session, account.name)
    if account.may_decide:
        try:
            with store.session() as session:
                lease(session, candidate_id, account.name)
        except Conflict as conflict:
            held_by_other = conflict
    return item_page(request, account, store, candidate_id, at, held_by_other=held_by_other, pause=_told(spell))


def _told(spell: dt.timedelta | None) -> int:
    return round(spell.total_seconds() / 60) if spell else 0


@router.post("/item/{candidate_id}/approve")
def approve_item(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At
) -> Response:
    values = typed(form)
    with store.session() as session:
        proposal = item(session, candidate_id).proposal
    facts, errors = read(values, proposal, latest_day())
    if facts is None:
        line = ngettext(
            "Not approved yet: one field needs a look.", "Not approved yet: some fields need a look.", len(errors.lines)
        )
        attempt = Attempt(422, line, values, errors)
        return item_page(request, account, store, candidate_id, at, attempt=attempt)
    try:
        with store.session() as session:
            approved = approve(
                session,
                candidate_id,
                version=number_of(form),
                by=account.name,
                facts=facts,
                comment=values.comment or None,
            )
            waits = _waits(session, candidate_id)
    except Conflict as conflict:
        return item_page(request, account, store, candidate_id, at, attempt=refused(conflict, values))
    told = waits if approved is None else {"approved": approved.id, "decided": candidate_id}
    return RedirectResponse(at.after(candidate_id).next_url(**told), 303)


def _waits(session: Session, candidate_id: str) -> dict[str, str]:
    """What the next page tells of an item that is read and not decided: a reading that differs cannot be taken back."""
    disputed = session.get_one(Candidate, candidate_id).stage == "adjudication"
    return {"disputed" if disputed else "read": candidate_id}


@router.post("/item/{candidate_id}/reject")
def reject_item(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At
) -> Response:
    values, reason, comment = typed(form), text_of(form, "reason"), text_of(form, "rejection_comment")
    errors = FormErrors()
    if reason not in code_list("rejection_reason"):
        errors.add("reason", gettext("Choose a reason."))
    elif reason == "other" and not comment:
        errors.add("reason", gettext("Tell the other reason in the comment."))
    elif len(comment) > LONGEST_TEXT:
        errors.add("reason", too_long(comment))
    if errors:
        line = gettext("Not rejected yet: %(line)s", line=errors.lines["reason"])
        attempt = Attempt(422, line, values, errors, reason, comment)
        return item_page(request, account, store, candidate_id, at, attempt=attempt)
    try:
        with store.session() as session:
            rejected = reject(
                session,
                candidate_id,
                version=number_of(form),
                by=account.name,
                reason=reason,
                comment=comment or None,
            )
            waits = _waits(session, candidate_id)
    except Conflict as conflict:
        attempt = refused(conflict, values, reason, comment)
        return item_page(request, account, store, candidate_id, at, attempt=attempt)
    told = {"rejected": candidate_id, "decided": candidate_id} if rejected else waits
    return RedirectResponse(at.after(candidate_id).next_url(**told), 303)


@router.post("/item/{candidate_id}/skip")
def skip_item(
    request: Request,
    account: Decider,
    form: ConfirmedForm,  # noqa: ARG001  checks its token
    store: Store,
    candidate_id: str,
    at: At,
) -> Response:
    with store.session() as session:
        return RedirectResponse(skip(session, candidate_id, account.name, at, undoable(request.query_params)), 303)


@router.post("/item/{candidate_id}/form")
def edit_form(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At
) -> Response:
    """A row of persons more or less, for browsers without scripts. Nothing is stored."""
    values = edited(typed(form), text_of(form, "edit"))
    attempt = Attempt(
        200, "", values, reason=text_of(form, "reason"), rejection_comment=text_of(form, "rejection_comment")
    )
    return item_page(request, account, store, candidate_id, at, attempt=attempt)


@router.get("/item/{candidate_id}/{action}")
def reopened(candidate_id: str, action: Sent, at: At) -> Response:  # noqa: ARG001
    """An address that a form was sent to, opened again from the browser's bar or history."""
    return RedirectResponse(at.item_url(candidate_id), 303)

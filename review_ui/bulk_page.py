"""Rejecting all of a filtered list as one reason, with the number confirmed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from codebook.codes import code_list
from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, Decider, Store, text_of
from review_ui.form import LONGEST_TEXT
from review_ui.position import At, Position
from review_ui.rendering import page
from review_ui.translation.lines import because
from review_ui.translation.speaking import gettext, ngettext
from review_ui.translation.written import number as written
from store.bulk import MOST, matching, reject_all
from store.database import Database
from store.review_queue import listing
from store.users import Account

router = APIRouter()

SHOWN = 50
"""Titles listed before the confirmation."""


@router.get("/queue/reject")
def confirm(request: Request, account: Decider, store: Store, at: At) -> Response:
    if not at.filters:
        return RedirectResponse(at.list_url(), 303)
    return _page(request, account, store, at)


@router.post("/queue/reject")
def reject(request: Request, account: Decider, form: ConfirmedForm, store: Store, at: At) -> Response:
    reason, comment = text_of(form, "reason"), text_of(form, "comment")
    number, seal = text_of(form, "number"), text_of(form, "seal")
    typed = {"reason": reason, "comment": comment}
    with store.session() as session:
        found = matching(session, at.chosen, account.name).number
    if reason not in code_list("rejection_reason"):
        return _page(request, account, store, at, gettext("Not rejected yet: choose a reason."), typed, 422)
    if reason == "other" and not comment:
        return _page(request, account, store, at, gettext("Not rejected yet: tell the other reason."), typed, 422)
    if len(comment) > LONGEST_TEXT:
        return _page(request, account, store, at, gettext("Not rejected yet: shorten the comment."), typed, 422)
    if number != str(found):
        line = ngettext(
            "Not rejected yet: %(number)s match now; type that number to confirm.",
            "Not rejected yet: %(number)s match now; type that number to confirm.",
            found,
            number=written(found),
        )
        return _page(request, account, store, at, line, typed, 422)
    try:
        with store.session() as session:
            done = reject_all(session, at.chosen, by=account.name, reason=reason, comment=comment or None, seal=seal)
    except Conflict as conflict:
        return _page(request, account, store, at, because(gettext("Nothing was rejected."), conflict), typed, 409)
    told = at.from_start().list_url()
    more = f"{'&' if '?' in told else '?'}bulk={done.rejected}&bulk_waiting={done.waiting}"
    return RedirectResponse(told + more, 303)


def _page(
    request: Request,
    account: Account,
    store: Database,
    at: Position,
    line: str | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    with store.session() as session:
        found = matching(session, at.chosen, account.name)
        return page(
            request,
            "bulk_reject.html",
            status,
            at=at,
            found=found,
            most=MOST,
            rows=listing(session, at.chosen, limit=SHOWN, user=account.name),
            line=line,
            typed=typed or {"reason": "", "comment": ""},
        )

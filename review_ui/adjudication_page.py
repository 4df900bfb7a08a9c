"""Where two readers differ: what each made of an item, side by side, and a validator's choice between them."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from codebook.errors import BadInput, Conflict
from codebook.parts import PARTS
from review_ui.access import ConfirmedForm, SignedIn, Store, number_of, text_of
from review_ui.last_item import last_item
from review_ui.persons import persons_of
from review_ui.rendering import page, role_name
from review_ui.reports import facts_told, is_hard_to_read, shown
from review_ui.translation.lines import because
from review_ui.translation.speaking import gettext
from store.adjudication import Side, adjudicate, dispute, disputes, disputes_waiting
from store.adjudicators import ADJUDICATING_ROLES
from store.database import Database
from store.review_queue import item
from store.second_reading import verdict
from store.users import Account

router = APIRouter()


TOLD = ("anew", "over")
"""What an address may say of the item before: that it went back to two readers, or was in dispute no more."""


@router.get("/adjudication")
def listed(request: Request, account: SignedIn, store: Store, told: str = "", decided: str = "") -> Response:
    with store.session() as session:
        return page(
            request,
            "adjudications.html",
            found=disputes(session),
            number=disputes_waiting(session),
            may_adjudicate=account.role in ADJUDICATING_ROLES,
            told=told if told in TOLD else None,
            decided=last_item(session, {"decided": decided}),
        )


@router.get("/adjudication/{candidate_id}")
def show(request: Request, account: SignedIn, store: Store, candidate_id: str) -> Response:
    try:
        return _page(request, account, store, candidate_id, {})
    except Conflict:
        return _back("over")


@router.post("/adjudication/{candidate_id}")
def decide(request: Request, account: SignedIn, form: ConfirmedForm, store: Store, candidate_id: str) -> Response:
    if account.role not in ADJUDICATING_ROLES:
        raise HTTPException(
            403,
            gettext(
                "The role %(role)s does not decide between readers: ask a validator.", role=role_name(account.role)
            ),
        )
    sides = {part: side for part in ("decision", *PARTS) if (side := text_of(form, part)) in ("first", "second")}
    try:
        with store.session() as session:
            decided = adjudicate(
                session, candidate_id, version=number_of(form), by=account.name, sides=cast("dict[str, Side]", sides)
            )
    except BadInput:
        line = gettext("Not decided yet: choose a side in every row.")
        return _page(request, account, store, candidate_id, sides, line, 422)
    except Conflict as conflict:
        return _refused(request, account, store, candidate_id, sides, conflict)
    if not decided:
        return _back("anew")
    return RedirectResponse(f"/adjudication?{urlencode({'decided': candidate_id})}", 303)


def _back(told: str) -> Response:
    return RedirectResponse(f"/adjudication?{urlencode({'told': told})}", 303)


def _refused(
    request: Request, account: Account, store: Database, candidate_id: str, sides: dict[str, str], conflict: Conflict
) -> Response:
    try:
        line = because(gettext("Nothing was saved."), conflict)
        return _page(request, account, store, candidate_id, sides, line, 409)
    except Conflict:
        return _back("over")


def _page(
    request: Request,
    account: Account,
    store: Database,
    candidate_id: str,
    sides: dict[str, str],
    line: str | None = None,
    status: int = 200,
) -> Response:
    with store.session() as session:
        found = dispute(session, candidate_id)
        readers = (found.first.by, found.second.by)
        whole = item(session, candidate_id)
        everything = [whole.proposal, *facts_told(whole.reports)]
        return page(
            request,
            "adjudication.html",
            status,
            candidate=found.candidate,
            item=whole,
            reports=shown(whole.reports, persons_of(whole.proposal)),
            covered=request.state.arrangement.cover and is_hard_to_read(everything),
            readings={"first": found.first, "second": found.second},
            verdicts={"first": verdict(found.first), "second": verdict(found.second)},
            differs=found.differs,
            parts=PARTS,
            may_decide=account.role in ADJUDICATING_ROLES and account.name not in readers,
            reader=account.name in readers,
            chosen=sides,
            line=line,
        )

"""Where two readers differ: what each made of an item, side by side, and a validator's choice between them."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from codebook.errors import BadInput, Conflict
from review_ui.access import ConfirmedForm, SignedIn, Store, number_of, text_of
from review_ui.rendering import page, role_name
from review_ui.translation.lines import because, sentence
from review_ui.translation.speaking import gettext
from store.database import Database
from store.review_queue import item
from store.second_reading import ADJUDICATING_ROLES, PARTS, Side, adjudicate, dispute, disputes, verdict
from store.users import Account

router = APIRouter()


@router.get("/adjudication")
def listed(request: Request, account: SignedIn, store: Store) -> Response:
    with store.session() as session:
        return page(
            request,
            "adjudications.html",
            found=[dispute(session, candidate.id) for candidate in disputes(session)],
            may_adjudicate=account.role in ADJUDICATING_ROLES,
            done=dict(request.query_params),
        )


@router.get("/adjudication/{candidate_id}")
def show(request: Request, account: SignedIn, store: Store, candidate_id: str) -> Response:
    try:
        return _page(request, account, store, candidate_id, {})
    except Conflict as conflict:
        return RedirectResponse(f"/adjudication?{urlencode({'line': sentence(conflict)})}", 303)


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
        return _refused(conflict)
    if not decided:
        return _refused(Conflict("this item is in dispute no more: somebody decided it, or its reports changed hands"))
    return RedirectResponse(f"/adjudication?{urlencode({'decided': candidate_id})}", 303)


def _refused(conflict: Conflict) -> Response:
    line = because(gettext("Nothing was saved."), conflict)
    return RedirectResponse(f"/adjudication?{urlencode({'line': line})}", 303)


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
        return page(
            request,
            "adjudication.html",
            status,
            candidate=found.candidate,
            item=whole,
            readings={"first": found.first, "second": found.second},
            verdicts={"first": verdict(found.first), "second": verdict(found.second)},
            differs=found.differs,
            parts=PARTS,
            may_decide=account.role in ADJUDICATING_ROLES and account.name not in readers,
            reader=account.name in readers,
            chosen=sides,
            line=line,
        )

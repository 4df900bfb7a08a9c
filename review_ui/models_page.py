"""For administrators: the models trained on people's decisions, what they reach, and which of them reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from codebook.errors import Conflict
from review_ui.access import ConfirmedForm, SignedIn, Store
from review_ui.model_figures import tables
from review_ui.rendering import page, role_name
from review_ui.translation.lines import sentence
from review_ui.translation.speaking import N_, gettext, translated
from store import model_offers
from store.database import Database
from store.users import Account

router = APIRouter()

SHOWN = 50
"""Models listed, the newest."""

DONE = {
    "use": N_("This model reads from now on."),
    "decline": N_("Declined. Its files are removed in the next night."),
    "shipped": N_("The model that ships reads from now on."),
}


def administrator(account: SignedIn) -> Account:
    """The person, if they administer."""
    if account.role != "administrator":
        role = role_name(account.role)
        raise HTTPException(403, gettext("The role %(role)s does not choose models: ask an administrator.", role=role))
    return account


Administrator = Annotated[Account, Depends(administrator)]


@router.get("/models")
def models(request: Request, account: Administrator, store: Store) -> Response:  # noqa: ARG001
    done = DONE.get(request.query_params.get("done", ""))
    return _list(request, store, translated(done) if done else None)


@router.get("/models/shipped")
def confirm_shipped(request: Request, account: Administrator, store: Store) -> Response:  # noqa: ARG001
    with store.session() as session:
        return page(request, "model_confirm.html", step="shipped", offer=model_offers.in_use(session))


@router.post("/models/shipped")
def use_shipped(request: Request, account: Administrator, form: ConfirmedForm, store: Store) -> Response:  # noqa: ARG001
    return _do(request, store, "shipped", lambda session: model_offers.use_shipped(session, by=account.name))


@router.get("/models/{offer_id}")
def model(request: Request, account: Administrator, store: Store, offer_id: int) -> Response:  # noqa: ARG001
    with store.session() as session:
        offer = model_offers.one_offer(session, offer_id)
        used = model_offers.in_use(session)
        return page(request, "model.html", offer=offer, reads=used is offer, tables=tables(offer))


@router.get("/models/{offer_id}/{step}")
def confirm(
    request: Request,
    account: Administrator,  # noqa: ARG001
    store: Store,
    offer_id: int,
    step: Literal["use", "decline"],
) -> Response:
    with store.session() as session:
        offer = model_offers.one_offer(session, offer_id)
        return page(request, "model_confirm.html", step=step, offer=offer)


@router.post("/models/{offer_id}/{step}")
def decide(
    request: Request,
    account: Administrator,
    form: ConfirmedForm,  # noqa: ARG001  checks its token
    store: Store,
    offer_id: int,
    step: Literal["use", "decline"],
) -> Response:
    action = model_offers.take if step == "use" else model_offers.decline
    return _do(request, store, step, lambda session: action(session, offer_id, by=account.name))


def _do(request: Request, store: Database, step: str, action: Callable[[Session], None]) -> Response:
    try:
        with store.session() as session:
            action(session)
    except Conflict as conflict:
        return _list(request, store, gettext("Nothing was changed. %(line)s", line=sentence(conflict)), 409)
    return RedirectResponse(f"/models?done={step}", 303)


def _list(request: Request, store: Database, line: str | None, status: int = 200) -> Response:
    with store.session() as session:
        return page(
            request,
            "models.html",
            status,
            line=line,
            offers=[(offer, tables(offer)) for offer in model_offers.offers(session, SHOWN)],
            used=model_offers.in_use(session),
            pointer=model_offers.pointer(session),
            at_work=model_offers.at_work(session),
        )

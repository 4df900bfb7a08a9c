"""What the reader kept from the queue, so that a person can see what it misses."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from codebook.codes import code_list
from review_ui.access import SignedIn, Store
from review_ui.position import Start, require_order
from review_ui.rendering import page
from store.screened_out import ORDERS, count, screened_out

router = APIRouter()

PAGE_LENGTH = 100
FIRST_ORDER = next(iter(ORDERS))


@router.get("/screened-out")
def log(
    request: Request,
    account: SignedIn,  # noqa: ARG001  for people signed in
    store: Store,
    start: Start = 0,
    jurisdiction: str = "",
    order: str = FIRST_ORDER,
) -> Response:
    require_order(order, ORDERS)
    if jurisdiction:
        code_list("jurisdiction").require(jurisdiction, "address of the page", "jurisdiction")
    chosen = {"jurisdiction": jurisdiction} if jurisdiction else {}
    with store.session() as session:
        return page(
            request,
            "screened_out.html",
            found=screened_out(session, jurisdiction or None, order=order, limit=PAGE_LENGTH, offset=start),
            total=count(session, jurisdiction or None),
            jurisdiction_chosen=jurisdiction,
            order=order,
            address=urlencode(chosen | ({} if order == FIRST_ORDER else {"order": order})),
            start=start,
            page_length=PAGE_LENGTH,
        )

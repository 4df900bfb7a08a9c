"""What the program proposed against what people decided: a table whose cells open the cases."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from codebook.codes import code_list
from review_ui.access import SignedIn, Store
from review_ui.period import During
from review_ui.position import require_one
from review_ui.rendering import page
from store.confusion import FIELDS, confusion, decided_items, pairs

router = APIRouter()

FIRST = next(iter(FIELDS))
MOST_CASES = 200
"""Cases listed under the table."""


@router.get("/quality/model")
def show(
    request: Request,
    account: SignedIn,  # noqa: ARG001  for people signed in
    store: Store,
    during: During,
    field: str = FIRST,
    jurisdiction: str = "",
    proposed: str | None = None,
    decided: str | None = None,
) -> Response:
    require_one("field", field, FIELDS)
    if jurisdiction:
        code_list("jurisdiction").require(jurisdiction, "address of the page", "jurisdiction")
    with store.session() as session:
        items = [
            item
            for item in decided_items(session, during.since, during.until)
            if not jurisdiction or item.proposed.jurisdiction == jurisdiction
        ]
    chosen = FIELDS[field]
    cell = None if proposed is None or decided is None else (proposed, decided)
    cases = [item for item in items if cell in pairs(item, chosen)] if cell else []
    params = {"field": field, "jurisdiction": jurisdiction} | during.given
    return page(
        request,
        "quality_model.html",
        during=during,
        field=chosen,
        fields=list(FIELDS),
        jurisdiction_chosen=jurisdiction,
        table=confusion(items, chosen),
        cell=cell,
        cases=cases[:MOST_CASES],
        number=len(cases),
        address=urlencode({name: value for name, value in params.items() if value}),
    )

"""How far two readers agree, per field, pair and period."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter, Request
from starlette.responses import Response

from codebook.errors import UnknownCode
from review_ui.access import SignedIn, Store
from review_ui.period import During
from review_ui.rendering import page
from store.agreement import agreement, read_twice

router = APIRouter()


@router.get("/quality/agreement")
def show(request: Request, account: SignedIn, store: Store, during: During, pair: str = "") -> Response:  # noqa: ARG001
    with store.session() as session:
        read = read_twice(session, during.since, during.until)
        pairs = Counter("~".join(each.pair) for each in read)
        if pair and "~" not in pair:
            raise UnknownCode("address of the page", "pair", pair, "write two names as ana~boro")
        chosen = [each for each in read if not pair or "~".join(each.pair) == pair]
        return page(
            request,
            "quality_agreement.html",
            during=during,
            pairs=dict(sorted(pairs.items())) | ({pair: pairs[pair]} if pair else {}),
            pair=pair,
            items=len(chosen),
            found=agreement(chosen),
        )

"""How the system is: sources, stages, queue."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from review_ui.access import SignedIn, Store
from review_ui.rendering import page
from store.health import system_state

router = APIRouter()


@router.get("/system")
def system(request: Request, account: SignedIn, store: Store) -> Response:  # noqa: ARG001  for people signed in
    with store.session() as session:
        return page(request, "system.html", state=system_state(session))

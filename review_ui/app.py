"""The web application: its pages, its errors, its limits."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response

from codebook.errors import AvmpError, BadInput, Conflict, StoreError, StoreUnavailable
from review_ui import (
    adjudication_page,
    agreement_page,
    audit_page,
    bulk_page,
    confusion_page,
    drafting,
    grouping_page,
    incidents_page,
    item_lease,
    item_page,
    keys_page,
    models_page,
    notes_page,
    places,
    quality_page,
    queue_page,
    screened_out_page,
    second_page,
    signing_in,
    sources_page,
    system_page,
    undo_page,
    workplace_page,
)
from review_ui.access import SignedOut, plain_address
from review_ui.protection import Protection
from review_ui.queue_counts import QueueCounts
from review_ui.rendering import HERE, problem
from review_ui.settings import WebSettings
from review_ui.translation.lines import sentence
from review_ui.translation.speaking import N_, Speaking, gettext
from store.database import Database
from store.regrouping import Relink

LINES = {
    404: N_("There is no such page."),
    405: N_("Nothing is done by opening this address: use the buttons of a page."),
}
"""What to say instead of HTTP's own words."""


PAGES = (
    signing_in,
    queue_page,
    bulk_page,
    audit_page,
    second_page,
    drafting,
    item_lease,
    notes_page,
    undo_page,
    grouping_page,
    workplace_page,
    item_page,
    keys_page,
    incidents_page,
    screened_out_page,
    quality_page,
    agreement_page,
    confusion_page,
    adjudication_page,
    sources_page,
    system_page,
    models_page,
    places,
)


def create_app(database: Database, settings: WebSettings, relink: Relink) -> FastAPI:
    """The application on a database whose schema is up to date; `relink` groups reports anew after a person's word."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(plain_address)])
    app.state.database = database
    app.state.settings = settings
    app.state.relink = relink
    app.state.queue_counts = QueueCounts(database)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    for page in PAGES:
        app.include_router(page.router)
    app.add_middleware(Protection)
    app.add_middleware(Speaking)
    app.add_exception_handler(SignedOut, _signed_out)
    app.add_exception_handler(AvmpError, _explained)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unknown)
    return app


def _signed_out(request: Request, _: Exception) -> Response:
    if request.method == "GET" and "application/json" not in request.headers.get("accept", ""):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?{urlencode({'then': here})}", 303)
    return problem(
        request,
        401,
        gettext("You are signed out, nothing was saved: sign in in another tab, then come back and send it again."),
    )


def _explained(request: Request, error: Exception) -> Response:
    status = 500
    if isinstance(error, StoreUnavailable):
        status = 503
    elif isinstance(error, Conflict):
        status = 409
    elif isinstance(error, StoreError):
        status = 404
    elif isinstance(error, BadInput):
        status = 400
    return problem(request, status, sentence(error))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(
        request,
        error.status_code,
        gettext(LINES[error.status_code]) if error.status_code in LINES else str(error.detail),
    )


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return problem(request, 400, gettext("The address of this page is wrong at %(field)s.", field=first["loc"][-1]))


def _gone(_: Request, __: Exception) -> Response:
    """The browser left before its form had arrived: nobody reads the answer."""
    return Response(status_code=400)


def _unknown(request: Request, _: Exception) -> Response:
    """A defect of ours. The server writes it to its log after this answer."""
    line = gettext(
        "The program met a defect and nothing was saved: go back, and tell the operator the time and this address."
    )
    return problem(request, 500, line)

"""Signing in and out.

A sign-in link opens a page with one button, and only the button uses the link up. Mail scanners and messengers
fetch links to preview them, and some run a page's scripts; a link that worked on being fetched, or a form that
sent itself, would be spent before its owner saw it. The button has the focus: one key signs in.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from review_ui.access import (
    SESSION_COOKIE,
    ConfirmedForm,
    SignedIn,
    Store,
    VisitorForm,
    keep_session,
    keep_visit,
    text_of,
    visit_token,
)
from review_ui.rendering import page
from review_ui.translation.lines import told
from review_ui.translation.speaking import gettext
from store.users import TooManyAttempts, create_session, end_session, redeem, verify

router = APIRouter()

START = "/queue"


@router.get("/")
def start() -> Response:
    return RedirectResponse(START, 303)


@router.get("/sign-in")
def sign_in_page(request: Request, then: str = START) -> Response:
    return _form(request, then)


@router.post("/sign-in")
def sign_in(request: Request, store: Store, form: VisitorForm) -> Response:
    name, then = text_of(form, "name"), text_of(form, "then")
    password = form.get("password", "")
    address = request.client.host if request.client else "unknown"
    try:
        with store.session() as session:
            user = verify(session, name, str(password), address=address)
            token = create_session(session, user.name) if user else None
    except TooManyAttempts as refusal:
        return _form(
            request, then, name=name, line=gettext("Not signed in: %(line)s", line=f"{told(refusal)}."), status=429
        )
    if token is None:
        return _form(request, then, name=name, line=gettext("Not signed in: name or password is wrong."), status=401)
    response = RedirectResponse(_within(then), 303)
    keep_session(request, response, token)
    return response


@router.get("/enter/{token}")
def enter_page(request: Request, token: str) -> Response:
    csrf = visit_token(request)
    response = page(request, "enter.html", token=token, csrf=csrf)
    keep_visit(request, response, csrf)
    return response


@router.post("/enter/{token}")
def enter(request: Request, store: Store, token: str, form: VisitorForm) -> Response:  # noqa: ARG001  checks its token
    with store.session() as session:
        session_token = redeem(session, token)
    if session_token is None:
        line = gettext("This sign-in link was used or has expired: ask for a new one, or sign in with your password.")
        return _form(request, START, line=line, status=410)
    response = RedirectResponse(START, 303)
    keep_session(request, response, session_token)
    return response


@router.post("/sign-out")
def sign_out(request: Request, store: Store, form: ConfirmedForm) -> Response:  # noqa: ARG001  checks its token
    with store.session() as session:
        end_session(session, request.cookies[SESSION_COOKIE])
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


@router.get("/session")
def session_token(account: SignedIn) -> Response:
    """The token for forms, for a page whose person signed in again in another tab."""
    return JSONResponse({"csrf": account.csrf_token})


def _form(request: Request, then: str, *, name: str = "", line: str | None = None, status: int = 200) -> Response:
    csrf = visit_token(request)
    response = page(request, "sign_in.html", status, then=_within(then), name=name, line=line, csrf=csrf)
    keep_visit(request, response, csrf)
    return response


def _within(target: str) -> str:
    """`target` if it is a page of ours, otherwise the start: a link cannot send people elsewhere after sign-in."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if inside and "\\" not in target and target.isprintable() else START

"""Who sends a request: the session's cookie, the form's token, the role.

A form from another site is stopped twice: the cookie does not travel with it (SameSite=Lax), and it cannot know the
token that every form of ours carries. Before sign-in, when there is no session, the token is that of a cookie of
its own, so that nobody can be signed in to somebody else's account unawares.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from review_ui.rendering import role_name
from review_ui.translation.speaking import N_, gettext, prefer
from store.database import Database
from store.regrouping import Relink
from store.users import SESSION_LIFETIME, Account, session_user
from store.workplace import arrangement

SESSION_COOKIE = "avmp_session"
VISIT_COOKIE = "avmp_visit"
CSRF_FIELD = "csrf"

MOST_DIGITS = 9
"""As many as fit the database's whole numbers; what has more is a stranger's, and no number then."""

STALE_FORM = N_("This form is from an earlier sign-in: reload the page and send it again.")


class SignedOut(Exception):
    """The request needs a session and has none."""


def database(request: Request) -> Database:
    """The database of the application."""
    found: Database = request.app.state.database
    return found


def signed_in(request: Request, store: Annotated[Database, Depends(database)]) -> Account:
    """The person who sends the request. Raises `SignedOut`."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        with store.session() as session:
            account = session_user(session, token)
            if account is not None:
                request.state.account = account
                request.state.arrangement = arrangement(session, account.name)
                prefer(request.state.arrangement.language or "")
                return account
    raise SignedOut


def plain_address(request: Request, store: Annotated[Database, Depends(database)]) -> None:
    """Refuse an address with a NUL in it, of which PostgreSQL stores none; who is signed in is told on a page of
    theirs."""
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        with suppress(SignedOut):
            signed_in(request, store)
        raise HTTPException(400, gettext("This address holds a character that no text of ours does."))


async def posted_form(request: Request) -> FormData:
    """The form in the request's body; files are refused by the form's type."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(415, gettext("Send this form from its page."))
    form = await request.form()
    if any("\0" in str(value) for _, value in form.multi_items()):
        raise HTTPException(400, gettext("Remove the NUL characters from what you typed or pasted."))
    return form


def confirmed_form(
    account: Annotated[Account, Depends(signed_in)], form: Annotated[FormData, Depends(posted_form)]
) -> FormData:
    """The form, if it carries the token of the person's session."""
    if not secrets.compare_digest(text_of(form, CSRF_FIELD).encode(), account.csrf_token.encode()):
        raise HTTPException(403, gettext(STALE_FORM))
    return form


def visitor_form(request: Request, form: Annotated[FormData, Depends(posted_form)]) -> FormData:
    """The form of somebody who is not signed in, if it carries the token of their visit."""
    token = request.cookies.get(VISIT_COOKIE, "")
    if not token or not secrets.compare_digest(text_of(form, CSRF_FIELD).encode(), token.encode()):
        raise HTTPException(403, gettext(STALE_FORM))
    return form


def may_decide(account: Annotated[Account, Depends(signed_in)]) -> Account:
    """The person, if their role decides on candidates."""
    if not account.may_decide:
        raise HTTPException(
            403,
            gettext("The role %(role)s reads and does not decide: ask an administrator.", role=role_name(account.role)),
        )
    return account


def text_of(form: FormData, name: str) -> str:
    """A text field of a form, trimmed; empty when absent."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def number_of(form: FormData, name: str = "version") -> int:
    """A whole number in a form, such as the version of the item it was made on; 0, which no version is, for what is
    none."""
    text = text_of(form, name)
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


def visit_token(request: Request) -> str:
    """The token for the forms of this visit."""
    return request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(32)


def keep_visit(request: Request, response: Response, token: str) -> None:
    """Let the browser remember the visit's token."""
    _set_cookie(request, response, VISIT_COOKIE, token)


def keep_session(request: Request, response: Response, token: str) -> None:
    """Let the browser remember the session."""
    _set_cookie(request, response, SESSION_COOKIE, token, max_age=int(SESSION_LIFETIME.total_seconds()))


def _set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None = None) -> None:
    secure = request.app.state.settings.secure_cookies
    response.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax")


def regrouping(request: Request) -> Relink:
    """How reports are grouped anew after a person's word on them: handed to the application, which knows no stages."""
    found: Relink = request.app.state.relink
    return found


Store = Annotated[Database, Depends(database)]
SignedIn = Annotated[Account, Depends(signed_in)]
Decider = Annotated[Account, Depends(may_decide)]
ConfirmedForm = Annotated[FormData, Depends(confirmed_form)]
Regroup = Annotated[Relink, Depends(regrouping)]
VisitorForm = Annotated[FormData, Depends(visitor_form)]

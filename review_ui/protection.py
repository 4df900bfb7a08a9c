"""What every answer carries, and what no request may exceed."""

from __future__ import annotations

from contextlib import suppress

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review_ui.access import SignedOut, database, signed_in
from review_ui.rendering import problem
from review_ui.translation.speaking import gettext

REQUEST_LIMIT = 1_000_000
"""Bytes of a request body: a form with a hundred persons has some 30,000."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Scripts and styles are our files alone; nothing is loaded from elsewhere, nothing frames us, and the address of
a page (a sign-in link among them) is told to no other site."""


class Protection:
    """ASGI middleware: security headers on every answer, a bound on every request body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        if _too_large(Headers(scope=scope)):
            answer = await run_in_threadpool(_refused, Request(scope))
            await answer(scope, receive, protected)
            return
        await self._app(scope, receive, protected)


def _refused(request: Request) -> Response:
    """What is said of a body that is too large, to who is signed in on a page of theirs."""
    with suppress(SignedOut):
        signed_in(request, database(request))
    return problem(request, 413, gettext("This is too much to send at once: go back and shorten what you wrote."))


def _too_large(headers: Headers) -> bool:
    """Browsers state the length of every form; a body without a length is refused with the large ones."""
    if "transfer-encoding" in headers:
        return True
    length = headers.get("content-length", "0")
    return not length.isdecimal() or int(length) > REQUEST_LIMIT

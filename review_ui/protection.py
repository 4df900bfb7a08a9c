"""What every answer carries, and what no request may exceed."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
            await PlainTextResponse("This request is too large.", 413)(scope, receive, protected)
            return
        await self._app(scope, receive, protected)


def _too_large(headers: Headers) -> bool:
    """Browsers state the length of every form; a body without a length is refused with the large ones."""
    if "transfer-encoding" in headers:
        return True
    length = headers.get("content-length", "0")
    return not length.isdecimal() or int(length) > REQUEST_LIMIT

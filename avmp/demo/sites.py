"""Serves the demonstration outlets on loopback: one address each, one port for all.

`python -m avmp.demo.sites --port 8600` serves until interrupted and prints the base URLs.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import email.utils
import gzip
import socket
import sys
import threading
from collections.abc import Iterator

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from avmp.demo.outlets import Outlet, outlets
from avmp.demo.pages import Page, not_found, pages
from codebook.errors import BadSettings

PORT_ATTEMPTS = 20
"""A port that is free on the first address may be taken on another; so many ports are tried."""


class Site:
    """One outlet as an ASGI application: prepared pages, conditional GET, gzip where the outlet has it."""

    def __init__(self, outlet: Outlet, base: str) -> None:
        self._outlet = outlet
        self._pages = pages(outlet, base)
        self._not_found = not_found(outlet)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method not in ("GET", "HEAD"):
            await Response(status_code=405, headers={"allow": "GET, HEAD"})(scope, receive, send)
            return
        await self._answer(request, self._page(request))(scope, receive, send)

    def _page(self, request: Request) -> Page:
        path = request.url.path
        whole = f"{path}?{request.url.query}"
        for target in (whole, whole.split("&")[0], path):
            if target in self._pages:
                return self._pages[target]
        return self._not_found

    def _answer(self, request: Request, page: Page) -> Response:
        headers = {
            "etag": page.etag,
            "last-modified": email.utils.format_datetime(page.modified.astimezone(dt.UTC), usegmt=True),
            "cache-control": "max-age=60",
        }
        if page.status == 200 and _is_unchanged(request, page):
            return Response(status_code=304, headers=headers)
        headers["content-type"] = page.content_type
        body = page.body
        if self._outlet.gzip:
            headers["vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("accept-encoding", ""):
                headers["content-encoding"] = "gzip"
                body = gzip.compress(body, mtime=0)
        return Response(body, status_code=page.status, headers=headers)


def _is_unchanged(request: Request, page: Page) -> bool:
    """RFC 9110, section 13.2.2: If-None-Match where it is sent, else If-Modified-Since."""
    if (known := request.headers.get("if-none-match")) is not None:
        return any(tag.strip().removeprefix("W/") in (page.etag, "*") for tag in known.split(","))
    try:
        since = email.utils.parsedate_to_datetime(request.headers["if-modified-since"])
    except (KeyError, ValueError):
        return False
    return page.modified.replace(microsecond=0) <= since


def base_urls(port: int) -> list[str]:
    """The base URLs of the outlets on a port, in the order of `outlets()`, without a final slash."""
    return [f"http://{outlet.address}:{port}" for outlet in outlets()]


@contextlib.contextmanager
def serve_sites(port: int = 0) -> Iterator[list[str]]:
    """Serves all outlets in a thread while the context lasts and yields their base URLs (`base_urls`).

    `port` 0 takes a port that is free on every address.

    Raises:
        BadSettings: the port is taken, or this system has no addresses 127.0.0.x besides 127.0.0.1.
    """
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(listening) for listening in _listen(port)]
        bases = base_urls(sockets[0].getsockname()[1])
        sites = {outlet.address: Site(outlet, base) for outlet, base in zip(outlets(), bases, strict=True)}
        server = uvicorn.Server(
            uvicorn.Config(_by_address(sites), log_level="warning", access_log=False, lifespan="off")
        )
        thread = threading.Thread(target=server.run, args=(sockets,), name="demo-sites", daemon=True)
        thread.start()
        try:
            yield bases
        finally:
            server.should_exit = True
            thread.join()


def _by_address(sites: dict[str, Site]) -> ASGIApp:
    """Sends a request to the site whose address it arrived at."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await sites[scope["server"][0]](scope, receive, send)

    return application


def _listen(port: int) -> list[socket.socket]:
    """Listening sockets on one port of every outlet's address.

    They listen at once, so that a request made before the server's loop runs waits instead of being refused.
    """
    reason = ""
    for _ in range(1 if port else PORT_ATTEMPTS):
        with contextlib.ExitStack() as opened:
            try:
                sockets = [opened.enter_context(socket.create_server((outlets()[0].address, port)))]
                common = sockets[0].getsockname()[1]
                sockets += [
                    opened.enter_context(socket.create_server((outlet.address, common))) for outlet in outlets()[1:]
                ]
            except OSError as error:
                reason = str(error.strerror)
            else:
                opened.pop_all()
                return sockets
    remedy = f"{reason}: choose another port; the demonstration needs loopback addresses 127.0.0.x"
    raise BadSettings("demo sites", "port", port, remedy)


def main() -> None:
    """Serves until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m avmp.demo.sites", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="one port for all addresses; 0 takes a free one")
    with serve_sites(parser.parse_args().port) as bases:
        for outlet, base in zip(outlets(), bases, strict=True):
            sys.stdout.write(f"{base}  {outlet.name}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()

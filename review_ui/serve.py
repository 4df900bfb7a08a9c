"""The web process: listens, serves, and ends gracefully on SIGINT or SIGTERM."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import uvicorn
from fastapi import FastAPI

from codebook.errors import AvmpError
from review_ui import places
from review_ui.app import create_app
from review_ui.settings import WebSettings, web_address
from store.database import Database
from store.regrouping import Relink
from store.users import has_administrator

GRACE_SECONDS = 10
"""How long requests under way may take once the process is asked to stop."""


def serve(
    database: Database, settings: WebSettings, relink: Relink, announce: Callable[[str], None] = lambda _: None
) -> None:
    """Serve until the process is asked to stop. `announce` is called once with the address people open.

    Raises:
        AvmpError: the address cannot be listened on, or it lies beyond loopback and no administrator exists.
        StoreUnavailable: the database does not answer.
    """
    with listening_socket(database, settings) as listener:
        host, port = listener.getsockname()[:2]
        running = server(database, settings, relink)
        for warm in (places.warm, cast("FastAPI", running.config.app).state.queue_counts.warm):
            threading.Thread(target=warm, daemon=True).start()
        announce(web_address(host, port))
        running.run(sockets=[listener])


@contextmanager
def in_background(database: Database, settings: WebSettings, relink: Relink) -> Iterator[int]:
    """Serve in a thread of this process while the block runs; the port is given. For measurements and tests."""
    with listening_socket(database, settings) as listener:
        running = server(database, settings, relink)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join()


def server(database: Database, settings: WebSettings, relink: Relink) -> uvicorn.Server:
    """The server without its socket; `should_exit` stops it."""
    config = uvicorn.Config(
        create_app(database, settings, relink),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def listening_socket(database: Database, settings: WebSettings) -> socket.socket:
    """A socket that listens where the settings say, if that is allowed."""
    if not settings.loopback:
        with database.session() as session:
            if not has_administrator(session):
                raise AvmpError(
                    f"the web process listens beyond loopback ({settings.host}) only once an administrator exists: "
                    "run `avmp user add NAME --role administrator`, or listen on 127.0.0.1"
                )
    try:
        family, *_, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family)
    except OSError as error:
        raise AvmpError(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): stop what listens there, or choose "
            "another port (AVMP_WEB__PORT) or host (AVMP_WEB__HOST)"
        ) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each page waits 40 ms for the client's ACK
    return listener

"""`avmp run`: the processes of the distributed form on one machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from avmp.children import Child, stop_all
from avmp.settings import Settings
from avmp.signals import stop_event
from avmp.terminal import notes
from avmp.wiring import wired
from review_ui.serve import listening_socket
from review_ui.settings import WebSettings
from store.database import Database

WATCH_SECONDS = 0.2


def run_system(settings: Settings, crawl_options: Sequence[str]) -> None:
    """Start and watch all processes until SIGTERM or SIGINT."""
    stopping = stop_event()
    with wired(settings) as wiring:
        settings = listenable(settings, wiring.database)
        environment = addresses(wiring.database.url, settings)
        children = [
            Child(["crawl", *crawl_options], environment | metrics_port(settings, 2)),
            Child(["work", "read"], environment),
            Child(["work", "link", "publish"], environment | metrics_port(settings, 1)),
            Child(["web"], environment),
            Child(["schedule"], environment),
        ]
        notes.print(f"Review: {settings.web.address}   Ctrl-C stops everything.")
        with watched(children):
            while not stopping.wait(WATCH_SECONDS):
                for child in children:
                    child.watch()


def listenable(settings: Settings, database: Database) -> Settings:
    """The settings with the port that the web process will take, looked at before an address is printed: a sign-in
    link must not lead to another program.

    Raises:
        AvmpError: as `review_ui.serve.listening_socket`.
    """
    with listening_socket(database, settings.web) as probe:
        port = probe.getsockname()[1]
    return settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})


def answers(web: WebSettings) -> bool:
    """Whether the review application can be opened by now."""
    try:
        with socket.create_connection((web.host, web.port), timeout=1):
            return True
    except OSError:
        return False


def addresses(database_url: str, settings: Settings) -> dict[str, str]:
    """Environment that makes children use this run's database, bus and port."""
    environment = {
        "AVMP_DATABASE": database_url,
        "AVMP_HOME": str(settings.home),
        "AVMP_WEB__PORT": str(settings.web.port),
    }
    return environment | ({"AVMP_BUS": settings.bus} if settings.bus else {})


def metrics_port(settings: Settings, after: int) -> dict[str, str]:
    """Processes cannot listen on one port: each takes one of its own, so many after the reader's."""
    return {} if settings.metrics_port is None else {"AVMP_METRICS_PORT": str(settings.metrics_port + after)}


@contextmanager
def watched(children: Sequence[Child]) -> Iterator[None]:
    """Stop all children at the end, whatever ends the block."""
    try:
        yield
    finally:
        stop_all(children)

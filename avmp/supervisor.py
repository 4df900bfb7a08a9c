"""`avmp run`: the processes of the distributed form on one machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from avmp.children import Child, stop_all
from avmp.settings import Settings
from avmp.signals import stop_event
from avmp.terminal import notes
from avmp.wiring import wired

WATCH_SECONDS = 0.2


def run_system(settings: Settings, crawl_options: Sequence[str]) -> None:
    """Start and watch all processes until SIGTERM or SIGINT."""
    stopping = stop_event()
    with wired(settings) as wiring:
        environment = addresses(wiring.database.url, settings)
        children = [
            Child(["crawl", *crawl_options], environment),
            Child(["work", "read"], environment),
            Child(["work", "link", "publish"], environment),
            Child(["web"], environment),
        ]
        notes.print(f"Review: http://{settings.web.host}:{settings.web.port}   Ctrl-C stops everything.")
        with watched(children):
            while not stopping.wait(WATCH_SECONDS):
                for child in children:
                    child.watch()


def addresses(database_url: str, settings: Settings) -> Mapping[str, str]:
    """Environment that makes children use this run's database and bus."""
    environment = {"AVMP_DATABASE": database_url, "AVMP_HOME": str(settings.home)}
    return environment | ({"AVMP_BUS": settings.bus} if settings.bus else {})


@contextmanager
def watched(children: Sequence[Child]) -> Iterator[None]:
    """Stop all children at the end, whatever ends the block."""
    try:
        yield
    finally:
        stop_all(children)

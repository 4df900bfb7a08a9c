"""SIGTERM and SIGINT as something a loop can ask about."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType


def on_stop(action: Callable[[], None]) -> None:
    """Call `action` at the first SIGTERM or SIGINT. A second one ends the process at once."""

    def handle(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        action()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def stop_event() -> threading.Event:
    """An event that SIGTERM or SIGINT sets."""
    event = threading.Event()
    on_stop(event.set)
    return event


def end_on_interrupt(last: Callable[[], object]) -> None:
    """Let Ctrl-C end the process at once, after `last`: for a command that writes nothing and waits for others, where
    an interrupted event loop would tell of it at length."""

    def handle(_: int, __: FrameType | None) -> None:
        last()
        os._exit(1)

    signal.signal(signal.SIGINT, handle)

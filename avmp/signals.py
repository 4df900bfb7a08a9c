"""SIGTERM and SIGINT as something a loop can ask about."""

from __future__ import annotations

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

"""What a stage is to its runner."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from pipeline.bus import Message


class Outcome(StrEnum):
    """What became of a message that its stage dealt with."""

    DONE = "done"
    FILTERED = "filtered"


class Stage(Protocol):
    """One step of the pipeline; it does not know where it runs.

    Attributes:
        name: also the name of its consumer group and, through `deadletter_topic`, of its dead letters.
        topics: what it reads.
    """

    @property
    def name(self) -> str: ...

    @property
    def topics(self) -> tuple[str, ...]: ...

    def handle(self, message: Message) -> Outcome:
        """Have the message's effect in a transaction of its own, once however often it is called.

        Raises:
            BadInput: the message is wrong and will stay so: it becomes a dead letter at once.
            StoreUnavailable, BusUnavailable: what it needs does not answer: the runner waits and tries again.
            Exception: anything else is tried again a few times, then the message becomes a dead letter.
        """

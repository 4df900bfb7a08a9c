"""A message that could not be dealt with, with what is known about why, as a message of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from codebook.errors import BadInput
from codebook.events import deadletter_topic
from pipeline.bus import Message, NewMessage

PREFIX = "deadletter-"
"""Begins the names of the headers added to the message's own."""

REQUEUES = "requeues"
"""Header of a message that was a dead letter before: how often it was requeued."""

REASON_LIMIT, TRACE_LIMIT = 2_000, 6_000
"""UTF-8 bytes kept of the error's line and of the end of its traceback: they must fit beside the message's headers."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message as it came, and why it was put aside.

    Attributes:
        stage: the stage that could not deal with it.
        topic, partition, offset: where it stood.
        reason: the error's one line for people.
        error: the class of the error.
        attempts: how often the stage tried.
        first_failed_at: when it first failed.
        digest: of the places in the program the error passed through: the same for the same defect.
        trace: the end of the traceback, empty for bad input.
    """

    stage: str
    topic: str
    partition: int
    offset: int
    key: str
    value: bytes | None
    headers: Mapping[str, str]
    reason: str
    error: str
    attempts: int
    first_failed_at: dt.datetime
    digest: str
    trace: str

    @classmethod
    def of(cls, stage: str, message: Message, error: Exception, attempts: int, first_failed_at: dt.datetime) -> Self:
        """The dead letter of a message that failed with an error."""
        frames = traceback.extract_tb(error.__traceback__)
        places = "\n".join(f"{frame.filename}:{frame.name}:{frame.lineno}" for frame in frames)
        trace = "" if isinstance(error, BadInput) else "".join(traceback.format_exception(error))
        return cls(
            stage=stage,
            topic=message.topic,
            partition=message.partition.number,
            offset=message.offset,
            key=message.key,
            value=message.value,
            headers=message.headers,
            reason=_line(error).encode(errors="replace")[:REASON_LIMIT].decode(errors="ignore"),
            error=type(error).__name__,
            attempts=attempts,
            first_failed_at=first_failed_at,
            digest=hashlib.sha256(f"{type(error).__name__}\n{places}".encode()).hexdigest()[:12],
            trace=trace.encode(errors="replace")[-TRACE_LIMIT:].decode(errors="ignore"),
        )

    def to_message(self) -> NewMessage:
        """The message for the stage's dead-letter topic: the original with headers added."""
        why = {
            "topic": self.topic,
            "partition": str(self.partition),
            "offset": str(self.offset),
            "reason": self.reason,
            "error": self.error,
            "attempts": str(self.attempts),
            "first-failed-at": self.first_failed_at.isoformat(),
            "digest": self.digest,
            "trace": self.trace,
        }
        added = {f"{PREFIX}{name}": value for name, value in why.items()}
        return NewMessage(deadletter_topic(self.stage), self.key, self.value, {**self.headers, **added})

    @classmethod
    def from_message(cls, stage: str, message: Message) -> Self:
        """The dead letter in a message of the stage's dead-letter topic.

        Raises:
            BadInput: a header is missing or wrong: somebody else wrote the message.
        """
        why = {name.removeprefix(PREFIX): value for name, value in message.headers.items() if name.startswith(PREFIX)}
        try:
            return cls(
                stage=stage,
                topic=why["topic"],
                partition=int(why["partition"]),
                offset=int(why["offset"]),
                key=message.key,
                value=message.value,
                headers={k: v for k, v in message.headers.items() if not k.startswith(PREFIX)},
                reason=why["reason"],
                error=why["error"],
                attempts=int(why["attempts"]),
                first_failed_at=dt.datetime.fromisoformat(why["first-failed-at"]),
                digest=why["digest"],
                trace=why["trace"],
            )
        except (KeyError, ValueError) as error:
            remedy = "only a stage's runner writes dead letters: see who else publishes here"
            raise BadInput(message.where, "headers", str(error), remedy) from None

    def requeued(self) -> NewMessage:
        """The original message again, for its topic."""
        before = self.headers.get(REQUEUES, "")
        requeues = 1 + (int(before) if before.isascii() and before.isdecimal() and len(before) < 9 else 0)
        return NewMessage(self.topic, self.key, self.value, {**self.headers, REQUEUES: str(requeues)})


def _line(error: Exception) -> str:
    """The error's first line: the others of a database's complaint are statements and parameters, and in the trace."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)

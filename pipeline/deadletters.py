"""Looking at dead letters, and giving them back to their stage.

How far a stage's dead letters have been requeued is an offset like any other, of the group `deadletters`; it moves
after the originals are published, so that a crash between the two requeues a message twice and loses none.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import structlog

from codebook.errors import BadInput, BusError
from codebook.events import deadletter_topic
from pipeline.bus import Bus, Message, RetentionLoss, Subscription
from pipeline.runner.deadletter import DeadLetter

GROUP = "deadletters"

BATCH = 100

PATIENCE = 60.0
"""Seconds without a message after which somebody else must be requeueing: joining a group takes some."""

_log = structlog.get_logger(__name__)


def waiting(bus: Bus, stage: str) -> list[DeadLetter]:
    """The dead letters of a stage that nobody has requeued, oldest first.

    Raises:
        BusError: another process is requeueing them just now.
    """
    with bus.subscribe(GROUP, [deadletter_topic(stage)]) as subscription:
        return [letter for batch in _waiting(bus, subscription, stage) for letter in _letters(stage, batch)]


def requeue(bus: Bus, stage: str, limit: int | None = None) -> int:
    """Publish the originals of a stage's dead letters, the oldest `limit` of them or all that wait now; returns how
    many.

    Raises:
        BusError: another process is requeueing them just now.
    """
    requeued = 0
    with bus.subscribe(GROUP, [deadletter_topic(stage)]) as subscription:
        for batch in _waiting(bus, subscription, stage, limit):
            letters = _letters(stage, batch)
            bus.publish([letter.requeued() for letter in letters])
            subscription.acknowledge(batch)
            requeued += len(letters)
    return requeued


def _letters(stage: str, batch: Iterable[Message]) -> list[DeadLetter]:
    """The dead letters of a batch. What somebody else wrote to the topic is told and passed over, for there is nothing
    to give it back to."""
    letters = []
    for message in batch:
        try:
            letters.append(DeadLetter.from_message(stage, message))
        except BadInput as error:
            _log.error("no dead letter", reason=str(error))
    return letters


def _waiting(bus: Bus, subscription: Subscription, stage: str, limit: int | None = None) -> Iterator[list[Message]]:
    waiting_now = bus.lag(GROUP, deadletter_topic(stage))
    remaining = waiting_now if limit is None else min(waiting_now, limit)
    deadline = time.monotonic() + PATIENCE
    while remaining:
        try:
            batch = subscription.poll(min(remaining, BATCH), timeout=1)
        except RetentionLoss as loss:  # the lag counted only those that are left
            _log.warning("dead letters past their retention", stage=stage, reason=str(loss))
            continue
        if batch:
            remaining -= len(batch)
            deadline = time.monotonic() + PATIENCE
            yield batch
        elif time.monotonic() > deadline:
            raise BusError(f"the dead letters of {stage} are in use: somebody else is requeueing them, wait for that")

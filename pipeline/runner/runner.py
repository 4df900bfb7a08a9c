"""The loop that drives a stage."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import structlog

from codebook.errors import BadInput, BusError, BusUnavailable, StageStopped, StoreUnavailable
from pipeline.bus import Bus, Message, RetentionLoss, Subscription
from pipeline.runner.conservation import DEAD, Tally
from pipeline.runner.deadletter import REQUEUES, DeadLetter
from pipeline.runner.limits import DeadLetterLimit
from pipeline.runner.metrics import Metrics
from pipeline.runner.retries import OUTAGE, UNEXPECTED, Retries
from pipeline.runner.stage import Stage

POLL_TIMEOUT = 1.0
"""Seconds an idle runner waits in one poll, which is also the longest it takes to notice `stop`."""

LAG_INTERVAL = 15.0
"""Seconds between updates of the lag metric."""

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class _Interrupted(Exception):
    """`stop` came while waiting to try again: the message in hand comes again to whoever runs next."""


class Runner:
    """Drives one stage in the calling thread until `stop`. One runner per process and stage; several processes share
    the partitions.

    Args:
        stage: what to run; its topics and its dead-letter topic must exist.
        bus: where it reads, and writes dead letters.
        metrics: shared by the runners of a process.
        batch_size: messages taken at once and acknowledged together.
        outage: tries and delays while the store or the bus does not answer; then the stage stops.
        unexpected: tries and delays for any other error; then the message becomes a dead letter.
        limit: when dead letters are too many.

    Attributes:
        tally: what became of the messages so far.
    """

    def __init__(
        self,
        stage: Stage,
        bus: Bus,
        metrics: Metrics,
        *,
        batch_size: int = 100,
        outage: Retries = OUTAGE,
        unexpected: Retries = UNEXPECTED,
        limit: DeadLetterLimit | None = None,
    ) -> None:
        self._stage, self._bus, self._metrics = stage, bus, metrics
        self._batch_size, self._outage, self._unexpected = batch_size, outage, unexpected
        self._limit = limit or DeadLetterLimit()
        self._stopping = threading.Event()
        self._lag_due = 0.0
        self._log = _log.bind(stage=stage.name)
        self.tally = Tally()

    def stop(self) -> None:
        """Finish the message in hand, acknowledge, leave the group and return from `run`. Safe from a signal handler
        or another thread."""
        self._stopping.set()

    def run(self) -> None:
        """Drive the stage until `stop`.

        Raises:
            StageStopped: dead letters are too many, or the store or the bus has not answered for long.
            BusError: a topic does not exist, or a dead letter does not fit the bus.
        """
        with suppress(_Interrupted):
            topics = self._stage.topics
            with self._patiently(lambda: self._bus.subscribe(self._stage.name, topics)) as subscription:
                while not self._stopping.is_set():
                    self._take_batch(subscription)
                    self._measure_lag()

    def _take_batch(self, subscription: Subscription) -> None:
        try:
            batch = self._patiently(lambda: subscription.poll(self._batch_size, POLL_TIMEOUT))
        except RetentionLoss as loss:
            self._metrics.lost.labels(self._stage.name).inc(loss.lost)
            self._log.error("messages lost", reason=str(loss))
            return
        settled: list[str] = []
        try:
            for message in batch:
                if self._stopping.is_set():
                    break
                settled.append(self._settle(message))
        except Exception:
            with suppress(BusError):  # what stops the stage is what to tell, and unacknowledged messages come again
                self._acknowledge(subscription, batch, settled)
            raise
        self._patiently(lambda: self._acknowledge(subscription, batch, settled))

    def _acknowledge(self, subscription: Subscription, batch: Sequence[Message], settled: Sequence[str]) -> None:
        messages = batch[: len(settled)]
        if not subscription.acknowledge(messages):
            self._log.warning("acknowledgement came after the partition was lost", messages=len(messages))
            return
        self.tally.add(len(messages), settled)
        self._metrics.acknowledged.labels(self._stage.name).inc(len(messages))
        for outcome in settled:
            self._metrics.messages.labels(self._stage.name, outcome).inc()

    def _settle(self, message: Message) -> str:
        """Deal with a message for good; its outcome."""
        started = time.monotonic()
        outcome = self._handle(message)
        if REQUEUES not in message.headers:  # one that was dead before says nothing new about the program
            self._limit.note(dead=outcome == DEAD)
        self._metrics.handling.labels(self._stage.name).observe(time.monotonic() - started)
        latency = (dt.datetime.now(dt.UTC) - message.at).total_seconds()
        self._metrics.latency.labels(self._stage.name).observe(max(latency, 0))
        return outcome

    def _handle(self, message: Message) -> str:
        delays = self._unexpected.delays()
        first_failed_at: dt.datetime | None = None
        attempts = 0
        while True:
            attempts += 1
            try:
                return self._patiently(lambda: self._stage.handle(message)).value
            except (StageStopped, _Interrupted):
                raise
            except Exception as error:  # noqa: BLE001  the one boundary where what nobody foresaw becomes a dead letter
                first_failed_at = first_failed_at or dt.datetime.now(dt.UTC)
                delay = None if isinstance(error, BadInput) else next(delays, None)
                if delay is None:
                    self._bury(DeadLetter.of(self._stage.name, message, error, attempts, first_failed_at))
                    return DEAD
                self._wait(delay, error, message.where)

    def _bury(self, letter: DeadLetter) -> None:
        where = f"{letter.topic}[{letter.partition}]@{letter.offset}"
        if REQUEUES not in letter.headers and (excess := self._limit.exceeded()):
            raise StageStopped(
                f"stage {self._stage.name}: {excess}, and {where} would be the next ({letter.reason}): put the program "
                "right, then start it again; nothing is lost"
            )
        self._patiently(lambda: self._bus.publish([letter.to_message()]))
        self._log.error("dead letter", where=where, error=letter.error, reason=letter.reason, digest=letter.digest)

    def _patiently(self, act: Callable[[], T]) -> T:
        """What `act` returns, tried again while the store or the bus does not answer."""
        for delay in self._outage.delays():
            try:
                return act()
            except (StoreUnavailable, BusUnavailable) as error:
                self._wait(delay, error)
        try:
            return act()
        except (StoreUnavailable, BusUnavailable) as error:
            raise StageStopped(
                f"stage {self._stage.name}: no answer after {self._outage.attempts} attempts ({error}): put it right, "
                "then start the stage again; nothing is lost"
            ) from error

    def _wait(self, delay: float, error: Exception, where: str = "") -> None:
        self._metrics.retries.labels(self._stage.name, type(error).__name__).inc()
        self._log.warning("tries again", seconds=delay, error=type(error).__name__, reason=str(error), where=where)
        if self._stopping.wait(delay):
            raise _Interrupted

    def _measure_lag(self) -> None:
        if time.monotonic() < self._lag_due:
            return
        self._lag_due = time.monotonic() + LAG_INTERVAL
        with suppress(BusUnavailable):
            for topic in self._stage.topics:
                lag = self._bus.lag(self._stage.name, topic)
                self._metrics.lag.labels(self._stage.name, topic).set(lag)

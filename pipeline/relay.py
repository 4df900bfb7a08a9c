"""The stage `publish`: carries the outbox to the bus, in order, at least once.

One relay works at a time, whoever holds the database's advisory lock; others wait to take over. A message is marked
as published after the bus has it: a crash between the two publishes it again, and its event id tells consumers.

Since there is one of it, the relay also keeps house: it lets the bus and the outbox go of what is past its time.
"""

from __future__ import annotations

import datetime as dt
import select as readiness
import threading
import time
from collections.abc import Sequence

import psycopg2
import structlog
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from codebook.errors import BusUnavailable, StageStopped, StoreUnavailable, first_line
from pipeline.bus import Bus, MessageTooLarge, NewMessage
from store.database import Database
from store.outbox import OUTBOX_CHANNEL, WAITING, forget_published
from store.schema import OutboxMessage

RELAY_LOCK = 0x72656C6179
"""Key of the advisory lock ("relay") that makes one relay work at a time, so that order is kept."""

BATCH = 500
"""Messages published together: large enough that waiting for durability costs little for each."""

WAIT_SECONDS = 1.0
"""Longest wait for a notification before looking anyway, and between tries when database or bus are away."""

HOUSEKEEPING_SECONDS = 3600.0
"""Between two rounds of housekeeping. The first comes so long after the start, so that after a long standstill the
stages can first take what waits for them."""

OUTBOX_RETENTION = dt.timedelta(days=7)
"""How long a published message stays in the outbox, for people to look at; the bus has it."""

_log = structlog.get_logger(__name__)


class Relay:
    """Publishes the outbox until it is told to stop."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._stopping = threading.Event()
        self._housekeeping_due = time.monotonic() + HOUSEKEEPING_SECONDS

    def stop(self) -> None:
        """Finish the batch in hand and return from `run`. Safe from a signal handler or another thread."""
        self._stopping.set()

    def run(self) -> None:
        """Publish what comes, for ever; wait out a database or a bus that does not answer.

        Raises:
            BusError: a topic does not exist, or the broker refuses; what waits stays in the outbox.
            StageStopped: the database refuses a statement, as when a column is missing: waiting does not mend that.
        """
        engine = create_engine(self._database.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        while not self._stopping.is_set():
            try:
                with engine.connect() as connection:
                    self._relay(connection)
            except (StoreUnavailable, BusUnavailable) as error:
                self._wait_out(error)
            except DBAPIError as error:
                if not (error.connection_invalidated or isinstance(error, OperationalError)):
                    raise StageStopped(
                        f"stage publish: the database refuses: {first_line(error.orig)}: put it right, then start the "
                        "stage again; nothing is lost"
                    ) from error
                self._wait_out(error)

    def _wait_out(self, outage: Exception) -> None:
        _log.warning("relay waits", reason=first_line(outage))
        self._stopping.wait(WAIT_SECONDS)

    def _relay(self, connection: Connection) -> None:
        while not connection.scalar(select(func.pg_try_advisory_lock(RELAY_LOCK))):
            if self._stopping.wait(WAIT_SECONDS):
                return
        connection.execute(text(f"listen {OUTBOX_CHANNEL}"))
        while not self._stopping.is_set():
            if not self.publish_waiting():
                _wait_for_notification(connection)
            if time.monotonic() >= self._housekeeping_due:
                self.keep_house()
                self._housekeeping_due = time.monotonic() + HOUSEKEEPING_SECONDS

    def publish_waiting(self) -> int:
        """Publish one batch of waiting messages, the oldest first; returns how many there were."""
        with self._database.session() as session:
            rows = session.scalars(select(OutboxMessage).where(WAITING).order_by(OutboxMessage.id).limit(BATCH)).all()
        if not rows:
            return 0
        refused = self._publish(rows)
        with self._database.session() as session:
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id.in_([row.id for row in rows if row.id not in refused]))
                .values(published_at=func.now())
            )
            for row_id, reason in refused.items():
                session.execute(update(OutboxMessage).where(OutboxMessage.id == row_id).values(refused=reason))
        return len(rows)

    def _publish(self, rows: Sequence[OutboxMessage]) -> dict[int, str]:
        """Publish; returns the ids of messages that the bus will never take, with the reason."""
        try:
            self._bus.publish([_message(row) for row in rows])
        except MessageTooLarge as error:
            if len(rows) == 1:
                _log.error("message refused by the bus", event_id=rows[0].event_id, reason=str(error))
                return {rows[0].id: str(error)}
            return {k: v for row in rows for k, v in self._publish([row]).items()}
        return {}

    def keep_house(self) -> None:
        """Let the bus and the outbox go of what is past its time."""
        gone = self._bus.clean()
        with self._database.session() as session:
            published = forget_published(session, OUTBOX_RETENTION)
        _log.info("house kept", messages=gone, outbox=published)


def _message(row: OutboxMessage) -> NewMessage:
    return NewMessage(row.topic, row.key, row.value, {"event_id": row.event_id})


def _wait_for_notification(connection: Connection) -> None:
    """Wait until the outbox has something new, or for `WAIT_SECONDS`.

    Raises:
        StoreUnavailable: the server went away. SQLAlchemy does not wrap the errors of the driver's own methods.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        readiness.select([driver], [], [], WAIT_SECONDS)
        driver.poll()
    except psycopg2.Error as error:
        connection.invalidate()  # else closing it fails as well, and that error would hide this one
        raise StoreUnavailable(f"the database went away: {first_line(error)}") from error
    driver.notifies.clear()

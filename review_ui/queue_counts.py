"""How much of what waits, at hand when a page asks: to count a long queue anew for every page would cost a second."""

from __future__ import annotations

import threading
import time

from sqlalchemy.orm import Session

from codebook.errors import StoreUnavailable
from store.database import Database
from store.queue_facets import Cube, Facets, cube, facets
from store.queue_filter import QueueFilter

SHORT = 2_000
"""Items of a queue that is counted anew for every page, in milliseconds."""

FRESH_SECONDS = 30.0
"""How old the counts of a longer queue may be before they are counted anew, beside the pages."""


class QueueCounts:
    """The counts of one process. Pages of a long queue show those of a moment ago."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Cube | None = None
        self._counted_at = 0.0
        self._counting = threading.Lock()

    def facets(self, session: Session, chosen: QueueFilter, user: str) -> Facets:
        """How much waits for a person, by filter."""
        of_source = cube(session, chosen.source) if chosen.source else None
        return facets(self._cube(session), of_source, chosen, user)

    def warm(self) -> None:
        """Count now; without a database that answers the first page does."""
        try:
            with self._database.session() as session:
                self._keep(cube(session))
        except StoreUnavailable:
            return

    def _cube(self, session: Session) -> Cube:
        known = self._known
        if known is None or known.size < SHORT:
            known = self._keep(cube(session))
        elif time.monotonic() - self._counted_at > FRESH_SECONDS and self._counting.acquire(blocking=False):
            threading.Thread(target=self._refresh, daemon=True).start()
        return known

    def _refresh(self) -> None:
        try:
            self.warm()
        finally:
            self._counting.release()

    def _keep(self, counted: Cube) -> Cube:
        self._known, self._counted_at = counted, time.monotonic()
        return counted

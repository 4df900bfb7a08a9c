"""How often sites that belong to no source were asked, day by day.

Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.schema import StrangerRequests

KEPT = dt.timedelta(days=30)
"""So long the counts are kept, for people to look at."""


def requests_of(session: Session, site: str, day: dt.date) -> int:
    """How often a site was asked on a day."""
    chosen = select(StrangerRequests.requests)
    return session.scalar(chosen.where(StrangerRequests.site == site, StrangerRequests.day == day)) or 0


def add_request(session: Session, site: str, day: dt.date) -> int:
    """Counts a request to a site, and returns how many there were that day. The first of a day forgets old counts."""
    added = insert(StrangerRequests).values(site=site, day=day, requests=1)
    requests = session.scalars(
        added.on_conflict_do_update(
            index_elements=[StrangerRequests.site, StrangerRequests.day],
            set_={"requests": StrangerRequests.requests + 1},
        ).returning(StrangerRequests.requests)
    ).one()
    if requests == 1:
        session.execute(delete(StrangerRequests).where(StrangerRequests.day < day - KEPT))
    return requests

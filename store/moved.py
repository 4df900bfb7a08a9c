"""Where what people wrote beside an item belongs when its reports have moved to another.

It stays with the item it was written on and is looked for from the one that has the reports now, so that it is back
where it was when the reports go back: a merge that is undone leaves no trace.
"""

from __future__ import annotations

from sqlalchemy import CTE, Select, select
from sqlalchemy.orm import Session, aliased

from store.schema import Candidate


def came_here(session: Session, candidate_id: str) -> list[str]:
    """The candidate and all whose reports moved to it, however often: what was noted beside them belongs here too."""
    found, more = [candidate_id], [candidate_id]
    while more:
        moved = select(Candidate.id).where(Candidate.superseded_by.in_(more), Candidate.id.not_in(found))
        more = list(session.scalars(moved.order_by(Candidate.id)))
        found += more
    return found


def followed(written: Select[str, str]) -> CTE:
    """Rows of a `candidate_id` and who wrote there (`by`), with a further row for each candidate that the reports moved
    to since."""
    places = written.cte(recursive=True)
    old = aliased(Candidate)
    moved = select(old.superseded_by, places.c.by).join(places, old.id == places.c.candidate_id)
    return places.union(moved.where(old.superseded_by.is_not(None)))

"""The item of which a page tells what was done before."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from store.schema import Candidate

ABOUT = ("rejected", "read", "disputed", "asked", "decided")
"""What an address says with the id of an item."""

UNDOABLE = ("approved", "rejected", "read", "decided")
"""What an address says of a decision that can be taken back, by more than the item's id."""


def undoable(done: Mapping[str, str]) -> dict[str, str]:
    """What the address of the next page tells again, so that a decision can still be taken back after a skip."""
    return {name: done[name] for name in UNDOABLE if done.get(name)}


def last_item(session: Session, done: Mapping[str, str]) -> Candidate | None:
    """The item that an address tells of; null where it tells of none, or there is none of that id."""
    named = next((done[name] for name in ABOUT if done.get(name)), None)
    return None if named is None else session.get(Candidate, named)

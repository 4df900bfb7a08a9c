"""Why an item is still waiting, in words."""

from __future__ import annotations

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from store.schema import Feed, PendingItem, Source


def why_pending(session: Session, item: PendingItem) -> str:
    """What a pending item waits for, to be read beside the moment at which it is due."""
    tried = f"after attempt {item.attempts}" if item.attempts else "not tried yet"
    met = f"nothing of its site since {item.away_since:%Y-%m-%d %H:%M} UTC: " if item.away_since else ""
    told = f"{tried} ({met}{item.reason})" if item.reason else tried
    if not session.scalars(select(item.due_at <= func.now())).one():
        return f"{told}; tried again at this time"
    return "; ".join([told, f"due since this time, {_turn(session, item)}", *_hindered(session, item)])


def _turn(session: Session, item: PendingItem) -> str:
    """How many of its site come before it, in the order of `store.collecting.due_items`."""
    foreign = ~PendingItem.host.endswith(PendingItem.source_id)
    order = tuple_(PendingItem.backfill, foreign, PendingItem.due_at, PendingItem.url)
    own = tuple_(
        literal(item.backfill), literal(not item.host.endswith(item.source_id)), literal(item.due_at), literal(item.url)
    )
    counted = select(func.count()).select_from(PendingItem)
    before = session.scalars(
        counted.where(PendingItem.host == item.host, PendingItem.due_at <= func.now(), order < own)
    ).one()
    return f"{before} of {item.host} are before it" if before else f"the next of {item.host}"


def _hindered(session: Session, item: PendingItem) -> list[str]:
    """What else may keep it: a source that is not polled, a site that is in trouble."""
    hindered = []
    if not session.get_one(Source, item.source_id).verified:
        hindered.append(f"{item.source_id} is not verified: a crawl with --all takes it up")
    error = session.scalars(select(Feed.last_error).where(Feed.url == item.feed_url)).first()
    if error is not None:
        hindered.append(f"its feed answers: {error}")
    return hindered

"""The registry's sources and feeds in their tables, and what each poll of a feed records.

Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.collecting import SeenItem, add_pending
from store.daily import NOTHING_PASSED, PassedOver, count
from store.schema import Feed, Source


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets the next poll of a feed find out that nothing changed."""

    etag: str | None
    last_modified: str | None
    body_hash: str | None


def register_sources(session: Session, sources: Sequence[Source], feeds: Sequence[Feed], interval_seconds: int) -> None:
    """Brings the registry's sources and feeds into the tables. What is known of a feed's polling stays; nothing is
    deleted, since articles refer to it."""
    for source in sources:
        values: dict[str, Any] = {
            name: getattr(source, name) for name in ("name", "url", "jurisdiction", "kind", "languages")
        }
        values["verified"] = bool(source.verified)  # unverified unless stated: these rows see no column's default
        session.execute(
            insert(Source).values(id=source.id, **values).on_conflict_do_update(index_elements=[Source.id], set_=values)
        )
    for feed in feeds:
        changed = {"source_id": feed.source_id, "kind": feed.kind}
        session.execute(
            insert(Feed)
            .values(url=feed.url, **changed, interval_seconds=interval_seconds, failures=0.0)
            .on_conflict_do_update(index_elements=[Feed.url], set_=changed)
        )


def feed_at(session: Session, url: str) -> Feed:
    """One feed's row."""
    return session.execute(select(Feed).where(Feed.url == url)).scalar_one()


def next_polls(session: Session) -> dict[str, dt.datetime | None]:
    """When each feed is to be polled next; null for one never polled."""
    return dict(session.execute(select(Feed.url, Feed.next_poll)).all())


def record_poll(
    session: Session,
    polled: Feed,
    items: Sequence[SeenItem],
    validators: Validators,
    interval: dt.timedelta,
    next_poll: dt.datetime,
    passed: PassedOver = NOTHING_PASSED,
    note: str | None = None,
) -> None:
    """Records a successful poll: the items to fetch and, in the same transaction, the validators that keep the
    next poll from seeing them again. `passed` counts the other entries that the feed listed, `note` says what was
    wrong with its document."""
    count(session, polled.source_id, polls=1, listed=passed.total, **asdict(passed))
    add_pending(session, polled, items, fresh=polled.last_success is not None)
    session.execute(
        update(Feed)
        .where(Feed.url == polled.url)
        .values(
            etag=validators.etag,
            last_modified=validators.last_modified,
            body_hash=validators.body_hash,
            interval_seconds=round(interval.total_seconds()),
            last_polled=func.now(),
            last_success=func.now(),
            last_new_item=func.now() if any(not item.again for item in items) else Feed.last_new_item,
            next_poll=next_poll,
            failures=0.0,
            last_error=None,
            failing_since=None,
            note=note,
        )
    )


def record_failed_poll(session: Session, url: str, error: str, failures: float, next_poll: dt.datetime) -> None:
    """Records a poll that brought nothing. `failures` is the new weighted sum."""
    source_id = session.scalars(
        update(Feed)
        .where(Feed.url == url)
        .values(
            last_polled=func.now(),
            next_poll=next_poll,
            failures=failures,
            last_error=error,
            failing_since=func.coalesce(Feed.failing_since, func.now()),
        )
        .returning(Feed.source_id)
    ).one()
    count(session, source_id, polls=1, polls_failed=1)

"""What became of an item: an article, a stated reason why not, or another attempt later.

Every function works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from sqlalchemy import and_, case, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codebook.events import ArticleFetched
from codebook.records import Article
from store.articles import NOTHING_KNOWN, PageFacts, Stored, store_article
from store.daily import count, note_attempt
from store.gathered import Row, write
from store.outbox import send
from store.schema import FetchOutcome, PendingItem

FinalOutcome = Literal["fetched", "failed", "refused", "unusable"]


def record_article(session: Session, item: PendingItem, article: Article, facts: PageFacts = NOTHING_KNOWN) -> Stored:
    """Stores the article an item led to, its outcome, and the event for the bus when it is new or changed. An older
    wording goes to the versions."""
    own = item.source_id == article.source_id
    stored = store_article(session, article, item.guid if own else None, facts)  # another source's guid tells nothing
    _settle(session, item, "fetched", None, article.id)
    count(session, item.source_id, **{stored: 1}, characters=len(article.text))
    note_attempt(session, item, "fetched", None, article_id=article.id, address=article.url, stored=stored)
    if stored != "unchanged":
        send(session, ArticleFetched.of(article))
    return stored


def record_outcome(
    session: Session, item: PendingItem, outcome: Literal["failed", "refused", "unusable"], reason: str
) -> None:
    """Records that an item led to no article, finally, and why."""
    _settle(session, item, outcome, reason, None)
    count(session, item.source_id, **{outcome: 1})
    note_attempt(session, item, outcome, reason)


def postpone(session: Session, item: PendingItem, reason: str, wait: dt.timedelta) -> None:
    """Records an attempt that brought no article and leaves the item pending for another one after `wait`."""
    note_attempt(session, item, "postponed", reason)
    session.execute(
        update(PendingItem)
        .where(PendingItem.url == item.url)
        .values(attempts=item.attempts + 1, reason=reason, due_at=func.now() + wait, away_since=None)
    )


def _settle(
    session: Session, item: PendingItem, outcome: FinalOutcome, reason: str | None, article_id: str | None
) -> None:
    row = {
        "url": item.url,
        "source_id": item.source_id,
        "article_id": article_id,
        "outcome": outcome,
        "reason": reason,
        "attempts": item.attempts + 1,
        "failed_times": int(outcome == "failed"),
    }
    write(session, _write_outcomes, row)


def _write_outcomes(session: Session, rows: list[Row]) -> None:
    added = insert(FetchOutcome)
    changed: dict[str, Any] = {name: added.excluded[name] for name in ("source_id", "outcome", "reason", "attempts")}
    in_a_row = and_(added.excluded.outcome == "failed", FetchOutcome.outcome == "failed")
    changed["failed_times"] = added.excluded.failed_times + case((in_a_row, FetchOutcome.failed_times), else_=0)
    # A page that once was an article and now is not keeps its article
    changed["article_id"] = func.coalesce(added.excluded.article_id, FetchOutcome.article_id)
    session.execute(
        added.on_conflict_do_update(index_elements=[FetchOutcome.url], set_=changed | {"at": func.now()}), rows
    )
    session.execute(delete(PendingItem).where(PendingItem.url.in_([row["url"] for row in rows])))

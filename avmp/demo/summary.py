"""The state of a demonstration: whether all is settled, and how it ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from pipeline.bus import Bus
from pipeline.stages.link import LinkStage
from pipeline.stages.read import ReadStage
from store import outbox
from store.database import Database
from store.health import counts
from store.schema import StoredArticle, StoredMention


def is_settled(database: Database, bus: Bus) -> bool:
    """Whether all has reached the queue, once nothing more is crawled.

    A message moves while this looks. It cannot move past the looks, because they follow its way: what a stage made of
    a message is in the outbox before the message is acknowledged, and on the bus before the outbox is empty.
    """
    return all(_outbox_is_empty(database) and _is_drained(bus, stage) for stage in (ReadStage, LinkStage))


def _outbox_is_empty(database: Database) -> bool:
    with database.session() as session:
        return outbox.is_empty(session)


def _is_drained(bus: Bus, stage: type[ReadStage | LinkStage]) -> bool:
    """Whether the stage has acknowledged every message of its topics."""
    return not any(bus.lag(stage.name, topic) for topic in stage.topics)


def summary(session: Session) -> dict[str, Any]:
    """The stable JSON object of `avmp demo --exit-when-idle --json`: integers, and maps that count mentions."""
    state = counts(session)
    return {
        "articles_fetched": state.articles,
        "screened_out": state.screened_out,
        "mentions": state.mentions,
        "candidates": state.open + state.approved + state.rejected,
        "by_jurisdiction": _mentions_by(session, StoredMention.jurisdiction),
        "by_language": _mentions_by(session, StoredArticle.lang),
        "by_type": _mentions_by(session, StoredMention.incident_type),
    }


def _mentions_by(session: Session, column: InstrumentedAttribute[Any]) -> dict[str, int]:
    query = (
        select(func.coalesce(column, "unknown"), func.count())
        .select_from(StoredMention)
        .join(StoredArticle, StoredArticle.id == StoredMention.article_id)
        .group_by(column)
    )
    return dict(sorted(session.execute(query).tuples()))

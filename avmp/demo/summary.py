"""The state of a demonstration: whether all is settled, and how it ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from pipeline.bus import Bus
from pipeline.stages.link import LinkStage
from pipeline.stages.read import ReadStage
from store.health import counts
from store.schema import StoredArticle, StoredMention


def is_settled(session: Session) -> bool:
    """Whether no message waits in the outbox."""
    return counts(session).outbox_waiting == 0


def is_drained(bus: Bus) -> bool:
    """Whether the stages have acknowledged every message of their topics."""
    return not any(bus.lag(stage.name, topic) for stage in (ReadStage, LinkStage) for topic in stage.topics)


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

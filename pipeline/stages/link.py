"""The stage `link`: mentions come into the store and their jurisdiction's review queue is brought up to date.

Both happen in one transaction under the jurisdiction's lock, so that an article's mentions are replaced and the
open candidates recomputed together. The article's row is locked first: its mentions in another jurisdiction are
written by another worker, perhaps from an older reading.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from codebook.errors import BadArticle
from codebook.events import MentionsRead
from pipeline.bus import Message
from pipeline.runner import Outcome
from pipeline.stages.processed import record_processed
from pipeline.stages.replacement import Touched, replace_mentions, stored_before
from pipeline.stages.requeue import update_queue
from store.database import Database
from store.queue_lock import hold_queues, lock_queues
from store.schema import Source, StoredArticle

_ARTICLE = (
    select(StoredArticle, Source.kind)
    .join(Source, Source.id == StoredArticle.source_id)
    .where(StoredArticle.id == bindparam("id"))
    .with_for_update(key_share=True, of=StoredArticle)
)


class LinkStage:
    """Writes mentions and keeps the review queue."""

    name = "link"
    topics = (MentionsRead.topic,)

    def __init__(self, database: Database) -> None:
        self._database = database

    def handle(self, message: Message) -> Outcome:
        """All mentions of one article in one jurisdiction.

        Raises:
            BadInput: the message is no event this program can read, or its article is not in the store.
        """
        event = MentionsRead.decode(message.value or b"", message.where)
        with self._database.session() as session:
            article, source_kind = _locked_article(session, event, message.where)
            outcome = Outcome.DONE if _is_newest(article, event) else Outcome.FILTERED
            if known := record_processed(session, self.name, event.event_id, outcome):
                return known
            if outcome is Outcome.DONE:
                before = stored_before(session, event)
                if before:
                    hold_queues(session, lambda: {event.jurisdiction, *stored_before(session, event).values()})
                else:
                    lock_queues(session, [event.jurisdiction])
                touched = replace_mentions(session, event, article, source_kind, before)
                for jurisdiction in _left_first(touched, event):
                    update_queue(session, jurisdiction, touched)
        return outcome


def _locked_article(session: Session, event: MentionsRead, where: str) -> tuple[StoredArticle, str]:
    """The article, and of which kind its source is."""
    found = session.execute(_ARTICLE, {"id": event.article_id}).one_or_none()
    if found is None:
        raise BadArticle(
            where, "article_id", event.article_id, "let the article be read first, then requeue the message"
        )
    return found.StoredArticle, found.kind


def _is_newest(article: StoredArticle, event: MentionsRead) -> bool:
    """Whether the event tells of the article's newest reading; events of different jurisdictions may overtake one
    another, and an older reading must not undo a newer one."""
    return (article.read_hash, article.reader_version) == (event.content_hash, event.reader_version)


def _left_first(touched: Touched, event: MentionsRead) -> list[str | None]:
    """The jurisdictions whose queues are concerned, that of the event last: candidates that mentions have left there
    give their names free."""
    left = touched.jurisdictions - {event.jurisdiction}
    return [*sorted(left, key=str), event.jurisdiction]

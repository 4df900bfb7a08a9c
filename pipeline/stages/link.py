"""The stage `link`: mentions come into the store and their jurisdiction's review queue is brought up to date.

Both happen in one transaction under the jurisdiction's lock, so that an article's mentions are replaced and the
open candidates recomputed together.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codebook.events import MentionsRead
from codebook.records import Mention, facts_of
from pipeline.bus import Message
from pipeline.runner import Outcome
from pipeline.stages.processed import record_processed
from pipeline.stages.requeue import update_queue
from store.database import Database
from store.schema import Candidate, StoredArticle, StoredMention


class LinkStage:
    """Writes mentions and keeps the review queue."""

    name = "link"
    topics = (MentionsRead.topic,)

    def __init__(self, database: Database) -> None:
        self._database = database

    def handle(self, message: Message) -> Outcome:
        """All mentions of one article in one jurisdiction.

        Raises:
            BadInput: the message is no event this program can read.
        """
        event = MentionsRead.decode(message.value or b"", message.where)
        with self._database.session() as session:
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"avmp.link.{event.key}"))))
            outcome = Outcome.DONE if _is_newest(session, event) else Outcome.FILTERED
            if record_processed(session, self.name, event.event_id, outcome) and outcome is Outcome.DONE:
                _replace_mentions(session, event)
                update_queue(session, event.jurisdiction)
        return outcome


def _is_newest(session: Session, event: MentionsRead) -> bool:
    """Whether the event tells of the article's newest reading; events of different jurisdictions may overtake one
    another, and an older reading must not undo a newer one."""
    row = session.get(StoredArticle, event.article_id)
    return row is not None and (row.read_hash, row.reader_version) == (event.content_hash, event.reader_version)


def _replace_mentions(session: Session, event: MentionsRead) -> None:
    stale = session.scalars(
        select(StoredMention).where(
            StoredMention.article_id == event.article_id,
            StoredMention.jurisdiction.is_not_distinct_from(event.jurisdiction),
            StoredMention.id.not_in([m.id for m in event.mentions]),
        )
    ).all()
    undecided = [m.id for m in stale if m.candidate is None or m.candidate.state in ("open", "superseded")]
    session.execute(delete(StoredMention).where(StoredMention.id.in_(undecided)))
    for mention in event.mentions:
        _write(session, mention)


def _write(session: Session, mention: Mention) -> None:
    facts = facts_of(mention).model_dump(mode="json")
    known = session.get(StoredMention, mention.id)
    if known is not None and _must_be_relinked(session, known, facts, mention.jurisdiction):
        known.candidate_id = None
        session.flush()
    values = {
        "id": mention.id,
        "article_id": mention.article_id,
        "position": mention.position,
        "content_hash": mention.content_hash,
        "reader_version": mention.reader_version,
        "jurisdiction": mention.jurisdiction,
        "incident_type": mention.incident_type,
        "subtype": mention.subtype,
        "date": mention.date,
        "facts": facts,
        "confidence": dict(mention.confidence),
        "evidence": [e.model_dump() for e in mention.evidence],
    }
    row = insert(StoredMention).values(values)
    changed = {name: row.excluded[name] for name in values if name not in ("id", "article_id", "position")}
    session.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed | {"read_at": func.now()}))
    session.expire_all()


def _must_be_relinked(
    session: Session, known: StoredMention, facts: dict[str, object], jurisdiction: str | None
) -> bool:
    """A mention leaves its candidate when it moved to another jurisdiction, or when a person decided on it and it
    now tells something else: that is for a person to see again."""
    if known.candidate_id is None:
        return False
    candidate = session.get(Candidate, known.candidate_id)
    decided = candidate is not None and candidate.state in ("approved", "rejected")
    return known.facts != facts if decided else known.jurisdiction != jurisdiction

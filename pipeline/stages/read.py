"""The stage `read`: an article becomes a reading, and its mentions go to the linker of their jurisdiction.

An article that is not relevant ends here, in the screened-out log (`articles.relevant` is false), unless an
earlier reading of it had mentions: then their linkers are told that none are left.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func
from sqlalchemy.orm import Session

from classifiers.reader import Reader
from codebook.errors import BadArticle
from codebook.events import ArticleFetched, MentionsRead
from codebook.records import Article, Mention, Reading
from languages.dates import believable
from pipeline.bus import Message
from pipeline.runner import Outcome
from pipeline.runner.metrics import Metrics
from pipeline.stages.processed import already_processed, record_processed
from store import outbox
from store.articles import store_article
from store.database import Database
from store.schema import Source, StoredArticle


class ReadStage:
    """Reads articles with a reader and writes what it found."""

    name = "read"
    topics = (ArticleFetched.topic,)

    def __init__(self, database: Database, reader: Reader, metrics: Metrics | None = None) -> None:
        """Readings are counted in `metrics` by who read them."""
        self._database = database
        self._reader = reader
        self._metrics = metrics

    def handle(self, message: Message) -> Outcome:
        """One article. It is filtered when it tells no incident, or when a newer version of it is in the store.

        Raises:
            BadInput: the message is no event this program can read, its article has no text or an impossible
                date, or its source is not in
                the registry.
        """
        event = ArticleFetched.decode(message.value or b"", message.where)
        event_id = f"{event.event_id}:{self._reader.version}"
        with self._database.session() as session:
            if outcome := already_processed(session, self.name, event_id):
                return outcome
        _refuse_unreadable(event.article, message.where)
        reading = self._reader.read(event.article)
        with self._database.session() as session:
            row = _article_row(session, event.article, message.where)
            newest = row.content_hash == reading.content_hash
            outcome = Outcome.DONE if newest and reading.mentions else Outcome.FILTERED
            written = record_processed(session, self.name, event_id, outcome) is None and newest
            if written:
                _write(session, row, reading, event)
        if written and self._metrics is not None:
            self._metrics.readings.labels(reading.read_by, reading.fallback or "").inc()
        return outcome


def _refuse_unreadable(article: Article, where: str) -> None:
    if not article.text.strip():
        raise BadArticle(where, "article.text", article.text, "give the article its text")
    for name in ("id", "url", "title", "text"):
        if "\0" in getattr(article, name):
            raise BadArticle(where, f"article.{name}", getattr(article, name), "leave out the NUL characters")
    for name in ("published", "fetched"):
        moment = getattr(article, name)
        if moment is not None and not (moment.tzinfo and believable(moment)):
            remedy = "give a moment of these centuries with its offset from UTC"
            raise BadArticle(where, f"article.{name}", moment.isoformat(), remedy)


def _article_row(session: Session, article: Article, where: str) -> StoredArticle:
    """The article's row, locked; written now when this version came from elsewhere than this store's crawler."""
    row = session.get(StoredArticle, article.id, with_for_update=True)
    if row is not None and (article.content_hash == row.content_hash or article.fetched <= row.fetched):
        return row
    if session.get(Source, article.source_id) is None:
        remedy = "add the source to the registry, then requeue the message"
        raise BadArticle(where, "article.source_id", article.source_id, remedy)
    store_article(session, article)
    return session.get_one(StoredArticle, article.id, with_for_update=True, populate_existing=True)


def _write(session: Session, row: StoredArticle, reading: Reading, event: ArticleFetched) -> None:
    row.lang, row.script = reading.lang, reading.script
    row.relevance, row.relevant = reading.relevance, bool(reading.mentions)
    row.irrelevance_reason = None if reading.mentions else reading.reason or "not_incident"
    row.read_at = func.now()
    row.read_hash, row.reader_version = reading.content_hash, reading.reader_version
    row.read_by, row.read_fallback = reading.read_by, reading.fallback
    before = set(row.read_jurisdictions)
    now = {_key(mention) for mention in reading.mentions}
    row.read_jurisdictions = sorted(now)
    for jurisdiction in sorted(before | now):
        mentions = tuple(m for m in reading.mentions if _key(m) == jurisdiction)
        outbox.send(session, _event(reading, jurisdiction, mentions, event))


def _key(mention: Mention) -> str:
    return mention.jurisdiction or "-"


def _event(reading: Reading, key: str, mentions: Iterable[Mention], cause: ArticleFetched) -> MentionsRead:
    return MentionsRead(
        event_id=f"{cause.event_id}:{reading.reader_version}:{key}",
        occurred_at=cause.occurred_at,
        jurisdiction=None if key == "-" else key,
        article_id=reading.article_id,
        content_hash=reading.content_hash,
        reader_version=reading.reader_version,
        mentions=tuple(mentions),
    )

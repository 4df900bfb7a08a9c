"""Articles and their versions."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codebook.records import Archived, Article
from store.schema import ArticleVersion, StoredArticle

Stored = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the store keeps of a page besides its article. `extraction` is the method that gave the text; `lead` the
    site's own summary. Journalists are private persons: an author goes no further than this row."""

    extraction: str | None = None
    author: str | None = None
    lead: str | None = None


_ADDING = insert(StoredArticle).on_conflict_do_nothing(index_elements=[StoredArticle.id]).returning(StoredArticle.id)

NOTHING_KNOWN = PageFacts()
"""Of an article that did not come from this store's crawler."""


def store_article(
    session: Session, article: Article, guid: str | None = None, facts: PageFacts = NOTHING_KNOWN
) -> Stored:
    """Stores an article as the newest version of its page and keeps the wording it replaces. A moment of publication
    once known is not lost to a version that states none."""
    columns = _columns(article, guid) | asdict(facts)
    if session.scalars(_ADDING, [{"id": article.id, **columns}]).one_or_none() is not None:
        return "new"
    older = session.execute(
        select(StoredArticle.content_hash, StoredArticle.title, StoredArticle.text, StoredArticle.fetched)
        .where(StoredArticle.id == article.id)
        .with_for_update()
    ).one()
    if older.content_hash == article.content_hash:
        return "unchanged"
    _keep_version(session, article.id, older)
    if article.published is None:
        del columns["published"], columns["published_from"]
    session.execute(update(StoredArticle).where(StoredArticle.id == article.id).values(**columns))
    return "changed"


def stored_article(session: Session, article_id: str) -> Article | None:
    """The newest version of an article, without where its bytes lie; None when there is none of this id."""
    row = session.get(StoredArticle, article_id)
    if row is None:
        return None
    plain = Article.model_fields.keys() - {"archived"}
    return Article.model_validate({name: getattr(row, name) for name in plain})


def _keep_version(session: Session, article_id: str, older: Row[str, str, str, dt.datetime]) -> None:
    session.execute(
        insert(ArticleVersion)
        .values(
            article_id=article_id,
            content_hash=older.content_hash,
            title=older.title,
            text=older.text,
            fetched=older.fetched,
        )
        .on_conflict_do_nothing()
    )


def _columns(article: Article, guid: str | None) -> dict[str, Any]:
    archived: Archived | None = article.archived
    return {
        "source_id": article.source_id,
        "source_jurisdiction": article.source_jurisdiction,
        "source_kind": article.source_kind,
        "url": article.url,
        "guid": guid,
        "title": article.title,
        "text": article.text,
        "text_truncated": article.text_truncated,
        "published": article.published,
        "published_from": article.published_from,
        "fetched": article.fetched,
        "content_hash": article.content_hash,
        "archive_path": archived.path if archived else None,
        "archive_offset": archived.offset if archived else None,
        "archive_length": archived.length if archived else None,
        "archive_sha256": archived.sha256 if archived else None,
    }

"""The audit of the reader: a random share of the articles it screened out, looked at by people.

Which articles those are follows from their ids alone (`store.review_rules.drawn`). Nothing is drawn in advance: an
article belongs to the sample from the moment it is screened out.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from codebook.events import MentionsRead
from codebook.records import Mention, mention_id
from store import audit, outbox
from store.clock import Clock, Moment
from store.curation import database_time
from store.review_queue import LEASE, free_for
from store.review_rules import digest, rules, threshold
from store.schema import AuditItem, Candidate, StoredArticle

EVERY = 10
"""After so many decisions of a person comes one article of the audit: a sample that waited until the queue is empty
would never be looked at."""

LOOK_BACK = dt.timedelta(days=7)


def due(session: Session, user: str) -> bool:
    """Whether a person has decided so much since their last answer that an article of the audit should come."""
    last = select(func.max(AuditItem.answered_at)).where(AuditItem.answered_by == user)
    since = func.greatest(func.coalesce(last.scalar_subquery(), func.now() - LOOK_BACK), func.now() - LOOK_BACK)
    decided = select(Candidate.id).where(Candidate.decided_at > since, Candidate.decided_by == user).limit(EVERY)
    return session.scalar(select(func.count()).select_from(decided.subquery())) == EVERY


def take(session: Session, user: str, jurisdiction: str | None = None, lang: str | None = None) -> str | None:
    """Lease an article of the sample that nobody has answered for or holds, of the sources of a jurisdiction and in a
    language where they are named; its id, or null when there is none.

    Articles come in the order of their digests, which is random: what has been answered so far is a random part of
    what was screened out.
    """
    query = (
        _unanswered(session, jurisdiction, lang)
        .where(free_for(AuditItem, user))
        .order_by(func.md5(StoredArticle.id))
        .limit(1)
        .with_for_update(of=StoredArticle, skip_locked=True)
    )
    while (article := session.scalars(query).first()) is not None:
        # Who locked the article a moment ago changed its lease alone, so the query did not look again.
        found = _item(session, article.id)
        if found is None or (found.answer is None and not _held_by_other(session, found, user)):
            _hold(session, article, user)
            return article.id
    return None


def waiting(session: Session, jurisdiction: str | None = None, lang: str | None = None) -> int:
    """How many articles of the sample nobody has answered for."""
    query = _unanswered(session, jurisdiction, lang).with_only_columns(func.count())
    return session.scalar(query) or 0


def lease(session: Session, article_id: str, user: str) -> AuditItem:
    """Lease one article of the sample.

    Raises:
        Conflict: somebody else holds it or has answered for it, or a newer reading found an incident.
        StoreError: there is no such article in the sample.
    """
    article = _locked(session, article_id)
    found = _item(session, article_id)
    if found is None or found.answer is None:
        _require_drawn(session, article, found)
        if found is not None:
            _refuse_other_lease(session, found, article, user)
        return _hold(session, article, user)
    if found.answered_by != user or found.answer == "missed":
        raise _answered(found, article)
    _require_drawn(session, article, found)
    return found


def answer(session: Session, article_id: str, user: str, *, missed: bool, content_hash: str) -> None:
    """What a person says of an article that was screened out. A missed incident goes to the linker as if the reader
    had found it, and comes to the queue from there, with the other reports of its event if there are any; it is
    curated when a person approves it, as everything is. Who said "no incident" may still say "missed".

    Raises:
        Conflict: as for `lease`, or the article was reworded since the person read it.
    """
    held = lease(session, article_id, user)
    article = session.get_one(StoredArticle, article_id)
    if article.content_hash != content_hash:
        raise Conflict("this article was reworded while you read it: read it again, then answer")
    before = held.answer
    held.answer = "missed" if missed else "no_incident"
    if held.answer == before:
        return
    held.content_hash, held.reader_version = article.content_hash, article.reader_version
    held.answered_by, held.answered_at = user, database_time(session)
    held.lease_owner = held.lease_until = None
    if missed:
        outbox.send(session, _found(article))
    audit.record(
        session,
        user,
        "audit article",
        ("article", article_id),
        before={"answer": before} if before else None,
        after={"answer": held.answer},
    )


def release(session: Session, article_id: str, user: str) -> None:
    """Give an article back unanswered."""
    found = _item(session, article_id)
    if found is not None and found.lease_owner == user:
        found.lease_owner = found.lease_until = None


def in_sample(share: float) -> list[ColumnElement[bool]]:
    """Conditions on the articles that were screened out and drawn."""
    return [StoredArticle.relevant.is_(False), func.md5(StoredArticle.id) < threshold(share)]


def _unanswered(session: Session, jurisdiction: str | None, lang: str | None) -> Select[StoredArticle]:
    query = (
        select(StoredArticle)
        .outerjoin(AuditItem, AuditItem.article_id == StoredArticle.id)
        .where(*in_sample(rules(session).audit_share), AuditItem.answer.is_(None))
    )
    if jurisdiction:
        query = query.where(StoredArticle.source_jurisdiction == jurisdiction)
    if lang:
        query = query.where(StoredArticle.lang == lang)
    return query


def _locked(session: Session, article_id: str) -> StoredArticle:
    article = session.get(StoredArticle, article_id, with_for_update=True, populate_existing=True)
    if article is None:
        raise StoreError("there is no article %(id)s: go back to the queue", id=article_id)
    return article


def _item(session: Session, article_id: str) -> AuditItem | None:
    """What is known of an article of the sample, locked and as it is now."""
    return session.get(AuditItem, article_id, with_for_update=True, populate_existing=True)


def _require_drawn(session: Session, article: StoredArticle, found: AuditItem | None) -> None:
    if article.relevant:
        raise Conflict("a newer reading found an incident in this article: it is in the queue")
    share = rules(session).audit_share
    if found is None and not (article.relevant is False and digest(article.id) < threshold(share)):
        raise StoreError("article %(id)s was not drawn for the audit: go back to the queue", id=article.id)


def _refuse_other_lease(session: Session, found: AuditItem, article: StoredArticle, user: str) -> None:
    if not _held_by_other(session, found, user):
        return
    assert found.lease_until is not None
    until = Clock(found.lease_until, article.source_jurisdiction)
    raise Conflict(
        "%(name)s reads this article until %(until)s: take the next one", name=found.lease_owner, until=until
    )


def _held_by_other(session: Session, found: AuditItem, user: str) -> bool:
    if found.lease_until is None or found.lease_owner == user:
        return False
    return found.lease_until > database_time(session)


def _answered(found: AuditItem, article: StoredArticle) -> Conflict:
    assert found.answered_at is not None
    told = {"name": found.answered_by, "when": Moment(found.answered_at, article.source_jurisdiction)}
    if found.answer == "missed":
        return Conflict(
            "%(name)s answered for this article on %(when)s: an incident was missed; take the next one", **told
        )
    return Conflict("%(name)s answered for this article on %(when)s: no incident; take the next one", **told)


def _hold(session: Session, article: StoredArticle, user: str) -> AuditItem:
    held = session.get(AuditItem, article.id)
    if held is None:
        held = AuditItem(
            article_id=article.id,
            content_hash=article.content_hash,
            reader_version=article.reader_version,
            share=rules(session).audit_share,
        )
        session.add(held)
    held.lease_owner, held.lease_until = user, database_time(session) + LEASE
    session.flush()
    return held


def _found(article: StoredArticle) -> MentionsRead:
    """The mention that the reader missed: that there is one, in the jurisdiction of the source. All else is for the
    person who decides on it to fill in."""
    version = article.reader_version or ""
    read_hash = article.read_hash or article.content_hash
    mention = Mention(
        id=mention_id(article.id, 0),
        article_id=article.id,
        position=0,
        content_hash=read_hash,
        reader_version=version,
        incident_type="other",
        jurisdiction=article.source_jurisdiction,
    )
    return MentionsRead(
        event_id=f"audit:{article.id}:{read_hash}:{version}",
        occurred_at=article.fetched,
        jurisdiction=article.source_jurisdiction,
        article_id=article.id,
        content_hash=read_hash,
        reader_version=version,
        mentions=(mention,),
    )

"""What reading an archived page again changes: the store's side of `avmp replay extract`.

Nothing is lost by it: an article whose page gives none any more stays as it is. A changed text is a new version and
goes to the bus once; an unchanged one goes nowhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from codebook.events import ArticleFetched
from codebook.records import Article
from store.articles import PageFacts, store_article
from store.daily import count, note_attempt
from store.outbox import send
from store.schema import FetchedPage, FetchOutcome, PendingItem, StoredArticle

Verdict = Literal["same", "changed", "now an article", "no longer an article"]

NO_ARTICLE = ("unusable", "failed")
"""Outcomes of an item whose page was fetched and gave no article: `failed` where extraction met a defect."""

REASON = "read again from the archive"


def item_of(page: FetchedPage, link: str) -> PendingItem:
    """The item that led to a page, as its feed told of it. `link` is the address it was fetched at."""
    return PendingItem(
        url=page.url,
        source_id=page.source_id,
        link=link,
        guid=page.guid,
        title=page.title,
        published=page.published,
        fresh=page.fresh,
        attempts=0,
    )


def settle_article(session: Session, page: FetchedPage, article: Article, facts: PageFacts) -> Verdict:
    """Stores what the page gives today, if that is new, and sends it to the bus. A page older than the one that its
    article stands on changes nothing but the outcome of its own item, where that led to none."""
    stood = session.get(StoredArticle, article.id, with_for_update=True)
    if stood is not None and stood.fetched > page.fetched:
        if page.article_id is None:
            _settle_outcome(session, page, article.id)
        return "same"
    moment = (stood.published, stood.published_from) if stood is not None else None
    stored = store_article(session, article, page.guid, facts)
    dated = moment is not None and _is_better_dated(article, *moment)
    if stood is not None:
        _note_facts(session, article, facts, dated=dated)
    if page.article_id is None:
        _settle_outcome(session, page, article.id)
    if stored == "unchanged" and not dated:
        return "same"
    count(session, page.source_id, replayed=1)
    kind = "changed" if stored == "unchanged" else stored
    note_attempt(
        session, item_of(page, article.url), "fetched", REASON, article_id=article.id, address=article.url, stored=kind
    )
    send(session, _event(article))
    return "now an article" if stored == "new" else "changed"


def settle_miss(session: Session, page: FetchedPage, reason: str) -> Verdict:
    """Notes why a page is no article today, where it was none before."""
    if page.article_id is not None:
        return "no longer an article"
    if page.reason != reason:
        session.execute(
            update(FetchOutcome)
            .where(
                FetchOutcome.url == page.url,
                FetchOutcome.outcome.in_(NO_ARTICLE),
                FetchOutcome.reason == page.reason,
            )
            .values(reason=reason)
        )
        page.reason = reason
    return "same"


def _is_better_dated(article: Article, published: dt.datetime | None, published_from: str | None) -> bool:
    """Whether today's moment of publication says something else, and not only when the page was fetched."""
    if article.published is None or article.published == published:
        return False
    return published is None or published_from == "fetch" or article.published_from != "fetch"


def _note_facts(session: Session, article: Article, facts: PageFacts, *, dated: bool) -> None:
    values = asdict(facts)
    if dated:
        values |= {"published": article.published, "published_from": article.published_from}
    session.execute(update(StoredArticle).where(StoredArticle.id == article.id).values(**values))


def _settle_outcome(session: Session, page: FetchedPage, article_id: str) -> None:
    session.execute(
        update(FetchOutcome)
        .where(FetchOutcome.url == page.url, FetchOutcome.outcome.in_(NO_ARTICLE))
        .values(outcome="fetched", reason=None, article_id=article_id)
    )
    page.article_id, page.reason = article_id, None


def _event(article: Article) -> ArticleFetched:
    """The event of a version that reading again gave. The moment of reading is part of its id, because extraction may
    change its mind and change it back over one fetched page: those are two events."""
    event = ArticleFetched.of(article)
    moment = dt.datetime.now(dt.UTC).isoformat()
    return event.model_copy(update={"event_id": f"{event.event_id}:replayed:{moment}"})

"""Pages that change: one address, under which every day another bulletin stands.

Each day's is an article of its own, an edition, so that what tomorrow's no longer tells stays told. Its id is made of
the address and the day. Changes within the day are versions of that day's edition; so is a later one that drops
nothing, and still states that day. A page that says nothing new, whatever day it shows, is the last edition.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection

from sqlalchemy.orm import Session

from codebook.records import Article
from crawlers.identity import likeness
from crawlers.identity.normal_form import article_id, normalised
from crawlers.identity.versions import day_of, kept_wording, local_day
from store import identities
from store.schema import PendingItem, StoredArticle

EDITION_ID = re.compile(r"e[0-9a-f]{20}")
"""Ids of editions; those of other articles begin with `a`."""

LATE = dt.timedelta(days=1)
"""By so much a page may be behind with the day it states. One that changes later and states a day already told states
when it was made, not when it was last written."""


def changing_pages(session: Session, source_ids: Collection[str] | None) -> frozenset[str]:
    """The normal forms of the pages that change, of some sources or of all."""
    return frozenset(normalised(url) for url in identities.changing_pages(session, source_ids))


def edition_of(session: Session, item: PendingItem, article: Article) -> tuple[StoredArticle | None, Article]:
    """The edition that a page is, where it is known, and the article with its id and, where the page states a day
    long over, the moment of its fetch instead."""
    address = normalised(article.url)
    last = identities.last_article(session, {item.url, address})
    if last is not None and kept_wording(session, last, article):
        return last, article.model_copy(update={"id": last.id})
    day, seen = day_of(article), local_day(article.fetched, article)
    id_, known = edition_id(address, f"{day}"), _of_day(session, address, day)
    if known is not None and seen > day and not _drops_nothing(known, article):
        id_ = edition_id(address, f"{day} as of {seen}")
        known = session.get(StoredArticle, id_)
        if seen - day > LATE:
            article = article.model_copy(update={"published": article.fetched, "published_from": "fetch"})
    return known, article.model_copy(update={"id": known.id if known else id_})


def edition_id(address: str, day: str) -> str:
    """The id of the edition of a day at an address in normal form: `e` and 20 hex digits."""
    return "e" + hashlib.sha256(f"edition {day} {address}".encode()).hexdigest()[:20]


def is_edition(article: StoredArticle) -> bool:
    """Whether an article is what a page that changes told of a day."""
    return EDITION_ID.fullmatch(article.id) is not None


def _of_day(session: Session, address: str, day: dt.date) -> StoredArticle | None:
    """The edition of a day: also an article that bears the id of the address itself, as all did in earlier releases."""
    known = session.get(StoredArticle, edition_id(address, f"{day}"))
    if known is not None:
        return known
    itself = session.get(StoredArticle, article_id(address))
    return itself if itself is not None and normalised(itself.url) == address and day_of(itself) == day else None


def _drops_nothing(known: StoredArticle, article: Article) -> bool:
    return len(article.text) >= len(known.text) and likeness.is_same_report(known.text, article.text)

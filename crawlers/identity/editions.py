"""Pages that change: one address, under which every day another bulletin stands.

Each day's is an article of its own, an edition, so that what tomorrow's no longer tells stays told. So is, within the
day, one that no longer tells what an earlier one of that day did: a version would replace the mentions of the one
before, although nobody has reviewed them. What drops nothing is a version, also on a later day while the page states
the day before. A page that says nothing new, whatever day it shows, is the last edition. The id of an edition is made
of the address, the day, and its number within that.
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
    name = f"{day}"
    told = _editions(session, address, name, _first_of_day(session, address, day))
    held = _held_by(told, article)
    if held is None and told and seen > day:
        name = f"{day} as of {seen}"
        told = _editions(session, address, name, session.get(StoredArticle, edition_id(address, name)))
        held = _held_by(told, article)
        if seen - day > LATE:
            article = article.model_copy(update={"published": article.fetched, "published_from": "fetch"})
    return held, article.model_copy(update={"id": held.id if held else _id(address, name, len(told) + 1)})


def _id(address: str, name: str, number: int) -> str:
    return edition_id(address, name if number == 1 else f"{name} {number}")


def edition_id(address: str, name: str) -> str:
    """The id of the edition of this name at an address in normal form: `e` and 20 hex digits."""
    return "e" + hashlib.sha256(f"edition {name} {address}".encode()).hexdigest()[:20]


def is_edition(article: StoredArticle) -> bool:
    """Whether an article is what a page that changes told of a day."""
    return EDITION_ID.fullmatch(article.id) is not None


def _first_of_day(session: Session, address: str, day: dt.date) -> StoredArticle | None:
    """The first edition of a day: also an article that bears the id of the address itself, as all did in earlier
    releases."""
    known = session.get(StoredArticle, edition_id(address, f"{day}"))
    if known is not None:
        return known
    itself = session.get(StoredArticle, article_id(address))
    return itself if itself is not None and normalised(itself.url) == address and day_of(itself) == day else None


def _editions(session: Session, address: str, name: str, first: StoredArticle | None) -> list[StoredArticle]:
    """The editions of a name, from the first on."""
    found: list[StoredArticle] = []
    known = first
    while known is not None:
        found.append(known)
        known = session.get(StoredArticle, _id(address, name, len(found) + 1))
    return found


def _held_by(told: list[StoredArticle], article: Article) -> StoredArticle | None:
    """The newest of some editions of which a page drops nothing, and so is a version."""
    return next((known for known in reversed(told) if likeness.keeps_all(known.text, article.text)), None)

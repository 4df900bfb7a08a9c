"""Which article a fetched page is, and what it adds to it.

In this order: its address; the address it declares; where its feed pointed; its feed's guid; its source, title and
day. From the second on the page must also look like the article: an address, a guid or a title can be given to many.
All pages of a source are settled one at a time, so that two that are one article become one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator

from sqlalchemy.orm import Session

from codebook.records import Article
from crawlers.identity import likeness
from crawlers.identity.normal_form import article_id, normalised
from languages.dates import timezone_of
from store import collecting, identities
from store.articles import PageFacts, Stored
from store.identities import Marks
from store.schema import PendingItem, StoredArticle

IDLE_GUID = re.compile(r"\w{0,4}|\d{1,4}|[a-z]{0,5}\W?\d{1,3}", re.IGNORECASE)
"""A guid that says nothing: a few characters, or a number, named or not, that may be a place in the feed."""


def settle(session: Session, item: PendingItem, article: Article, facts: PageFacts) -> tuple[Stored, str]:
    """Stores what a fetched page is, as an article or as a version of one, with its outcome and, when it says
    something new, its event. Returns what it was and the id of its article."""
    identities.lock_sources(session, [item.source_id])
    declared = session.get(StoredArticle, article.id)
    known = _known(session, item, article, declared)
    if known is None:
        if declared is not None:
            article = article.model_copy(update={"id": _free_id(session, article)})
    else:
        article = article.model_copy(update={"id": known.id} | _kept_wording(session, known, article))
    stored = collecting.record_article(session, item, article, facts)
    identities.note_addresses(session, article.id, [item.url, normalised(article.url)])
    if stored != "unchanged":
        mark(session, article)
    return stored, article.id


def mark(session: Session, article: Article | StoredArticle) -> None:
    """Writes by what an article is compared with others, and which earlier one it resembles most."""
    bands = likeness.bands(article.text)
    resembles, share = None, 0.0
    if bands:
        phrases = likeness.phrases(article.text)
        for other in identities.near(session, article.id, bands, article.fetched):
            found = likeness.likeness(phrases, likeness.phrases(other.text))
            if found >= max(likeness.NEAR, share):
                resembles, share = other.id, found
    marks = Marks(likeness.title_key(article.title), bands)
    identities.mark(session, article.id, marks, resembles, round(share, 3) if resembles else None)


def _known(
    session: Session, item: PendingItem, article: Article, declared: StoredArticle | None
) -> StoredArticle | None:
    """The article that a page is a version of; None when it is a new one. `declared` is the one that has its id."""
    address = normalised(article.url)
    found = identities.at_addresses(session, {address, item.url})
    here, pointed = found.get(address), found.get(item.url)
    if here is not None and (_has_address(here, article) or _is_later_version(here, article)):
        return here
    if declared is not None and (_has_address(declared, article) or _is_copy(declared, article)):
        return declared
    if pointed is not None and _is_later_version(pointed, article):
        return pointed
    if item.guid and not IDLE_GUID.fullmatch(item.guid):
        same_guid = identities.with_guid(session, item.source_id, item.guid, item.url)
        if same_guid is not None and _is_update(same_guid, article):
            return same_guid
    return next(_with_same_title(session, article), None)


def _with_same_title(session: Session, article: Article) -> Iterator[StoredArticle]:
    """Articles of the same source, title and day that are the same report, as two bulletins of one title are not."""
    about = article.published or article.fetched
    for other in identities.with_title(session, article.source_id, likeness.title_key(article.title), about):
        if _day(other) == _day(article) and likeness.is_same_report(other.text, article.text):
            yield other


def _has_address(known: StoredArticle, article: Article) -> bool:
    """Whether the newest version of an article was fetched where this page was."""
    return normalised(known.url) == normalised(article.url)


def _is_copy(known: StoredArticle, article: Article) -> bool:
    return likeness.is_same_report(known.text, article.text)


def _is_later_version(known: StoredArticle, article: Article) -> bool:
    return likeness.is_related(known.title, known.text, article.title, article.text)


def _is_update(known: StoredArticle, article: Article) -> bool:
    """Whether a page with the guid of an article is a version of it. A feed that uses a guid again does so for another
    day, or for another bulletin of the same title."""
    same_title = likeness.title_key(known.title) == likeness.title_key(article.title)
    if same_title or _day(known) != _day(article):
        return _is_copy(known, article)
    return _is_later_version(known, article)


def _day(article: Article | StoredArticle) -> dt.date:
    """The day an article was published, where it was published."""
    return (article.published or article.fetched).astimezone(timezone_of(article.source_jurisdiction)).date()


def _free_id(session: Session, article: Article) -> str:
    """The id of a new article where another has that of the address it declares: of its own, or one made for it where
    it cannot have that either."""
    own = article_id(article.url)
    if session.get(StoredArticle, own) is None:
        return own
    return "a" + hashlib.sha256(f"apart {normalised(article.url)}".encode()).hexdigest()[:20]


def _kept_wording(session: Session, known: StoredArticle, article: Article) -> dict[str, str]:
    """The wording an article keeps because the new one says nothing new: other spacing or script, a counter or a
    ticker with other headlines of the site."""
    kept = {"title": known.title, "text": known.text}
    if likeness.title_key(known.title) != likeness.title_key(article.title):
        return {}
    changed = likeness.changed_lines(known.text, article.text)
    keys = {likeness.title_key(" ".join(line)) for line in changed}
    if changed and not identities.are_titles(session, known.source_id, keys, but=known.id):
        return {}
    return kept

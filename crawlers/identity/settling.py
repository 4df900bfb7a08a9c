"""Which article a fetched page is, and what it adds to it.

In this order: its address; the address it declares; where its feed pointed; its feed's guid; its source, title and
day. From the second on the page must also look like the article: an address, a guid or a title can be given to many.
All pages of a source are settled one at a time, so that two that are one article become one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from codebook.records import Article
from crawlers.identity import likeness
from crawlers.identity.normal_form import article_id, normalised
from languages.dates import timezone_of
from store import collecting, identities
from store.articles import PageFacts, Stored
from store.gathered import gathering
from store.identities import Given, Marks
from store.schema import PendingItem, StoredArticle

IDLE_GUID = re.compile(r"\w{0,4}|\d{1,4}|[a-z]{0,5}\W?\d{1,3}", re.IGNORECASE)
"""A guid that says nothing: a few characters, or a number, named or not, that may be a place in the feed."""


@dataclass(frozen=True, slots=True)
class Settling:
    """A fetched page: the item that led to it, the article it would be alone, and what else is kept of it."""

    item: PendingItem
    article: Article
    facts: PageFacts

    @property
    def address(self) -> str:
        """The normal form of where it was fetched."""
        return normalised(self.article.url)

    @property
    def guid(self) -> Given | None:
        """Its feed's guid, where that can tell it from others."""
        guid = self.item.guid
        return (self.item.source_id, guid) if guid and not IDLE_GUID.fullmatch(guid) else None

    @property
    def title(self) -> Given:
        """Its title, as titles are compared."""
        return self.article.source_id, likeness.title_key(self.article.title)

    @property
    def moment(self) -> dt.datetime:
        """When it was published, as far as that is known."""
        return self.article.published or self.article.fetched


def settle(session: Session, item: PendingItem, article: Article, facts: PageFacts) -> tuple[Stored, str]:
    """What `settle_all` says of one page."""
    return settle_all(session, [Settling(item, article, facts)])[0]


def settle_all(session: Session, pages: Sequence[Settling]) -> list[tuple[Stored, str]]:
    """Stores what fetched pages are, each as an article or as a version of one, with its outcome and, when it says
    something new, its event. Returns of each what it was and the id of its article."""
    identities.lock_sources(session, {page.item.source_id for page in pages})
    settled: list[tuple[Stored, str]] = []
    for group in _apart(pages):
        with gathering(session):
            known = _Known(session, group)
            settled += [_settle(session, page, known) for page in group]
        session.expire_all()
    return settled


def _apart(pages: Iterable[Settling]) -> Iterator[list[Settling]]:
    """The pages in groups in which no source stands twice: a page may be the article that one before it became."""
    group: list[Settling] = []
    for page in pages:
        if any(page.item.source_id == other.item.source_id for other in group):
            yield group
            group = []
        group.append(page)
    if group:
        yield group


class _Known:
    """The articles that some pages may be versions of, by what they have in common."""

    def __init__(self, session: Session, pages: Sequence[Settling]) -> None:
        addresses = {page.address for page in pages} | {page.item.url for page in pages}
        guids = {guid for page in pages if (guid := page.guid)}
        moments = [page.moment for page in pages]
        day = dt.timedelta(days=1)
        self.at = identities.at_addresses(session, addresses)
        self.by_id = identities.with_ids(session, {page.article.id for page in pages})
        self.by_guid = identities.with_guids(session, guids)
        self.waiting = identities.waiting_with_guids(session, guids)
        self.by_title = identities.with_titles(
            session, {page.title for page in pages}, min(moments) - day, max(moments) + day
        )

    def with_guid(self, page: Settling) -> StoredArticle | None:
        """The one article of the page's source whose feed gave it the page's guid; None when several have it, or an
        item that waits under another address: then the guid tells nothing."""
        if page.guid is None or self.waiting.get(page.guid, set()) - {page.item.url}:
            return None
        found = self.by_guid.get(page.guid, [])
        return found[0] if len(found) == 1 else None


def _settle(session: Session, page: Settling, known: _Known) -> tuple[Stored, str]:
    older, article = _older(page, known), page.article
    if older is not None:
        article = article.model_copy(update={"id": older.id} | _kept_wording(session, older, article))
    elif article.id in known.by_id:
        article = article.model_copy(update={"id": _free_id(session, article)})
    stored = collecting.record_article(session, page.item, article, page.facts)
    identities.note_addresses(session, article.id, [page.item.url, page.address])
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


def _older(page: Settling, known: _Known) -> StoredArticle | None:
    """The article that a page is a version of; None when it is a new one."""
    article = page.article
    here = known.at.get(page.address)
    if here is not None and (_has_address(here, article) or _is_later_version(here, article)):
        return here
    declared = known.by_id.get(article.id)
    if declared is not None and (_has_address(declared, article) or _is_copy(declared, article)):
        return declared
    pointed = known.at.get(page.item.url)
    if pointed is not None and _is_later_version(pointed, article):
        return pointed
    same_guid = known.with_guid(page)
    if same_guid is not None and _is_update(same_guid, article):
        return same_guid
    same_title = known.by_title.get(page.title, [])
    return next((other for other in same_title if _day(other) == _day(article) and _is_copy(other, article)), None)


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

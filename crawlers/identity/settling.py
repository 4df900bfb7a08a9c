"""Which article a fetched page is, and what it adds to it.

In this order: its address; the address it declares; where its feed pointed; its feed's guid; its source, title and
day. From the second on the page must also look like the article: an address, a guid or a title can be given to many.
All pages of a source are settled one at a time, so that two that are one article become one. A page that changes is
an edition instead: see `editions`.
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
from crawlers.identity.editions import changing_pages, edition_of, is_edition
from crawlers.identity.normal_form import article_id, normalised
from crawlers.identity.versions import day_of, kept_wording
from store import identities
from store.articles import PageFacts, Stored
from store.gathered import gathering
from store.identities import Given, Marks
from store.outcomes import record_article
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
        """Its feed's guid, where that can tell it from others of its source."""
        guid = self.item.guid if self.item.source_id == self.article.source_id else None
        return (self.item.source_id, guid) if guid and not IDLE_GUID.fullmatch(guid) else None

    @property
    def sources(self) -> frozenset[str]:
        """The source that listed it, and the one that it belongs to."""
        return frozenset({self.item.source_id, self.article.source_id})

    @property
    def title(self) -> Given:
        """Its title, as titles are compared."""
        return self.article.source_id, likeness.title_key(self.article.title)

    @property
    def moment(self) -> dt.datetime:
        """When it was published, as far as that is known."""
        return self.article.published or self.article.fetched


def settle_all(session: Session, pages: Sequence[Settling]) -> list[tuple[Stored, str]]:
    """Stores what fetched pages are, each as an article or as a version of one, with its outcome and, when it says
    something new, its event. Returns of each what it was and the id of its article."""
    identities.lock_sources(session, frozenset().union(*(page.sources for page in pages)))
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
        if any(page.sources & other.sources for other in group):
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
        self.changing = changing_pages(session, {page.item.source_id for page in pages})
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
    article, addresses = _identified(session, page, known)
    stored = record_article(session, page.item, article, page.facts)
    identities.note_addresses(session, article.id, addresses)
    if stored != "unchanged":
        mark(session, article)
    return stored, article.id


def identified(session: Session, page: Settling) -> tuple[Article, list[str]]:
    """A page with the id of the article that it is, and what of the wording known that keeps; and the addresses, in
    their normal form, under which that is to be found again. No other page of the source is settled before this
    transaction ends."""
    identities.lock_sources(session, page.sources)
    return _identified(session, page, _Known(session, [page]))


def _identified(session: Session, page: Settling, known: _Known) -> tuple[Article, list[str]]:
    article, addresses = page.article, [page.item.url, page.address]
    if known.changing.isdisjoint(addresses):
        older = _older(page, known)
        if older is not None:
            article = article.model_copy(update={"id": older.id})
        elif article.id in known.by_id:
            article = article.model_copy(update={"id": _free_id(session, article)})
    else:
        older, article = edition_of(session, page.item, article)
        addresses = [page.address]  # what pointed to it points to another edition tomorrow
    return article.model_copy(update=kept_wording(session, older, article) if older else {}), addresses


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
    """The article that a page is a version of; None when it is a new one. An edition of a page that changes takes no
    page from elsewhere."""
    alike = _alike(page, known)
    return next((older for older in alike if _has_address(older, page.article) or not is_edition(older)), None)


def _alike(page: Settling, known: _Known) -> Iterator[StoredArticle]:
    """The articles that a page may be a version of, the likeliest first."""
    article = page.article
    here = known.at.get(page.address)
    if here is not None and (_has_address(here, article) or _is_later_version(here, article)):
        yield here
    declared = known.by_id.get(article.id)
    if declared is not None and (_has_address(declared, article) or _is_copy(declared, article)):
        yield declared
    pointed = known.at.get(page.item.url)
    if pointed is not None and _is_later_version(pointed, article):
        yield pointed
    same_guid = known.with_guid(page)
    if same_guid is not None and _is_update(same_guid, article):
        yield same_guid
    for other in known.by_title.get(page.title, []):
        if day_of(other) == day_of(article) and _is_copy(other, article):
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
    if same_title or day_of(known) != day_of(article):
        return _is_copy(known, article)
    return _is_later_version(known, article)


def _free_id(session: Session, article: Article) -> str:
    """The id of a new article where another has that of the address it declares: of its own, or one made for it where
    it cannot have that either."""
    own = article_id(article.url)
    if session.get(StoredArticle, own) is None:
        return own
    return "a" + hashlib.sha256(f"apart {normalised(article.url)}".encode()).hexdigest()[:20]

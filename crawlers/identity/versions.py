"""What the new wording of an article says that the one before did not, and the day of an article."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from codebook.records import Article
from crawlers.identity import likeness
from languages.dates import local
from store import identities
from store.schema import StoredArticle


def day_of(article: Article | StoredArticle) -> dt.date:
    """The day an article was published, where it was published; that of its fetch where nothing tells it."""
    return local_day(article.published or article.fetched, article)


def local_day(moment: dt.datetime, article: Article | StoredArticle) -> dt.date:
    """The day of a moment where an article was published."""
    return local(moment, article.source_jurisdiction).date()


def kept_wording(session: Session, known: StoredArticle, article: Article) -> dict[str, str]:
    """The wording an article keeps because the new one says nothing new: other spacing or script, a counter or a
    ticker with other headlines of the site. Empty where it does."""
    kept = {"title": known.title, "text": known.text}
    if likeness.title_key(known.title) != likeness.title_key(article.title):
        return {}
    changed = likeness.changed_lines(known.text, article.text)
    keys = {likeness.title_key(" ".join(line)) for line in changed}
    if changed and not identities.are_titles(session, known.source_id, keys, but=known.id):
        return {}
    return kept

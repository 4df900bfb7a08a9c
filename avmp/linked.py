"""Reading and linking in memory: what `avmp link` prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from classifiers.reader import Reader
from codebook.records import Article, Mention, facts_of
from linking.linker import link
from linking.mentions import LinkableMention

LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


def linked(articles: Iterable[Article], reader: Reader) -> Iterator[dict[str, Any]]:
    """`{"id", "mention", "candidate"}` for every mention, in order of publication, those without last, by id."""
    ordered = sorted(articles, key=lambda a: (a.published or LAST, a.id))
    mentions = [(article, mention) for article in ordered for mention in reader.read(article).mentions]
    groups = link(linkable(article, mention) for article, mention in mentions)
    candidates = {m.id: group.id for group in groups for m in group.mentions}
    for article, mention in mentions:
        yield {"id": article.id, "mention": mention.position, "candidate": candidates[mention.id]}


def linkable(article: Article, mention: Mention) -> LinkableMention:
    """A mention as the linker takes it."""
    return LinkableMention(
        id=mention.id,
        article_id=article.id,
        published=article.published,
        official=article.source_kind == "official",
        facts=facts_of(mention),
        confidence=mention.confidence.get("incident_type", 1.0),
    )

"""Reading and linking in memory: what `avmp link` prints, and how well it was linked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from avmp.link_views import Told, by_labels, by_readings, linkable
from classifiers.labelled import LabelledArticle
from classifiers.reader import Reader
from codebook.records import Article
from languages.identification import reading_language
from linking.evaluation import LinkingScores, scores
from linking.linker import link
from linking.suggesting import suggestions

LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


def linked(articles: Iterable[Article], reader: Reader) -> Iterator[dict[str, Any]]:
    """`{"id", "mention", "candidate"}` for every mention, in order of publication, those without last, by id."""
    ordered = sorted(articles, key=lambda a: (a.published or LAST, a.id))
    readings = [(article, reader.read(article)) for article in ordered]
    told = [(article, reading, mention) for article, reading in readings for mention in reading.mentions]
    groups = link(linkable(article, reading, mention) for article, reading, mention in told)
    candidates = {m.id: group.id for group in groups for m in group.mentions}
    for article, _, mention in told:
        yield {"id": article.id, "mention": mention.position, "candidate": candidates[mention.id]}


def linking_scores(articles: Iterable[LabelledArticle], reader: Reader) -> dict[str, LinkingScores]:
    """How well the articles of one event come together, by the facts the linker was given: `labelled` as the labels
    state them (the linker alone), `read` as the reader does (linker and reader; a missed mention is on its own). The
    hints are those of the articles' text in both.

    Counted over articles that tell one incident and name their event.
    """
    told = [article for article in articles if article.event_key and len(article.incidents) == 1]
    read = by_readings(told, (reader.read(article.article) for article in told))
    return {"labelled": _scores(told, list(by_labels(told))), "read": _scores(told, list(read))}


def _scores(articles: Sequence[LabelledArticle], told: Sequence[Told]) -> LinkingScores:
    """The scores by article: of its mentions the one that tells its event; without one it is on its own."""
    events = {article.id: str(article.event_key) for article in articles}
    languages = {article.id: reading_language(article.lang) for article in articles}
    groups = link(one.mention for one in told)
    group_of = {mention.id: group.id for group in groups for mention in group.mentions}
    of_article = {one.mention.article_id: group_of[one.mention.id] for one in told if one.event in events.values()}
    predicted = {article: of_article.get(article, f"alone {article}") for article in events}
    asked = {frozenset((one.a, one.b)) for one in suggestions(groups)}
    return scores(events, predicted, languages, asked)

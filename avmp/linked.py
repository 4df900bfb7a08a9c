"""Reading and linking in memory: what `avmp link` prints, and how well it was linked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from classifiers.labelled import LabelledArticle, LabelledIncident
from classifiers.reader import Reader
from codebook.gazetteer import gazetteer
from codebook.records import Article, Facts, Mention, Perpetrator, Victim, facts_of
from linking.evaluation import PairwiseScores, pairwise
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


def linking_scores(articles: Iterable[LabelledArticle], reader: Reader) -> dict[str, PairwiseScores]:
    """How well the articles of one event come together, by the facts the linker was given: `labelled` as the labels
    state them (the linker alone), `read` as the reader does (linker and reader; a missed mention is on its own).

    Counted over articles that tell one incident and name their event.
    """
    told = [article for article in articles if article.event_key and len(article.incidents) == 1]
    events = {article.id: str(article.event_key) for article in told}
    labelled = [_linkable(article.article, _facts(article.incidents[0])) for article in told]
    read = [
        linkable(article.article, mention) for article in told for mention in reader.read(article.article).mentions[:1]
    ]
    return {
        name: pairwise(events, _groups(events, mentions)) for name, mentions in (("labelled", labelled), ("read", read))
    }


def _groups(events: Iterable[str], mentions: Iterable[LinkableMention]) -> dict[str, str]:
    """The group of each article, by article id; an article without a mention is a group of its own."""
    together = {mention.article_id: group.id for group in link(mentions) for mention in group.mentions}
    return {article: together.get(article, f"alone {article}") for article in events}


def _linkable(article: Article, facts: Facts) -> LinkableMention:
    return LinkableMention(f"{article.id}:0", article.id, article.published, official=False, facts=facts)


def _facts(incident: LabelledIncident) -> Facts:
    """What a label says, as the reader would state it."""
    found = gazetteer().lookup(incident.place, incident.jurisdiction) if incident.place else []
    return Facts(
        incident_type=incident.incident_type,
        subtype=incident.subtype,
        date=incident.date,
        date_precision="day" if incident.date else "unknown",
        jurisdiction=incident.jurisdiction,
        place=incident.place,
        place_id=found[0].id if found else None,
        weapons=incident.weapons,
        possession=incident.possession,
        victims=tuple(Victim(**victim.model_dump()) for victim in incident.victims),
        perpetrators=tuple(Perpetrator(**one.model_dump()) for one in incident.perpetrators),
        seizure=incident.seizure,
    )

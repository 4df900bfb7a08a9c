"""Labelled articles as the linker gets them: with the facts of the labels, or those that a reader reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from classifiers.evaluation.alignment import aligned
from classifiers.labelled import LabelEvidence, LabelledArticle, LabelledIncident
from codebook.gazetteer import gazetteer
from codebook.records import Article, Evidence, Facts, Mention, Perpetrator, Reading, Victim, facts_of, mention_id
from languages.identification import reading_language
from linking.days import possible_days
from linking.hints import hints
from linking.mentions import LinkableMention, sureness_of

KEY = b"for comparisons in memory; nothing made with it is stored"


class Told(NamedTuple):
    """A mention and the event it tells; `event` is the mention's own where it tells none that is labelled."""

    mention: LinkableMention
    event: str


def linkable(article: Article, reading: Reading, mention: Mention) -> LinkableMention:
    """A mention of a reading as the linker takes it."""
    others = [piece for other in reading.mentions if other is not mention for piece in other.evidence]
    return LinkableMention(
        id=mention.id,
        article_id=article.id,
        published=article.published,
        official=article.source_kind == "official",
        facts=facts_of(mention),
        sureness=sureness_of(mention.confidence),
        days=possible_days(mention, mention.confidence, mention.alternatives),
        hints=hints(article.title, article.text, reading.lang, KEY, own=mention.evidence, others=others),
    )


def by_labels(articles: Iterable[LabelledArticle]) -> Iterator[Told]:
    """Every labelled incident with the facts of its label and the hints of the article's own text."""
    for labelled in articles:
        article, lang = labelled.article, reading_language(labelled.lang)
        pieces = [list(_evidence(article, incident.evidence)) for incident in labelled.incidents]
        for n, incident in enumerate(labelled.incidents):
            others = [piece for m, told in enumerate(pieces) if m != n for piece in told]
            found = hints(article.title, article.text, lang, KEY, own=pieces[n], others=others)
            id_ = mention_id(article.id, n)
            mention = LinkableMention(id_, article.id, article.published, False, _facts(incident), hints=found)  # noqa: FBT003
            yield Told(mention, incident.event_key or labelled.event_key or id_)


def by_readings(articles: Iterable[LabelledArticle], readings: Iterable[Reading]) -> Iterator[Told]:
    """Every mention of the readings, in the same order, and the event of the incident that it is most like."""
    for labelled, reading in zip(articles, readings, strict=True):
        events = {
            mention.id: incident.event_key or labelled.event_key
            for incident, mention in aligned(labelled.incidents, reading.mentions)
            if mention is not None
        }
        for mention in reading.mentions:
            yield Told(linkable(labelled.article, reading, mention), events.get(mention.id) or mention.id)


def _evidence(article: Article, told: LabelEvidence | None) -> Iterator[Evidence]:
    if told is None:
        return
    one = (("type", told.type), ("place", told.place), ("date", told.date), ("possession", told.possession))
    many = (("weapons", told.weapons), ("victims", told.victims), ("perpetrators", told.perpetrators))
    pieces = [*one, *((name, words) for name, all_ in many for words in all_), *(("seizure", w) for w in told.seizure)]
    for field, words in pieces:
        part = next((part for part in ("title", "text") if words and words in getattr(article, part)), None)
        if words and (part == "title" or part == "text"):
            start = getattr(article, part).index(words)
            yield Evidence(field=field, part=part, start=start, end=start + len(words))


def _facts(incident: LabelledIncident) -> Facts:
    """What a label says, as the reader would state it."""
    found = gazetteer().lookup(incident.place, incident.jurisdiction) if incident.place else []
    place = found[0] if found else None
    return Facts(
        incident_type=incident.incident_type,
        subtype=incident.subtype,
        date=incident.date,
        date_precision="day" if incident.date else "unknown",
        jurisdiction=incident.jurisdiction,
        place=incident.place,
        place_id=place and place.id,
        latitude=place and place.latitude,
        longitude=place and place.longitude,
        geo_precision=1 if incident.place else 3,
        weapons=incident.weapons,
        possession=incident.possession,
        victims=tuple(Victim(**victim.model_dump()) for victim in incident.victims),
        perpetrators=tuple(Perpetrator(**one.model_dump()) for one in incident.perpetrators),
        seizure=incident.seizure,
    )

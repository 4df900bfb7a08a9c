"""The line from a fetched article to the review queue, on a database and an embedded bus of the test's own.

Its reader takes articles whose text is JSON: a list of incidents, each with the fields of `codebook.records.Facts` and,
if it is read with doubt, `confidence` and `alternatives`. The stages, the relay, the bus and the database are the real
ones.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from classifiers.reader import Reader
from codebook.events import ArticleFetched, MentionsRead
from codebook.records import Article, Facts, Incident, Mention, Reading, mention_id
from pipeline.bus import Subscription
from pipeline.bus.embedded import EmbeddedBus
from pipeline.relay import Relay
from pipeline.runner import Outcome, Stage
from pipeline.stages.link import LinkStage
from pipeline.stages.read import ReadStage
from pipeline.topics import TOPICS
from store import decisions, outbox
from store.articles import store_article
from store.database import Database
from store.schema import Candidate, OutboxMessage, Source, StoredMention, User

FETCHED = dt.datetime(2025, 3, 4, 9, 0, tzinfo=dt.UTC)

SHOOTING: dict[str, Any] = {
    "incident_type": "public_dispute",
    "date": "2025-03-03",
    "date_precision": "day",
    "jurisdiction": "RS",
    "place": "Novi Pazar",
    "place_id": "RS-novi-pazar",
    "latitude": 43.14,
    "longitude": 20.51,
    "geo_precision": 1,
    "weapons": ["handgun"],
    "victims": [{"sex": "male", "age": 34, "outcome": "injured"}],
}
"""An incident; others are made from it by what differs."""

KILLED = {"victims": [{"sex": "male", "age": 34, "outcome": "killed"}]}
ELSEWHERE = {
    "place": "Subotica",
    "place_id": "RS-subotica",
    "latitude": 46.1,
    "longitude": 19.67,
    "victims": [{"sex": "female", "age": 51, "outcome": "injured"}],
}
IN_BOSNIA = {
    "jurisdiction": "BA",
    "place": "Zenica",
    "place_id": "BA-zenica",
    "latitude": 44.2,
    "longitude": 17.91,
}


DOUBT = {"confidence", "alternatives"}


class JsonReader:
    """Reads an article whose text is the JSON of its incidents."""

    def __init__(self, version: str = "json-1") -> None:
        self.version = version

    def read(self, article: Article) -> Reading:
        mentions = [
            Mention(
                **Facts.model_validate({name: told[name] for name in told.keys() - DOUBT}).model_dump(),
                **{name: told[name] for name in told.keys() & DOUBT},
                id=mention_id(article.id, position),
                article_id=article.id,
                position=position,
                content_hash=article.content_hash,
                reader_version=self.version,
            )
            for position, told in enumerate(json.loads(article.text))
        ]
        return Reading(
            article_id=article.id,
            content_hash=article.content_hash,
            reader_version=self.version,
            lang="sr",
            script="Latn",
            relevance=0.9 if mentions else 0.1,
            relevant=bool(mentions),
            reason=None if mentions else "no_firearm",
            mentions=tuple(mentions),
        )


def article(id_: str, *incidents: dict[str, Any], minutes: int = 0, **fields: Any) -> Article:
    """A version of an article that tells these incidents, fetched so many minutes after `FETCHED`."""
    values = {
        "id": id_,
        "source_id": "one.example",
        "url": f"https://one.example/{id_}",
        "title": id_,
        "text": json.dumps(incidents),
        "published": FETCHED,
        "published_from": "page",
        "fetched": FETCHED + dt.timedelta(minutes=minutes),
        "source_jurisdiction": "RS",
    }
    return Article.model_validate(values | fields)


class Line:
    """The stages over one database."""

    def __init__(self, url: str, reader: Reader | None = None) -> None:
        self.url = url
        self.database = Database(url)
        self.bus = EmbeddedBus(url)
        self.relay = Relay(self.database, self.bus)
        self.bus.ensure_topics(TOPICS)
        self.read_with(reader or JsonReader())
        self.link: Stage = LinkStage(self.database)
        self._subscriptions: dict[str, Subscription] = {}
        with self.database.session() as session:
            for id_, kind in (("one.example", "media"), ("two.example", "media"), ("police.example", "official")):
                session.merge(
                    Source(id=id_, name=id_, url=f"https://{id_}/", jurisdiction="RS", kind=kind, languages=["sr"])
                )
            session.merge(User(name="ana", role="validator"))

    def read_with(self, reader: Reader) -> None:
        self.read: Stage = ReadStage(self.database, reader)

    def crawl(self, *articles: Article) -> None:
        """Store articles as the crawler does: row and event in one transaction, nothing for what is unchanged."""
        for one in articles:
            with self.database.session() as session:
                if store_article(session, one) != "unchanged":
                    outbox.send(session, ArticleFetched.of(one))

    def flow(self, *names: str) -> list[tuple[str, Outcome]]:
        """Let all that waits in outbox and topics flow through these stages, or through all to the queue; what they made
        of each message."""
        stages = [stage for stage in (self.read, self.link) if not names or stage.name in names]
        outcomes: list[tuple[str, Outcome]] = []
        while self.relay.publish_waiting() or self._work(stages, outcomes):
            pass
        return outcomes

    def tell(self, *articles: Article) -> list[tuple[str, Outcome]]:
        """Crawl articles and let them flow."""
        self.crawl(*articles)
        return self.flow()

    def told(self) -> list[MentionsRead]:
        """All events for the linkers so far, in the order they were sent."""
        with self.database.session() as session:
            query = select(OutboxMessage).where(OutboxMessage.topic == MentionsRead.topic).order_by(OutboxMessage.id)
            return [MentionsRead.decode(row.value or b"", "outbox") for row in session.scalars(query)]

    def _work(self, stages: Sequence[Stage], outcomes: list[tuple[str, Outcome]]) -> bool:
        worked = False
        for stage in stages:
            if stage.name not in self._subscriptions:
                self._subscriptions[stage.name] = self.bus.subscribe(stage.name, stage.topics)
            subscription = self._subscriptions[stage.name]
            while batch := subscription.poll(100, timeout=0):
                outcomes += [(stage.name, stage.handle(message)) for message in batch]
                assert subscription.acknowledge(batch)
                worked = True
        return worked

    def replay(self, stage: str) -> None:
        """Let a stage receive everything again."""
        self._subscriptions[stage].seek_to_beginning()

    def candidates(self, *states: str) -> list[Candidate]:
        """Candidates with these states, by id; without any: those that are not superseded."""
        with self.database.session() as session:
            query = select(Candidate).where(Candidate.state.in_(states or ("open", "approved", "rejected")))
            return list(session.scalars(query.order_by(Candidate.id)))

    def candidate(self, *states: str) -> Candidate:
        """The only candidate."""
        [found] = self.candidates(*states)
        return found

    def mentions(self, candidate: Candidate | None = None) -> list[str]:
        """Ids of the mentions, or of those of one candidate."""
        with self.database.session() as session:
            query = select(StoredMention.id).order_by(StoredMention.id)
            if candidate is not None:
                query = query.where(StoredMention.candidate_id == candidate.id)
            return list(session.scalars(query))

    def queue(self) -> dict[str, tuple[Any, ...]]:
        """What a monitor sees: candidates by id, each with what it holds and proposes."""
        return {
            c.id: (c.state, c.kind, c.incident_id, tuple(self.mentions(c)), c.proposal, c.priority)
            for c in self.candidates()
        }

    def approve(self, candidate: Candidate, **corrections: Any) -> Incident:
        """Approve a candidate as proposed, but for corrections."""
        facts = Facts.model_validate(candidate.proposal | corrections)
        with self.database.session() as session:
            return decisions.approve(session, candidate.id, version=candidate.version, by="ana", facts=facts)

    def reject(self, candidate: Candidate, reason: str) -> None:
        with self.database.session() as session:
            decisions.reject(session, candidate.id, version=candidate.version, by="ana", reason=reason)

    def close(self) -> None:
        for subscription in self._subscriptions.values():
            subscription.close()
        self.bus.close()
        self.database.close()

"""The bus over PostgreSQL: topics, appending, lag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, and_, create_engine, exists, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from pipeline.bus.base import Bus, NewMessage, Partition, Topic, key_bytes, unknown_topic
from pipeline.bus.embedded.failures import bus_errors
from pipeline.bus.embedded.retention import clean
from pipeline.bus.embedded.sharing import MESSAGES, channel
from pipeline.bus.embedded.subscription import EmbeddedSubscription
from pipeline.bus.partitioning import partition_of
from store.schema.bus import BusGroupOffset, BusMessage, BusPartition, BusTopic

INSERT_LIMIT = 16_000_000
"""Bytes of values in one INSERT, far under the gigabyte PostgreSQL takes in a statement."""


class EmbeddedBus(Bus):
    """A durable partitioned log in the tables of `store.schema.bus`.

    Args:
        url: SQLAlchemy URL (`postgresql+psycopg2://…`) of a migrated database.
    """

    def __init__(self, url: str) -> None:
        # A client's machine may vanish without a word: its locks are free again when TCP notices, in half a minute.
        keepalive = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
        self._engine: Engine = create_engine(url, pool_pre_ping=True, connect_args={"options": keepalive})
        self._partition_counts: dict[str, int] = {}

    def _append(self, messages: Sequence[NewMessage]) -> None:
        queues: dict[Partition, list[NewMessage]] = defaultdict(list)
        for message in messages:
            number = partition_of(message.key, self._partition_count(message.topic))
            queues[Partition(message.topic, number)].append(message)
        with bus_errors(), Session(self._engine) as session, session.begin():
            heads = _locked_heads(session, queues)
            for page in _pages(_rows(queues, heads)):
                session.execute(insert(BusMessage), page)
            for partition, queue in queues.items():
                session.execute(update(BusPartition).where(_is(partition)).values(head=heads[partition] + len(queue)))
            for topic in {partition.topic for partition in queues}:
                session.execute(select(func.pg_notify(channel(topic), MESSAGES)))

    def subscribe(self, group: str, topics: Sequence[str]) -> EmbeddedSubscription:
        return EmbeddedSubscription(
            self._engine,
            group,
            [Partition(topic, number) for topic in topics for number in range(self._partition_count(topic))],
        )

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        with bus_errors(), Session(self._engine) as session, session.begin():
            for topic in sorted(topics, key=lambda topic: topic.name):
                kept = {"compacted": topic.compacted, "retention": topic.retention}
                session.execute(
                    upsert(BusTopic)
                    .values(name=topic.name, **kept)
                    .on_conflict_do_update(index_elements=[BusTopic.name], set_=kept)
                )
                # The upsert holds the topic's row, so that two who create it do so one after the other.
                if not session.scalar(select(exists().where(BusPartition.topic == topic.name))):
                    rows = [{"topic": topic.name, "number": number} for number in range(topic.partitions)]
                    session.execute(insert(BusPartition), rows)

    def lag(self, group: str, topic: str) -> int:
        self._partition_count(topic)
        first_wanted = func.greatest(func.coalesce(BusGroupOffset.offset, BusPartition.tail), BusPartition.tail)
        behind = func.sum(func.greatest(BusPartition.head - first_wanted, 0))
        acknowledged = and_(
            BusGroupOffset.consumer_group == group,
            BusGroupOffset.topic == BusPartition.topic,
            BusGroupOffset.partition == BusPartition.number,
        )
        query = select(behind).outerjoin_from(BusPartition, BusGroupOffset, acknowledged)
        with bus_errors(), Session(self._engine) as session:
            return int(session.scalar(query.where(BusPartition.topic == topic)) or 0)

    def clean(self) -> int:
        with bus_errors(), Session(self._engine) as session:
            return clean(session)

    def close(self) -> None:
        self._engine.dispose()

    def _partition_count(self, topic: str) -> int:
        if topic not in self._partition_counts:
            query = select(func.count()).select_from(BusPartition).where(BusPartition.topic == topic)
            with bus_errors(), Session(self._engine) as session:
                count = session.scalar(query) or 0
            if not count:
                raise unknown_topic(topic)
            self._partition_counts[topic] = count
        return self._partition_counts[topic]


def _locked_heads(session: Session, partitions: Iterable[Partition]) -> dict[Partition, int]:
    """Lock the partitions until commit, in one order for all publishers so that none waits for another in a circle;
    the next offset of each."""
    query = (
        select(BusPartition.topic, BusPartition.number, BusPartition.head)
        .where(tuple_(BusPartition.topic, BusPartition.number).in_(list(partitions)))
        .order_by(BusPartition.topic, BusPartition.number)
        .with_for_update(key_share=True)
    )
    return {Partition(topic, number): head for topic, number, head in session.execute(query)}


def _rows(queues: dict[Partition, list[NewMessage]], heads: dict[Partition, int]) -> Iterator[dict[str, Any]]:
    for partition, queue in queues.items():
        for offset, message in enumerate(queue, heads[partition]):
            yield {
                "topic": partition.topic,
                "partition": partition.number,
                "offset": offset,
                "key": key_bytes(message.key),
                "value": message.value,
                "headers": dict(message.headers),
            }


def _pages(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    page: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        page.append(row)
        size += len(row["value"] or b"")
        if size >= INSERT_LIMIT:
            yield page
            page, size = [], 0
    if page:
        yield page


def _is(partition: Partition) -> Any:
    return and_(BusPartition.topic == partition.topic, BusPartition.number == partition.number)

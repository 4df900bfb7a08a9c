"""The bus on Apache Kafka: topics, an idempotent producer, lag."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer, OffsetSpec, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError

from codebook.errors import BusError
from pipeline.bus.base import Bus, NewMessage, Topic, key_bytes, unknown_topic
from pipeline.bus.kafka.failures import bus_errors
from pipeline.bus.kafka.subscription import KafkaSubscription
from pipeline.bus.partitioning import partition_of

ANSWER_TIMEOUT = 10.0
"""Seconds a broker has to answer a request before it counts as unavailable."""

DELIVERY_TIMEOUT = 30.0
"""Seconds the producer itself tries again before `publish` gives up; the caller may publish anew."""


class KafkaBus(Bus):
    """Apache Kafka 3.0 or newer.

    Args:
        servers: bootstrap addresses, `host:port`. Nothing is contacted before the first use.
    """

    def __init__(self, servers: Sequence[str]) -> None:
        self._servers = list(servers)
        self._lock = threading.Lock()
        self._admin: Any = None
        self._producer: Any = None
        self._partition_counts: dict[str, int] = {}

    def _append(self, messages: Sequence[NewMessage]) -> None:
        placed = [(m, partition_of(m.key, self._partition_count(m.topic))) for m in messages]
        try:
            with bus_errors():
                producer = self._producer_client()
                sent = [
                    producer.send(
                        message.topic,
                        key=key_bytes(message.key),
                        value=message.value,
                        headers=[(name, key_bytes(value)) for name, value in message.headers.items()],
                        partition=partition,
                    )
                    for message, partition in placed
                ]
                for future in sent:
                    future.get(timeout=2 * DELIVERY_TIMEOUT)
        except BusError:
            self._drop_producer()
            raise

    def subscribe(self, group: str, topics: Sequence[str]) -> KafkaSubscription:
        for topic in topics:
            self._partition_count(topic)
        return KafkaSubscription(self._servers, group, topics)

    def ensure_topics(self, topics: Iterable[Topic]) -> None:
        for topic in topics:
            retention = -1 if topic.retention is None else int(topic.retention.total_seconds() * 1000)
            policy = "compact" if topic.compacted else "delete"
            configs = {"cleanup.policy": policy, "retention.ms": str(retention)}
            wanted = {topic.name: {"num_partitions": topic.partitions, "configs": configs}}
            with self._lock, bus_errors():
                admin = self._admin_client()
                try:
                    admin.create_topics(wanted, wait_for_metadata=True)
                except TopicAlreadyExistsError:
                    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs)])

    def lag(self, group: str, topic: str) -> int:
        partitions = [TopicPartition(topic, number) for number in range(self._partition_count(topic))]
        with self._lock, bus_errors():
            admin = self._admin_client()
            firsts = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
            ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
            done = admin.list_group_offsets({group: partitions}).get(group, {})
        behind = 0
        for partition in partitions:
            acknowledged = done[partition].offset if partition in done else 0
            behind += max(ends[partition].offset - max(acknowledged, firsts[partition].offset), 0)
        return behind

    def clean(self) -> int:
        return 0

    def close(self) -> None:
        self._drop_producer()
        with self._lock:
            if self._admin is not None:
                self._admin.close()
                self._admin = None

    def _partition_count(self, topic: str) -> int:
        if topic not in self._partition_counts:
            with self._lock, bus_errors():
                [found] = self._admin_client().describe_topics([topic])
            if not found["partitions"]:
                raise unknown_topic(topic)
            self._partition_counts[topic] = len(found["partitions"])
        return self._partition_counts[topic]

    def _admin_client(self) -> Any:
        if self._admin is None:
            self._admin = KafkaAdminClient(
                bootstrap_servers=self._servers,
                bootstrap_timeout_ms=int(ANSWER_TIMEOUT * 1000),
                request_timeout_ms=int(ANSWER_TIMEOUT * 1000),
            )
        return self._admin

    def _producer_client(self) -> Any:
        with self._lock:
            if self._producer is None:
                self._producer = KafkaProducer(
                    bootstrap_servers=self._servers,
                    acks="all",
                    enable_idempotence=True,
                    allow_auto_create_topics=False,
                    bootstrap_timeout_ms=int(ANSWER_TIMEOUT * 1000),
                    request_timeout_ms=int(ANSWER_TIMEOUT * 1000),
                    max_block_ms=int(ANSWER_TIMEOUT * 1000),
                    delivery_timeout_ms=int(DELIVERY_TIMEOUT * 1000),
                )
            return self._producer

    def _drop_producer(self) -> None:
        # What a failed producer still holds must not come after what the caller publishes anew.
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=0)

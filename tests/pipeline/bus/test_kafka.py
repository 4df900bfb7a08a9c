"""Kafka keeps the contract, and what only it can show. The broker is a real one: see `tests/kafka_broker.py`."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from codebook.errors import BusUnavailable
from pipeline.bus import NewMessage, Partition, Topic
from pipeline.bus.kafka import KafkaBus
from tests.kafka_broker import running_broker
from tests.pipeline.bus.contract import PATIENCE, BusContract, receive


class TestKafkaBus(BusContract):
    @pytest.fixture
    def address(self, kafka_address: str) -> str:
        return kafka_address

    def retention(self, address: str, topic: str) -> dt.timedelta | None:
        admin = KafkaAdminClient(bootstrap_servers=address.removeprefix("kafka://"))
        configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
        admin.close()
        milliseconds = int(configs["topic"][topic]["retention.ms"]["value"])
        return None if milliseconds < 0 else dt.timedelta(milliseconds=milliseconds)

    def cut(self, address: str, partition: Partition, first: int) -> None:
        admin = KafkaAdminClient(bootstrap_servers=address.removeprefix("kafka://"))
        admin.delete_records({TopicPartition(*partition): first})
        admin.close()


@pytest.fixture
def server(kafka_address: str) -> str:
    return kafka_address.removeprefix("kafka://")


@pytest.fixture
def bus(server: str) -> Iterator[KafkaBus]:
    with KafkaBus([server]) as bus:
        yield bus


def test_a_compacted_topic_is_one_on_the_broker(bus: KafkaBus, server: str) -> None:
    name = f"kafka.{uuid.uuid4().hex}"
    bus.ensure_topics([Topic(name, partitions=3, compacted=True)])
    admin = KafkaAdminClient(bootstrap_servers=server)
    [topic] = admin.describe_topics([name])
    configs = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    admin.close()
    assert len(topic["partitions"]) == 3
    assert "compact" in repr(configs)


def test_a_message_of_another_program_is_read_without_key_and_headers_as_text(bus: KafkaBus, server: str) -> None:
    name = f"kafka.{uuid.uuid4().hex}"
    bus.ensure_topics([Topic(name)])
    producer = KafkaProducer(bootstrap_servers=server)
    producer.send(name, value=b"v", headers=[("h", b"\xff\xc5\xa1")]).get(timeout=30)
    producer.close()
    with bus.subscribe("readers", [name]) as subscription:
        [message] = receive(subscription, 1)
    assert (message.key, message.value) == ("", b"v")
    bus.publish([NewMessage(name, message.key, message.value, message.headers)])
    with bus.subscribe("others", [name]) as subscription:
        assert receive(subscription, 2)[1].headers == message.headers


@pytest.mark.slow
def test_a_broker_that_stops_is_unavailable_to_publisher_and_reader_and_serves_them_again_when_back() -> None:
    with running_broker() as broker:
        bus = KafkaBus([broker.server])
        name = f"kafka.{uuid.uuid4().hex}"
        bus.ensure_topics([Topic(name)])
        bus.publish([NewMessage(name, "k", b"before")])
        with bus.subscribe("readers", [name]) as subscription:
            assert subscription.acknowledge(receive(subscription, 1))
            broker.stop()
            with pytest.raises(BusUnavailable):
                receive(subscription, 1)
            with pytest.raises(BusUnavailable):
                bus.publish([NewMessage(name, "k", b"lost or not")])
            broker.start()
            bus.publish([NewMessage(name, "k", b"after")])
            received: list[bytes | None] = []
            deadline = time.monotonic() + PATIENCE
            while b"after" not in received:
                assert time.monotonic() < deadline
                with suppress(BusUnavailable):  # until the client's next try to connect
                    received += [m.value for m in subscription.poll(10, timeout=1)]
            assert b"before" not in received, "the broker kept what was acknowledged"
        bus.close()


def test_no_broker_is_unavailable() -> None:
    with pytest.raises(BusUnavailable, match="does not answer"):
        KafkaBus(["127.0.0.1:1"]).lag("readers", "topic")

"""Where the Kafka tests get their broker: from an address, from Maven's artifacts, and never silently from nowhere."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from tests import kafka_broker
from tests.kafka_broker import running_broker, some_broker

Failed = pytest.fail.Exception


def test_the_address_in_the_environment_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVMP_TEST_KAFKA", "broker.example:9092")
    monkeypatch.setattr(kafka_broker, "running_broker", lambda: pytest.fail("started one of its own"))
    with some_broker() as server:
        assert server == "broker.example:9092"


def test_the_artifacts_through_maven_are_a_broker_that_goes_with_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_broker, "_container_engine", lambda: None)
    with running_broker() as broker:
        admin = KafkaAdminClient(bootstrap_servers=broker.server)
        assert len(admin.describe_cluster()["brokers"]) == 1
        admin.close()
        home = broker._home
        assert home.is_dir()
    assert not home.exists()
    host, port = broker.server.split(":")
    with pytest.raises(OSError):
        socket.create_connection((host, int(port)), timeout=1)


def test_without_any_broker_the_tests_fail_and_name_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AVMP_TEST_KAFKA", raising=False)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    remedy = "install a JDK 17 or newer and Maven, start Docker or Podman, or set AVMP_TEST_KAFKA"
    with pytest.raises(Failed, match=remedy), some_broker():
        pass


def test_without_maven_the_tests_fail_and_name_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kafka_broker, "ROOT", tmp_path)
    monkeypatch.setattr(kafka_broker.shutil, "which", lambda _: None)
    with pytest.raises(Failed, match="install a JDK 17 or newer and Maven"):
        kafka_broker._artifacts()

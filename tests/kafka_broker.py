"""A real Apache Kafka for the tests.

Looked for in this order: an address in `AVMP_TEST_KAFKA` (`host:port`), a container engine whose daemon answers, the
official artifacts through Maven (tests/kafka/pom.xml, kept in .cache/kafka) on a JDK of 17 or newer. Where none is
there the tests fail and name what to install.

A broker of ours runs under tests/kafka/guard.py, which stops it and removes its data however the tests end.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from store.embedded.locks import exclusive

ROOT = Path(__file__).parents[1]
POM = Path(__file__).parent / "kafka" / "pom.xml"
GUARD = Path(__file__).parent / "kafka" / "guard.py"
IMAGE = "apache/kafka:4.1.0"
CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg"
"""Any 16 bytes in base64; this is the example of Kafka's documentation."""

START_LIMIT = 180.0
"""Seconds a broker may take to answer; two on an idle machine."""

REMEDY = "install a JDK 17 or newer and Maven, start Docker or Podman, or set AVMP_TEST_KAFKA to host:port"

PROPERTIES = """
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
log.dirs={data}
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


class Broker:
    """A broker of ours on one port, to be stopped and started again with its data.

    Attributes:
        server: its address, `host:port`.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port, controller = _free_ports(2)
        self.server = f"127.0.0.1:{self._port}"
        self._guard: subprocess.Popen[bytes] | None = None
        self._data = home / "data"
        self._engine = _container_engine()
        if self._engine is not None:
            self._data.mkdir()
            self._data.chmod(0o777)  # the image's broker is a user of its own
        else:
            self._java, self._classpath = _java(), _artifacts()
            self._properties = home / "server.properties"
            settings = PROPERTIES.format(port=self._port, controller=controller, data=self._data)
            self._properties.write_text(settings)
            self._format()

    def start(self) -> None:
        command = [sys.executable, str(GUARD), str(self._home), *self._command()]
        with (self._home / "log").open("ab") as log:
            self._guard = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + START_LIMIT
        while not _answers(self.server):
            if self._guard.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the Kafka broker did not start: {self._log_end()}", pytrace=False)
            time.sleep(0.2)

    def stop(self) -> None:
        if self._guard is not None:
            self._guard.communicate(b"keep")
            self._guard = None

    def _command(self) -> list[str]:
        if self._engine is not None:
            settings = {
                "KAFKA_PROCESS_ROLES": "broker,controller",
                "KAFKA_NODE_ID": "1",
                "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
                "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{self.server}",
                "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
                "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
                "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
                "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
                "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
                "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
                "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
                "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
                "KAFKA_LOG_DIRS": "/data",
            }
            environment = [part for name, value in settings.items() for part in ("-e", f"{name}={value}")]
            run = [self._engine, "run", "--rm", "-p", f"{self.server}:9092", "-v", f"{self._data}:/data"]
            return [*run, *environment, IMAGE]
        flags = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return [self._java, *flags, "-cp", self._classpath, "kafka.Kafka", str(self._properties)]

    def _format(self) -> None:
        tool = [self._java, "-cp", self._classpath, "kafka.tools.StorageTool"]
        command = [*tool, "format", "--standalone", "-t", CLUSTER_ID, "-c", str(self._properties)]
        subprocess.run(command, check=True, capture_output=True)

    def _log_end(self) -> str:
        lines = (self._home / "log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


@contextmanager
def some_broker() -> Iterator[str]:
    """Address of the broker in `AVMP_TEST_KAFKA`, else of one of ours."""
    if server := os.environ.get("AVMP_TEST_KAFKA"):
        yield server
        return
    with running_broker() as broker:
        yield broker.server


@contextmanager
def running_broker() -> Iterator[Broker]:
    """A broker of the caller's own, gone with all its data afterwards."""
    home = Path(tempfile.mkdtemp(prefix="kafka-"))
    try:
        broker = Broker(home)
        try:
            broker.start()
            yield broker
        finally:
            broker.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _container_engine() -> str | None:
    for engine in ("docker", "podman"):
        if (path := shutil.which(engine)) and subprocess.run([path, "info"], capture_output=True).returncode == 0:
            return path
    return None


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = f"{home}/bin/java" if home else shutil.which("java")
    said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr if java else ""
    version = re.search(r'version "(\d+)', said)
    if not java or not version or int(version[1]) < 17:
        pytest.fail(f"the Kafka tests need a broker: {REMEDY}", pytrace=False)
    return java


def _artifacts() -> str:
    """Classpath of the broker, fetched once for each state of the pom."""
    digest = hashlib.sha256(POM.read_bytes()).hexdigest()[:12]
    kept = ROOT / ".cache" / "kafka" / digest
    kept.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(kept.parent / "fetching.lock"):  # Maven's own store is not for two at once
        if not kept.is_dir():
            _fetch(kept)
    return f"{kept}/*"


def _fetch(kept: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        pytest.fail(f"the Kafka tests need a broker: {REMEDY}", pytrace=False)
    fresh = Path(tempfile.mkdtemp(dir=kept.parent))
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    done = subprocess.run([maven, "-q", "-B", "-f", str(POM), *goal], capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stdout.strip().splitlines() or ["it said nothing"])[0]
        pytest.fail(f"Maven could not fetch the Kafka broker: {said}: {REMEDY}", pytrace=False)
    fresh.rename(kept)


def _answers(server: str) -> bool:
    try:
        admin = KafkaAdminClient(bootstrap_servers=server, bootstrap_timeout_ms=2000)
    except (KafkaError, OSError):
        return False
    admin.close()
    return True


def _free_ports(count: int) -> list[int]:
    """Ports below those the system gives to outgoing connections, one of which might take a broker's while it starts
    again."""
    free: set[int] = set()
    while len(free) < count:
        port = random.randrange(15_000, 30_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            free.add(port)
    return sorted(free)

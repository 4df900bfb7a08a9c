"""The distributed form, process by process as docker-compose.yml starts it, over a real Kafka and PostgreSQL.

From served news pages to an incident on the topic of curated incidents; two processes are killed on the way.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from avmp.demo.outlets import articles, outlets
from avmp.demo.run import CRAWL
from avmp.demo.sites import serve_sites
from avmp.demo.sources import write_registry
from codebook.events import IncidentPublished
from codebook.records import Facts, Incident
from pipeline.bus import Subscription, connect
from pipeline.stages.link import LinkStage
from pipeline.stages.read import ReadStage
from store.database import Database
from store.decisions import approve
from store.health import Counts, counts
from store.schema import Candidate
from store.users import add_user
from tests.kafka_broker import running_broker
from tests.system.compose import ours

pytestmark = pytest.mark.slow

ARTICLES = sum(len(articles(outlet.id)) for outlet in outlets())


class Process:
    """One service of ours, with the command docker-compose.yml gives it."""

    def __init__(self, service: str, environment: dict[str, str], log: Path) -> None:
        self.service, self.environment, self.log = service, environment, log
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "avmp", *ours()[self.service]["command"]]
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()

    def stop(self) -> int:
        self.running.send_signal(signal.SIGTERM)
        return self.running.wait(60)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def environment(empty_database_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A broker, an empty database and served outlets, as settings of the processes."""
    with running_broker() as broker, serve_sites() as bases:
        write_registry(tmp_path / "sources", bases)
        crawl = CRAWL | {"archive_dir": str(tmp_path / "archive"), "contact": "https://example.org/tests"}
        lines = [f"sources = {json.dumps(str(tmp_path / 'sources'))}", "[crawl]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in crawl.items()]
        (tmp_path / "avmp.toml").write_text("\n".join([*lines, "[web]", "port = 0"]), encoding="utf-8")
        yield {name: value for name, value in os.environ.items() if not name.startswith("AVMP_")} | {
            "AVMP_DATABASE": empty_database_url,
            "AVMP_BUS": f"kafka://{broker.server}",
            "AVMP_SETTINGS": str(tmp_path / "avmp.toml"),
        }


@contextmanager
def _running(environment: dict[str, str], folder: Path, *services: str) -> Iterator[dict[str, Process]]:
    processes = {name: Process(name, environment, folder / f"{name}.log") for name in services}
    try:
        yield processes
    except BaseException:
        for process in processes.values():
            sys.stderr.write(f"--- {process.service}\n{process.said()[-2000:]}\n")
        raise
    finally:
        for process in processes.values():
            if process.running.poll() is None:
                process.kill()


def _wait(for_what: str, holds: Callable[[], object], seconds: float = 240.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, for_what
        time.sleep(0.3)


def _counts(database: Database) -> Counts:
    with database.session() as session:
        return counts(session)


def test_from_a_news_page_to_a_curated_incident_on_the_bus(environment: dict[str, str], tmp_path: Path) -> None:
    migrate = [sys.executable, "-m", "avmp", *ours()["migrate"]["command"]]
    subprocess.run(migrate, env=environment, check=True, timeout=120)
    subprocess.run(migrate, env=environment, check=True, timeout=120)  # a second migration finds nothing to do
    database = Database(environment["AVMP_DATABASE"])
    with database.session() as session:
        add_user(session, "ana", "monitor", "a long password", by="test")

    with _running(environment, tmp_path, "crawler", "reader", "linker", "web") as processes:
        _wait("the crawler fetches", lambda: _counts(database).articles > 10)
        processes["reader"].kill()
        _wait("the crawler ends its round", lambda: _counts(database).articles == ARTICLES)
        processes["reader"].start()
        _wait("the reader reads", lambda: _counts(database).unread < ARTICLES - 20)
        processes["linker"].kill()
        processes["linker"].start()
        with connect(environment["AVMP_BUS"]) as bus:

            def drained() -> bool:
                state = _counts(database)
                lag = sum(bus.lag(stage.name, topic) for stage in (ReadStage, LinkStage) for topic in stage.topics)
                return state.unread == state.unlinked == state.outbox_waiting == lag == 0

            _wait("all stages drain", drained)
            state = _counts(database)
            assert state.articles == ARTICLES == state.screened_out + state.relevant
            assert state.fetch_failures == 0
            assert state.open > 40
            _sign_in(processes["web"])
            with database.session() as session:
                row = session.scalars(select(Candidate).where(Candidate.jurisdiction.is_not(None)).limit(1)).one()
                facts = Facts.model_validate(row.proposal)
                incident = approve(session, row.id, version=row.version, by="ana", facts=facts)
            with bus.subscribe("test", [IncidentPublished.topic]) as curated:
                _wait("the incident is published", lambda: incident in _published(curated))
        for process in processes.values():
            assert process.stop() == 0, process.said()
    database.close()


def _sign_in(web: Process) -> None:
    """What a monitor does first, by the address the process printed."""
    _wait("the web process listens", lambda: "Serving on" in web.said())
    address = re.findall(r"Serving on (http://\S+)", web.said())[-1]
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        page = client.get("/sign-in")
        (token,) = re.findall(r'name="csrf" value="([^"]+)"', page.text)
        client.post("/sign-in", data={"name": "ana", "password": "a long password", "csrf": token, "then": "/queue"})
        queue = client.get("/queue")
        assert (queue.status_code, queue.url.path) == (200, "/queue")
        assert "Kosovo*" in queue.text


def _published(curated: Subscription) -> list[Incident]:
    return [IncidentPublished.decode(m.value, "topic").incident for m in curated.poll(10, timeout=1) if m.value]

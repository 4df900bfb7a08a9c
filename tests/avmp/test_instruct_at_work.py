"""The whole way with the instruct stage: a worker of its own, a server that answers one article and fails the other."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from store.schema import StoredArticle
from tests.avmp.model_server import Reply, completion, model_server
from tests.classifiers.instruct.answers import answer, article, written
from tests.pipeline.stages.line import Line

WHY = "the instruction model did not answer: refused with status 401"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read(line: Line) -> dict[str, StoredArticle]:
    """The articles that were read."""
    with line.database.session() as session:
        rows = [session.get_one(StoredArticle, id_) for id_ in ("a", "b")]
    return {row.id: row for row in rows if row.read_at is not None}


def test_a_worker_asks_the_model_and_tells_who_read(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url)
    line.crawl(article("a"), article("b"))
    line.relay.publish_waiting()
    port = _free_port()
    with model_server(completion(written(answer())), Reply(401, b"{}")) as server:
        settings = {
            "AVMP_DATABASE": database_url,
            "AVMP_HOME": str(tmp_path),
            "AVMP_METRICS_PORT": str(port),
            "AVMP_INSTRUCT__ADDRESS": server.address,
        }
        worker = subprocess.Popen([sys.executable, "-m", "avmp", "work", "read"], env=os.environ | settings)
        try:
            end = time.monotonic() + 90
            while len(_read(line)) < 2:
                assert worker.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
            metrics = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        finally:
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
    read = _read(line)
    assert {row.read_by: row.read_fallback for row in read.values()} == {"instruct": None, "encoder": WHY}
    assert 'avmp_readings_total{fallback="",read_by="instruct"} 1.0' in metrics
    assert f'avmp_readings_total{{fallback="{WHY}",read_by="encoder"}} 1.0' in metrics
    (by_model,) = [event for event in line.told() if read[event.article_id].read_by == "instruct"]
    assert by_model.mentions[0].place == "Kruševac"
    assert by_model.reader_version.startswith("instruct-")
    line.close()

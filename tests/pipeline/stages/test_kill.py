"""Killed anywhere, the stages and the relay lose nothing and do nothing twice. Killed is SIGKILL, on real processes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from codebook.events import ArticleFetched, MentionsRead
from pipeline.runner import Outcome
from store.schema import OutboxMessage, ProcessedEvent
from tests.databases import made_database
from tests.pipeline.stages.line import ELSEWHERE, SHOOTING, Line, article

WORKER = Path(__file__).with_name("worker.py")
ROOT = Path(__file__).parents[3]

ARTICLES = [article(f"a{n}", *([SHOOTING] if n % 3 else [SHOOTING | ELSEWHERE, SHOOTING])) for n in range(12)]


def dies(what: str, line: Line, death: int) -> None:
    """Run a worker that kills itself."""
    worker = subprocess.run([sys.executable, str(WORKER), what, line.url, str(death)], cwd=ROOT, timeout=120)
    assert worker.returncode == -9


def processed(line: Line, stage: str) -> int:
    with line.database.session() as session:
        return session.scalar(select(func.count()).where(ProcessedEvent.stage == stage)) or 0


def test_a_reader_killed_in_the_middle_of_its_batch_reads_every_article_once(line: Line) -> None:
    line.crawl(*ARTICLES)
    line.relay.publish_waiting()
    dies("read", line, 5)
    assert processed(line, "read") == 5
    assert line.bus.lag("read", ArticleFetched.topic) == len(ARTICLES), "the effects came before the offsets"
    outcomes = Counter(line.flow())
    assert outcomes["read", Outcome.DONE] == len(ARTICLES), "all came again"
    assert processed(line, "read") == len(ARTICLES)
    assert sorted(event.article_id for event in line.told()) == sorted(a.id for a in ARTICLES), "each was told once"


def test_a_linker_killed_in_the_middle_of_its_batch_leaves_the_queue_of_one_that_was_not(
    line: Line, server_url: str, template_database: str
) -> None:
    with made_database(server_url, template_database) as url:
        undisturbed = Line(url)
        undisturbed.tell(*ARTICLES)
        expected = undisturbed.queue()
        undisturbed.close()
    line.crawl(*ARTICLES)
    line.flow("read")
    dies("link", line, 4)
    dies("link", line, 7)
    assert line.bus.lag("link", MentionsRead.topic) == len(ARTICLES)
    assert 4 <= processed(line, "link") < len(ARTICLES)
    line.flow()
    assert line.queue() == expected


def test_a_relay_killed_between_publishing_and_marking_publishes_again_under_the_same_id(line: Line) -> None:
    line.crawl(*ARTICLES)
    dies("publish", line, 1)
    with line.database.session() as session:
        waiting = select(func.count()).where(OutboxMessage.published_at.is_(None))
        assert session.scalar(waiting) == len(ARTICLES)
    line.relay.publish_waiting()
    with line.bus.subscribe("witness", [ArticleFetched.topic]) as witness:
        received = []
        while len(received) < 2 * len(ARTICLES):
            received += witness.poll(100, timeout=5)
        assert witness.poll(1, timeout=0.1) == []
    ids = Counter(message.headers["event_id"] for message in received)
    assert set(ids.values()) == {2}
    assert set(ids) == {ArticleFetched.of(one).event_id for one in ARTICLES}
    assert {m.headers["event_id"] for m in received} == {
        ArticleFetched.decode(m.value or b"", m.where).event_id for m in received
    }
    line.flow()
    assert processed(line, "read") == processed(line, "link") == len(ARTICLES)
    assert len(line.told()) == len(ARTICLES), "the readers ignored the repetition"

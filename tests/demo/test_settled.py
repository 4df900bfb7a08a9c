"""The end of a demonstration is not called while a message is on its way, however it moves between the looks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from avmp.demo.summary import is_settled
from pipeline.bus import Subscription
from pipeline.bus.embedded import EmbeddedBus
from pipeline.runner import Stage
from store.database import Database
from tests.pipeline.stages.line import SHOOTING, Line, article

LOOKS = 4
"""Looks before which the article may move: two at the outbox and one at each stage."""


class WatchedDatabase(Database):
    """Lets something happen before each look at the outbox."""

    def __init__(self, url: str, before: Callable[[], None]) -> None:
        super().__init__(url)
        self._before = before

    @contextmanager
    def session(self) -> Iterator[Session]:
        self._before()
        with super().session() as session:
            yield session


class WatchedBus(EmbeddedBus):
    """Lets something happen before each look at a lag."""

    def __init__(self, url: str, before: Callable[[], None]) -> None:
        super().__init__(url)
        self._before = before

    def lag(self, group: str, topic: str) -> int:
        self._before()
        return super().lag(group, topic)


class Way:
    """The four steps of an article from the outbox into the queue, taken one by one."""

    def __init__(self, line: Line) -> None:
        self._line, self.left = line, 0
        self._inputs = [(stage, line.bus.subscribe(stage.name, stage.topics)) for stage in (line.read, line.link)]
        self._steps: list[Callable[[], None]] = []
        for stage, subscription in self._inputs:
            self._steps += [self._publish, lambda s=stage, i=subscription: _take(s, i)]  # type: ignore[misc]

    def begin(self, name: str) -> None:
        self._line.crawl(article(name, SHOOTING))
        self.left = len(self._steps)

    def go(self, steps: int) -> None:
        for _ in range(min(steps, self.left)):
            self._steps[-self.left]()
            self.left -= 1

    def _publish(self) -> None:
        assert self._line.relay.publish_waiting() == 1

    def close(self) -> None:
        for _, subscription in self._inputs:
            subscription.close()


def _take(stage: Stage, subscription: Subscription) -> None:
    [message] = subscription.poll(1, timeout=5)
    stage.handle(message)
    assert subscription.acknowledge([message])


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    line = Line(database_url)
    yield line
    line.close()


def test_no_way_of_an_article_between_the_looks_ends_it_early(line: Line) -> None:
    way = Way(line)
    script: list[int] = []

    def move() -> None:
        way.go(script.pop(0) if script else 0)

    database, bus = WatchedDatabase(line.url, move), WatchedBus(line.url, move)
    early = []
    for number, moves in enumerate(m for m in itertools.product(range(5), repeat=LOOKS) if sum(m) <= 4):
        way.begin(f"a{number}")
        script[:] = moves
        if is_settled(database, bus) and way.left:
            early.append(moves)
        way.go(way.left)
        script.clear()
        assert is_settled(database, bus), "all has reached the queue"
    assert early == []
    way.close()
    bus.close()
    database.close()

"""The equation of a stage: in = done + filtered + dead, counted where each side lies and not by the runner alone."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.events import deadletter_topic
from pipeline.bus.embedded import EmbeddedBus
from pipeline.runner import Runner, Stage
from store.database import Database
from store.schema.bus import BusMessage


def assert_nothing_lost(runner: Runner, stage: Stage, bus: EmbeddedBus, url: str) -> None:
    """Every message that was published to the topics and waits there no more was done, filtered, or is in the
    dead-letter topic; for a stage whose only runner was this one."""
    database = Database(url)
    with database.session() as session:
        published = sum(_messages(session, topic) for topic in stage.topics)
        dead = _messages(session, deadletter_topic(stage.name))
    database.close()
    waiting = sum(bus.lag(stage.name, topic) for topic in stage.topics)
    outcomes = runner.tally.outcomes
    assert published - waiting == outcomes["done"] + outcomes["filtered"] + dead
    assert published - waiting == runner.tally.acknowledged
    assert outcomes["dead"] == dead


def _messages(session: Session, topic: str) -> int:
    return session.scalar(select(func.count()).select_from(BusMessage).where(BusMessage.topic == topic)) or 0

"""Messages that nobody can deal with: put aside with a reason, the others go on, and they can be brought back."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from codebook.errors import StageStopped
from codebook.events import ArticleFetched, MentionsRead, deadletter_topic
from pipeline.bus import NewMessage
from pipeline.deadletters import requeue, waiting
from pipeline.runner import Retries, Runner, Stage
from pipeline.runner.metrics import Metrics
from store.schema import Source
from tests.pipeline.equation import assert_nothing_lost
from tests.pipeline.stages.line import SHOOTING, Line, article

QUICK = Retries(attempts=2, first_delay=0.001, longest_delay=0.002)


def run(line: Line, stage: Stage) -> Runner:
    """Run a stage with the real runner until it has acknowledged all that waits."""
    runner = Runner(stage, line.bus, Metrics(CollectorRegistry()), outage=QUICK, unexpected=QUICK)
    thread = threading.Thread(target=runner.run)
    thread.start()
    while thread.is_alive() and any(line.bus.lag(stage.name, topic) for topic in stage.topics):
        thread.join(0.02)
    runner.stop()
    thread.join()
    return runner


def wire(**changes: Any) -> bytes:
    """An event on the wire with changes to its article."""
    raw = json.loads(ArticleFetched.of(article("bad", SHOOTING)).encode())
    raw["article"] |= changes
    return json.dumps(raw).encode()


def future() -> bytes:
    return ArticleFetched.of(article("bad", SHOOTING)).encode().replace(b'"schema_version":1', b'"schema_version":2')


POISONS: dict[str, tuple[bytes | None, str]] = {
    "no JSON": (b'{"half', r": b'\{\"half': publish JSON of the schema of this topic$"),
    "no bytes": (b"", r": b'': publish JSON of the schema of this topic$"),
    "a tombstone": (None, r": b'': publish JSON of the schema of this topic$"),
    "not UTF-8": (b"\xff\xfe\x00", r"publish JSON of the schema of this topic$"),
    "another schema": (b'{"schema_name": "other"}', r"schema_name: .*publish article_fetched events on this topic$"),
    "an unknown code": (wire(source_jurisdiction="HR"), r"source_jurisdiction: 'HR': not a code of jurisdiction; use "),
    "a future version": (future(), r"schema_version: 2: .* up to version 1: update it, then requeue$"),
    "no text": (wire(text=""), r"article.text: '': give the article its text$"),
    "a NUL character": (wire(title="a\0b"), r"article.title: 'a\\x00b': leave out the NUL characters$"),
    "published in year 1": (wire(published="0001-01-01T00:00:00Z"), r"article.published: '0001-01-01T00.*: give a mom"),
    "fetched after the calendar": (
        wire(fetched="9999-12-31T23:00:00-12:00"),
        r"article.fetched: '9999-12.*: give a mom",
    ),
    "published without an offset": (
        wire(published="2026-09-02T08:00:00"),
        r"article.published: '2026.*offset from UTC$",
    ),
    "an unknown field": (wire(colour="red"), r"article.colour: 'red': "),
    "an unknown source": (wire(source_id="new.example"), r"article.source_id: 'new.example': add the source to "),
}


@pytest.mark.parametrize("name", POISONS)
def test_a_poisoned_message_is_put_aside_with_field_value_and_remedy_and_the_others_go_on(
    line: Line, name: str
) -> None:
    value, reason = POISONS[name]
    line.crawl(article("a", SHOOTING))
    line.relay.publish_waiting()
    line.bus.publish([NewMessage(ArticleFetched.topic, "a", value)])  # the key of "a": the same partition
    line.crawl(article("b", SHOOTING))
    line.relay.publish_waiting()
    runner = run(line, line.read)
    assert_nothing_lost(runner, line.read, line.bus, line.url)
    assert runner.tally.outcomes == {"done": 2, "dead": 1}
    [letter] = waiting(line.bus, "read")
    assert letter.value == value
    assert letter.reason.startswith(f"{ArticleFetched.topic}[{letter.partition}]@{letter.offset}: ")
    assert re.search(reason, letter.reason), letter.reason
    assert "\n" not in letter.reason
    line.flow()
    assert line.mentions(line.candidate("open")) == ["a-0", "b-0"]


def test_a_poisoned_message_for_the_linker_is_put_aside_too(line: Line) -> None:
    line.crawl(article("a", SHOOTING))
    line.flow("read")
    good = line.told()[0].encode()
    raw = json.loads(good)
    raw["mentions"][0]["weapons"] = ["catapult"]
    line.bus.publish([NewMessage(MentionsRead.topic, "RS", v) for v in (b"[]", json.dumps(raw).encode())])
    assert run(line, line.link).tally.outcomes == {"done": 1, "dead": 2}
    reasons = [letter.reason for letter in waiting(line.bus, "link")]
    assert "schema_name: b'[]': publish mentions_read events on this topic" in reasons[0]
    assert "mentions.0.weapons.0: 'catapult': not a code of weapon; use one of handgun" in reasons[1]
    assert line.mentions(line.candidate("open")) == ["a-0"]


def mend_source(line: Line) -> None:
    with line.database.session() as session:
        source = Source(
            id="new.example", name="New", url="https://new.example/", jurisdiction="RS", kind="media", languages=["sr"]
        )
        session.add(source)


def mend_database(line: Line) -> None:
    with line.database.session() as session:
        session.execute(text("alter table articles rename column gone to lang"))


def break_database(line: Line) -> None:
    with line.database.session() as session:
        session.execute(text("alter table articles rename column lang to gone"))


@pytest.mark.parametrize(
    ("breaking", "mend", "error"),
    [(lambda line: None, mend_source, "BadArticle"), (break_database, mend_database, "ProgrammingError")],
)
def test_what_was_put_aside_is_processed_after_its_cause_is_mended(
    line: Line, breaking: Callable[[Line], None], mend: Callable[[Line], None], error: str
) -> None:
    event = ArticleFetched.of(article("a", SHOOTING, source_id="new.example"))
    line.bus.publish([NewMessage(event.topic, event.key, event.encode())])
    breaking(line)
    assert run(line, line.read).tally.outcomes == {"dead": 1}
    [letter] = waiting(line.bus, "read")
    assert letter.error == error
    assert "\n" not in letter.reason
    mend(line)
    if error != "BadArticle":
        mend_source(line)
    assert requeue(line.bus, "read") == 1
    assert waiting(line.bus, "read") == []
    line.flow()
    assert line.mentions(line.candidate("open")) == ["a-0"]


def test_many_poisoned_messages_stop_the_stage_and_wait(line: Line) -> None:
    poisons = [NewMessage(ArticleFetched.topic, "k", b"poison") for _ in range(30)]
    line.bus.publish(poisons)
    runner = Runner(line.read, line.bus, Metrics(CollectorRegistry()), outage=QUICK, unexpected=QUICK)
    with pytest.raises(StageStopped, match="20 messages in a row became dead letters"):
        runner.run()
    assert line.bus.lag("read", ArticleFetched.topic) == 10
    assert len(waiting(line.bus, "read")) == 20


def test_dead_letters_past_their_retention_do_not_hinder_the_others(line: Line) -> None:
    line.bus.publish([NewMessage(ArticleFetched.topic, "k", b"old") for _ in range(3)])
    run(line, line.read)
    assert requeue(line.bus, "read", limit=1) == 1
    run(line, line.read)
    topic = deadletter_topic("read")
    with line.database.session() as session:
        session.execute(
            text("""update bus.messages set at = at - interval '91 days' where topic = :topic and "offset" < 3"""),
            {"topic": topic},
        )
    assert line.bus.clean() == 3
    assert [letter.headers.get("requeues") for letter in waiting(line.bus, "read")] == ["1"]
    assert requeue(line.bus, "read") == 1
    assert waiting(line.bus, "read") == []


def test_a_dead_letter_keeps_its_reason_within_the_headers_limit(line: Line) -> None:
    class Wordy:
        name, topics = line.read.name, line.read.topics

        def handle(self, message: object) -> Any:
            raise RuntimeError("пуцњава 🎯 " * 2_000 + "\nsecond line")

    line.bus.publish([NewMessage(ArticleFetched.topic, "k", b"v")])
    run(line, Wordy())
    [letter] = waiting(line.bus, "read")
    assert letter.reason.startswith("пуцњава 🎯")
    assert letter.trace.endswith("second line\n")
    assert letter.first_failed_at < dt.datetime.now(dt.UTC)


def test_what_is_no_dead_letter_does_not_keep_the_others_from_being_given_back(line: Line) -> None:
    topic = deadletter_topic("read")
    line.bus.publish([NewMessage(topic, "x", b"by somebody else")])
    bad = NewMessage(ArticleFetched.topic, "bad", wire(text=""), {"requeues": "often"})
    line.bus.publish([bad])
    assert run(line, line.read).tally.outcomes == {"dead": 1}
    line.bus.publish([NewMessage(topic, "x", None, {"deadletter-reason": "made up"})])
    assert [letter.key for letter in waiting(line.bus, "read")] == ["bad"]
    assert requeue(line.bus, "read") == 1
    assert waiting(line.bus, "read") == []
    assert run(line, line.read).tally.outcomes == {"dead": 1}
    [again] = waiting(line.bus, "read")
    assert again.headers["requeues"] == "1"

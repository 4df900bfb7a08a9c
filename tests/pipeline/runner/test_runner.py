"""The runner over the embedded bus: outcomes, retries, dead letters, limits, conservation, stopping."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine, text

from codebook.errors import BadInput, BusUnavailable, StageStopped, StoreUnavailable
from codebook.events import deadletter_topic
from pipeline.bus import Message, NewMessage, Topic
from pipeline.bus.embedded import EmbeddedBus
from pipeline.deadletters import requeue, waiting
from pipeline.runner import DeadLetterLimit, Outcome, Retries, Runner
from pipeline.runner.metrics import Metrics
from tests.pipeline.equation import assert_nothing_lost

QUICK = Retries(attempts=3, first_delay=0.001, longest_delay=0.002)


class Scripted:
    """A stage whose messages say what becomes of them; it stops its runner when all have been seen."""

    def __init__(self, bus: EmbeddedBus) -> None:
        self.name = f"stage-{uuid.uuid4().hex[:8]}"
        self.topics: tuple[str, ...] = (f"in.{self.name}",)
        bus.ensure_topics([Topic(self.topics[0], partitions=2), Topic(deadletter_topic(self.name))])
        self._bus = bus
        self.seen: list[bytes] = []
        self.acts: dict[bytes, Callable[[], None]] = {}

    def send(self, *values: bytes) -> None:
        self._bus.publish([NewMessage(self.topics[0], f"k{n}", value) for n, value in enumerate(values)])

    def handle(self, message: Message) -> Outcome:
        assert message.value is not None
        self.seen.append(message.value)
        word = message.value.split()[0]
        if word == b"bad":
            raise BadInput(message.where, "field", "value", "write it right")
        if word == b"broken":
            raise ZeroDivisionError("division by zero")
        if word in self.acts:
            self.acts[word]()
        return Outcome.FILTERED if word == b"filtered" else Outcome.DONE


@pytest.fixture
def bus(bus_database_url: str) -> Iterator[EmbeddedBus]:
    with EmbeddedBus(bus_database_url) as bus:
        yield bus


@pytest.fixture
def stage(bus: EmbeddedBus) -> Scripted:
    return Scripted(bus)


def make_runner(stage: Scripted, bus: EmbeddedBus, **settings: object) -> Runner:
    registry = CollectorRegistry()
    options = {"outage": QUICK, "unexpected": QUICK, **settings}
    return Runner(stage, bus, Metrics(registry), **options)  # type: ignore[arg-type]


def run_until_idle(runner: Runner, stage: Scripted, bus: EmbeddedBus) -> None:
    """Run until the group has acknowledged all; an error of the runner is the caller's."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            runner.run()
        except StageStopped as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive() and bus.lag(stage.name, stage.topics[0]):
        thread.join(0.01)
    runner.stop()
    thread.join()
    if errors:
        raise errors[0]


def test_every_message_has_one_outcome_and_one_count(bus: EmbeddedBus, stage: Scripted, bus_database_url: str) -> None:
    registry = CollectorRegistry()
    runner = Runner(stage, bus, Metrics(registry), outage=QUICK, unexpected=QUICK)
    stage.send(b"done 1", b"filtered 2", b"bad 3", b"broken 4", b"done 5")
    run_until_idle(runner, stage, bus)
    assert runner.tally.outcomes == {"done": 2, "filtered": 1, "dead": 2}
    assert_nothing_lost(runner, stage, bus, bus_database_url)
    for outcome, count in (("done", 2), ("filtered", 1), ("dead", 2)):
        labels = {"stage": stage.name, "outcome": outcome}
        assert registry.get_sample_value("avmp_messages_total", labels) == count
    assert registry.get_sample_value("avmp_messages_acknowledged_total", {"stage": stage.name}) == 5
    assert registry.get_sample_value("avmp_latency_seconds_count", {"stage": stage.name}) == 5
    retried = {"stage": stage.name, "error": "ZeroDivisionError"}
    assert registry.get_sample_value("avmp_retries_total", retried) == 2


def test_bad_input_is_dead_at_once_and_another_error_after_its_tries(bus: EmbeddedBus, stage: Scripted) -> None:
    stage.send(b"bad \xc5\xa1", b"broken 2")
    run_until_idle(make_runner(stage, bus), stage, bus)
    assert Counter(stage.seen) == {b"bad \xc5\xa1": 1, b"broken 2": 3}
    bad, broken = sorted(waiting(bus, stage.name), key=lambda letter: letter.error)
    assert (bad.error, bad.attempts, bad.trace) == ("BadInput", 1, "")
    assert bad.reason.endswith("field: 'value': write it right")
    assert (bad.topic, bad.key, bad.value) == (stage.topics[0], "k0", b"bad \xc5\xa1")
    assert (broken.error, broken.attempts, broken.reason) == ("ZeroDivisionError", 3, "division by zero")
    assert broken.trace.rstrip().endswith("ZeroDivisionError: division by zero")
    assert len(broken.digest) == 12


def test_the_same_defect_has_the_same_digest(bus: EmbeddedBus, stage: Scripted) -> None:
    stage.send(b"broken 1", b"broken 2", b"bad 3")
    run_until_idle(make_runner(stage, bus), stage, bus)
    digests = Counter(letter.digest for letter in waiting(bus, stage.name))
    assert sorted(digests.values()) == [1, 2]


def test_a_passing_error_costs_a_retry_only(bus: EmbeddedBus, stage: Scripted) -> None:
    failures = iter([StoreUnavailable("gone"), BusUnavailable("gone"), KeyError("odd")])

    def fail_at_first() -> None:
        for error in failures:
            raise error

    stage.acts[b"shaky"] = fail_at_first
    stage.send(b"shaky 1")
    runner = make_runner(stage, bus)
    run_until_idle(runner, stage, bus)
    assert runner.tally.outcomes == {"done": 1}
    assert stage.seen == [b"shaky 1"] * 4


def test_an_outage_stops_the_stage_and_makes_no_dead_letter(bus: EmbeddedBus, stage: Scripted) -> None:
    def gone() -> None:
        raise StoreUnavailable("the database does not answer")

    stage.acts[b"needy"] = gone
    stage.send(b"needy 1")
    with pytest.raises(StageStopped, match=r"no answer after 3 attempts .*does not answer.*nothing is lost"):
        run_until_idle(make_runner(stage, bus), stage, bus)
    assert waiting(bus, stage.name) == []
    assert bus.lag(stage.name, stage.topics[0]) == 1
    del stage.acts[b"needy"]
    runner = make_runner(stage, bus)
    run_until_idle(runner, stage, bus)
    assert runner.tally.outcomes == {"done": 1}


def test_a_run_of_dead_letters_stops_the_stage(bus: EmbeddedBus, stage: Scripted, bus_database_url: str) -> None:
    stage.send(b"done", *[b"bad %d" % n for n in range(30)])
    runner = make_runner(stage, bus, limit=DeadLetterLimit(run=5))
    with pytest.raises(StageStopped, match="5 messages in a row became dead letters"):
        run_until_idle(runner, stage, bus)
    assert len(waiting(bus, stage.name)) == 5
    assert runner.tally.outcomes["dead"] == 5
    assert_nothing_lost(runner, stage, bus, bus_database_url)
    assert bus.lag(stage.name, stage.topics[0]) == 31 - runner.tally.acknowledged


def test_a_large_share_of_dead_letters_stops_the_stage(bus: EmbeddedBus, stage: Scripted) -> None:
    for _ in range(40):
        stage.send(b"bad", b"done", b"done")
    with pytest.raises(StageStopped, match="of the last 20 messages became dead letters"):
        run_until_idle(make_runner(stage, bus, limit=DeadLetterLimit(run=1000, ratio=0.25, window=20)), stage, bus)


def test_requeued_messages_come_back_and_a_second_death_is_not_held_against_the_program(
    bus: EmbeddedBus, stage: Scripted
) -> None:
    stage.send(*[b"bad %d" % n for n in range(4)])
    run_until_idle(make_runner(stage, bus), stage, bus)
    assert requeue(bus, stage.name, limit=1) == 1
    assert len(waiting(bus, stage.name)) == 3
    assert requeue(bus, stage.name) == 3
    assert requeue(bus, stage.name) == 0
    runner = make_runner(stage, bus, limit=DeadLetterLimit(run=1))
    run_until_idle(runner, stage, bus)
    assert runner.tally.outcomes == {"dead": 4}
    letters = waiting(bus, stage.name)
    assert Counter(letter.value for letter in letters) == Counter(b"bad %d" % n for n in range(4))
    assert {letter.headers["requeues"] for letter in letters} == {"1"}


def test_stop_finishes_the_message_acknowledges_and_leaves(bus: EmbeddedBus, stage: Scripted) -> None:
    runner = make_runner(stage, bus)
    stage.acts[b"last"] = runner.stop
    bus.publish([NewMessage(stage.topics[0], "same", v) for v in (b"done 1", b"last 2", b"done 3")])
    runner.run()
    assert stage.seen == [b"done 1", b"last 2"]
    assert bus.lag(stage.name, stage.topics[0]) == 1
    other = make_runner(stage, bus)
    run_until_idle(other, stage, bus)
    assert stage.seen[2:] == [b"done 3"]


def test_stop_does_not_wait_out_a_long_retry(bus: EmbeddedBus, stage: Scripted) -> None:
    runner = make_runner(stage, bus, unexpected=Retries(attempts=2, first_delay=3600, longest_delay=3600))
    threading.Timer(0.3, runner.stop).start()
    stage.send(b"broken 1")
    runner.run()
    assert bus.lag(stage.name, stage.topics[0]) == 1
    assert waiting(bus, stage.name) == []


def test_a_lost_bus_connection_loses_no_message(bus: EmbeddedBus, stage: Scripted, bus_database_url: str) -> None:
    engine = create_engine(bus_database_url)

    def cut() -> None:
        del stage.acts[b"cut"]
        members = """
            select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = database
            where locktype = 'advisory' and mode = 'ExclusiveLock' and datname = current_database()
            """
        with engine.begin() as connection:
            assert connection.execute(text(members)).all()

    stage.acts[b"cut"] = cut
    stage.send(b"done 1", b"cut 2", b"done 3", b"done 4")
    runner = make_runner(stage, bus, outage=Retries(attempts=10, first_delay=0.01, longest_delay=0.1))
    run_until_idle(runner, stage, bus)
    engine.dispose()
    assert stage.seen.count(b"cut 2") == 2, "its acknowledgement was refused, so it came again"
    assert set(stage.seen) == {b"done 1", b"cut 2", b"done 3", b"done 4"}
    assert_nothing_lost(runner, stage, bus, bus_database_url)
    assert runner.tally.acknowledged == 4


def test_in_equals_done_plus_filtered_plus_dead(bus: EmbeddedBus, bus_database_url: str) -> None:
    words = st.sampled_from([b"done", b"filtered", b"bad", b"broken", b"shaky"])

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(words, min_size=1, max_size=25), st.integers(min_value=1, max_value=10))
    def conserved(values: list[bytes], batch_size: int) -> None:
        stage = Scripted(bus)
        attempts = Counter[str]()

        def fail_every_other_time() -> None:
            attempts["shaky"] += 1
            if attempts["shaky"] % 2:
                raise StoreUnavailable("now and then")

        stage.acts[b"shaky"] = fail_every_other_time
        stage.send(*values)
        runner = make_runner(stage, bus, batch_size=batch_size, limit=DeadLetterLimit(run=100, window=1000))
        run_until_idle(runner, stage, bus)
        assert_nothing_lost(runner, stage, bus, bus_database_url)
        assert runner.tally.acknowledged == len(values)
        dead = values.count(b"bad") + values.count(b"broken")
        assert runner.tally.outcomes["dead"] == dead == len(waiting(bus, stage.name))
        assert runner.tally.outcomes["filtered"] == values.count(b"filtered")

    conserved()

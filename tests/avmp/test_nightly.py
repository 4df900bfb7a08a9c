"""`avmp schedule`: when the job is due, that it begins in a process of its own, that all ends when asked to."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.date import DateTrigger

from avmp.learning.nightly import keep_schedule, nightly
from avmp.settings import load
from codebook.errors import BadSettings
from tests.avmp.conftest import Avmp

BELGRADE = ZoneInfo("Europe/Belgrade")


def fired(retrain_at: str, first: dt.date, days: int) -> list[dt.datetime]:
    """When the job is due within some days."""
    trigger, last = nightly(retrain_at), None
    now = dt.datetime.combine(first, dt.time(), tzinfo=BELGRADE).astimezone(dt.UTC)
    end, moments = now + dt.timedelta(days=days), []
    while (last := trigger.get_next_fire_time(last, now)) is not None and last < end:
        moments.append(last)
        now = last.astimezone(dt.UTC) + dt.timedelta(seconds=1)
    return moments


def test_the_job_is_due_every_night_of_a_year_also_when_the_clock_changes() -> None:
    moments = fired("02:00 Europe/Belgrade", dt.date(2026, 1, 1), 365)
    nights = {moment.astimezone(BELGRADE).date() for moment in moments}
    assert nights == {dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)}
    usual = {moment.astimezone(BELGRADE).hour for moment in moments if moment.date() != dt.date(2026, 3, 29)}
    assert usual == {2}
    (evening,) = fired("23:30 UTC", dt.date(2026, 1, 1), 1)
    assert evening == dt.datetime(2026, 1, 1, 23, 30, tzinfo=dt.UTC) - dt.timedelta(days=evening.day == 31)


@pytest.mark.parametrize(
    "wrong", ["25:00 Europe/Belgrade", "2:00 Europe/Belgrade", "02:00", "02:00 Europe/Nowhere", "noon UTC"]
)
def test_a_time_that_is_none_is_one_line(wrong: str) -> None:
    with pytest.raises(BadSettings, match=r"AVMP_RETRAIN_AT.*02:00 Europe/Belgrade"):
        load({"AVMP_RETRAIN_AT": wrong})


def test_now_does_the_job_once_and_ends(avmp: Avmp) -> None:
    done = avmp("schedule", "--now", COLUMNS="200")
    assert (done.returncode, done.stdout) == (0, "")
    assert "0 new decisions: a model is trained from 30 on. Nothing to do." in done.stderr


@pytest.fixture
def stopping() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_job_that_is_due_runs_in_a_process_of_its_own(
    database_url: str, tmp_path: Path, stopping: threading.Event, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = {"AVMP_DATABASE": database_url, "AVMP_HOME": str(tmp_path), "COLUMNS": "200"}
    soon = DateTrigger(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1))
    keeper = threading.Thread(target=keep_schedule, args=(soon, ["schedule", "--now"], environment, stopping))
    keeper.start()
    said, end = "", time.monotonic() + 180
    while "the nightly job ended" not in said:
        assert keeper.is_alive()
        assert time.monotonic() < end, said
        time.sleep(0.2)
        out, err = capfd.readouterr()
        said += out + err
    stopping.set()
    keeper.join()
    assert "Nothing to do." in said


def test_the_process_says_when_it_is_due_and_ends_when_asked_to(database_url: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AVMP_")}
    environment |= {"AVMP_DATABASE": database_url, "AVMP_RETRAIN_AT": "03:15 Europe/Chisinau"}
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "avmp", "schedule"], env=environment, stderr=out, cwd=tmp_path
        )
    try:
        end = time.monotonic() + 120
        while b"waiting for the nightly job" not in log.read_bytes():
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        assert b" 03:15:00" in log.read_bytes()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()

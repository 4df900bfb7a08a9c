"""The process that begins the nightly job when it is time.

The job runs in a process of its own, whose memory is given back at its end, and which ends with this one.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from avmp.children import GRACE_SECONDS, PARENT_VARIABLE

MISFIRE_GRACE_SECONDS = 6 * 3600
"""A machine that slept at the hour does the job when it wakes, if that is before the working day."""

WATCH_SECONDS = 0.5

_log = structlog.get_logger(__name__)


def nightly(retrain_at: str) -> BaseTrigger:
    """The trigger for a time of day and its zone, "02:00 Europe/Belgrade". In the night in which the clock goes forward
    over that hour it fires at the hour's end; in the one in which it goes back, twice, the second time for nothing."""
    clock, _, zone = retrain_at.partition(" ")
    hour, _, minute = clock.partition(":")
    return CronTrigger(hour=int(hour), minute=int(minute), timezone=ZoneInfo(zone))


def keep_schedule(
    trigger: BaseTrigger, job: Sequence[str], environment: Mapping[str, str], stopping: threading.Event
) -> None:
    """Begin `avmp` with the arguments `job` whenever the trigger fires, one at a time, until `stopping` is set; a job
    under way is ended then, and leaves nothing half done."""
    due = threading.Event()
    defaults = {"misfire_grace_time": MISFIRE_GRACE_SECONDS, "coalesce": True, "max_instances": 1}
    scheduler = BackgroundScheduler(timezone=dt.UTC, job_defaults=defaults)
    timed = scheduler.add_job(due.set, trigger)
    scheduler.start()
    running: subprocess.Popen[bytes] | None = None
    try:
        _log.info("waiting for the nightly job", next=str(timed.next_run_time))
        while not stopping.wait(WATCH_SECONDS):
            if running is None and due.is_set():
                due.clear()
                running = _begun(job, environment)
            elif running is not None and running.poll() is not None:
                _log.info("the nightly job ended", status=running.returncode, next=str(timed.next_run_time))
                running = None
    finally:
        scheduler.shutdown(wait=False)
        if running is not None:
            _end(running)


def _begun(job: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # From this thread, not the scheduler's: the kernel ends a child with the thread that began it.
    environment = {**os.environ, **environment, PARENT_VARIABLE: str(os.getpid())}
    command = [sys.executable, "-m", "avmp", *job]
    return subprocess.Popen(command, env=environment, stdout=sys.stderr, start_new_session=True)


def _end(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    try:
        running.wait(GRACE_SECONDS / 2)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()

"""Our crawler in a process of its own, with no more in it than `crawlers` brings: `python -m avmp.bench.crawl.child`,
its `Order` on standard input, its `Account` on standard output."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from crawlers.process import run
from crawlers.registry import Registry
from crawlers.run import CrawlSummary
from crawlers.settings import CrawlSettings


class Order(BaseModel):
    """What to crawl, and how."""

    settings: CrawlSettings
    database_url: str
    registry: Registry


class Account(BaseModel):
    """What a crawl did: when it began and ended on the machine's monotonic clock, the seconds of processor time and the
    most megabytes of memory that it took, its helpers included."""

    began: float
    ended: float
    cpu_seconds: float
    memory_mb: float
    summary: CrawlSummary


def main() -> None:
    """Crawls until nothing is pending."""
    order = Order.model_validate_json(sys.stdin.read())
    before, began = time.process_time(), time.monotonic()
    summary = run(order.settings, order.database_url, order.registry, until_idle=True)
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN)
    account = Account(
        began=began,
        ended=time.monotonic(),
        cpu_seconds=time.process_time() - before + helpers.ru_utime + helpers.ru_stime,
        memory_mb=_peak_megabytes() + helpers.ru_maxrss / 1024,
        summary=summary,
    )
    sys.stdout.write(account.model_dump_json())


def _peak_megabytes() -> float:
    """The most memory that this program had. What `getrusage` tells of oneself begins with the memory of the program
    that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1024


if __name__ == "__main__":
    main()

"""Our crawler in a process of its own, with no more in it than `crawlers` brings: `python -m avmp.bench.crawl.child`,
its `Order` on standard input, its `Account` on standard output."""

from __future__ import annotations

import resource
import sys
import time

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
    own, helpers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    account = Account(
        began=began,
        ended=time.monotonic(),
        cpu_seconds=time.process_time() - before + helpers.ru_utime + helpers.ru_stime,
        memory_mb=(own.ru_maxrss + helpers.ru_maxrss) / 1024,
        summary=summary,
    )
    sys.stdout.write(account.model_dump_json())


if __name__ == "__main__":
    main()

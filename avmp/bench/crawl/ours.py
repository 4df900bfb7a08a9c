"""Our crawler in a process of its own, as `avmp crawl` runs it: `python -m avmp.bench.crawl.ours`, its `Order` on
standard input, its `Account` on standard output."""

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
    """What a crawl did: when it began on the machine's monotonic clock, and the most memory it took in megabytes."""

    began: float
    memory_mb: float
    summary: CrawlSummary


def main() -> None:
    """Crawls until nothing is pending."""
    order = Order.model_validate_json(sys.stdin.read())
    began = time.monotonic()
    summary = run(order.settings, order.database_url, order.registry, until_idle=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(Account(began=began, memory_mb=memory, summary=summary).model_dump_json())


if __name__ == "__main__":
    main()

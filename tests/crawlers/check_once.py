"""One check in a process of its own: a Twisted reactor runs once. Arguments as JSON on standard input, the reports as
JSON on standard output, each with the second at which it was told."""

from __future__ import annotations

import json
import sys
import time

from crawlers.check import FeedReport, check, verifiable
from crawlers.entries import SourceEntry
from crawlers.settings import CrawlSettings

if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    sources = [SourceEntry.model_validate(source) for source in given["sources"]]
    began = time.monotonic()
    told: list[dict[str, object]] = []

    def tell(report: FeedReport) -> None:
        told.append({"at": time.monotonic() - began, **report.model_dump(mode="json")})

    reports = check(CrawlSettings(**given["settings"]), sources, tell)
    reached = {name: [feed.url for feed in feeds] for name, feeds in verifiable(sources, reports).items()}
    ordered = [report.source_id for report in reports]
    sys.stdout.write(json.dumps({"told": told, "reached": reached, "ordered": ordered}))

"""One crawl in a process of its own: a Twisted reactor runs once. Arguments as JSON on standard input, the summary
as JSON on standard output."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from crawlers.process import run
from crawlers.registry import load
from crawlers.settings import CrawlSettings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)d %(name)s %(message)s")
    given = json.loads(sys.stdin.read())
    summary = run(
        CrawlSettings(**given["settings"]),
        given["database_url"],
        load(Path(given["sources"])),
        until_idle=given["until_idle"],
    )
    sys.stdout.write(summary.model_dump_json())

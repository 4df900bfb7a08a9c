"""One crawl in a process of its own: a Twisted reactor runs once. Arguments as JSON on standard input, the summary
as JSON on standard output."""

from __future__ import annotations

import json
import logging
import socket
import sys
import time
from pathlib import Path
from typing import Any

from twisted.internet import _resolver

from crawlers.extraction import child_process, extract
from crawlers.feeds import formats, whole
from crawlers.fetching import robots
from crawlers.polling import schedule
from crawlers.process import run
from crawlers.registry import load
from crawlers.settings import CrawlSettings


def slow_down_lookups(seconds: float) -> None:
    """Stands in for name servers that do not answer."""
    system = socket.getaddrinfo

    def slow(host: str, *arguments: Any) -> Any:
        if host.endswith(".invalid"):
            time.sleep(seconds)
        return system(host, *arguments)

    _resolver.GAIResolver.__init__.__defaults__ = (None, slow)


def poison_parsers(poison: str, *, hangs: bool = False) -> None:
    """Makes parsing a document with these words fail as a defect of ours would, or take for ever."""
    feeds: Any = formats
    pages: Any = extract
    child: Any = child_process
    parse, decoded = feeds.parse, pages.decoded

    def poisoned_parse(body: bytes, *arguments: Any) -> Any:
        if poison.encode() in body:
            while hangs:
                time.sleep(1)
            raise RecursionError("too deep")
        return parse(body, *arguments)

    def poisoned_decoded(body: bytes, *arguments: Any) -> Any:
        if poison.encode() in body:
            raise RecursionError("too deep")
        return decoded(body, *arguments)

    feeds.parse, pages.decoded = poisoned_parse, poisoned_decoded
    child.COMMAND = (sys.executable, "-m", "tests.crawlers.extract_poisoned", poison, *["hangs"] * hangs)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)d %(name)s %(message)s")
    given = json.loads(sys.stdin.read())
    if given.get("lookup_seconds"):
        slow_down_lookups(given["lookup_seconds"])
    if given.get("poison"):
        poison_parsers(given["poison"], hangs=given.get("document_seconds") is not None)
    if given.get("document_seconds"):
        documents: Any = whole
        child_process.PAGE_SECONDS = documents.PAGE_SECONDS = given["document_seconds"]
    if given.get("robots_retry"):
        robots.RETRY_SECONDS = given["robots_retry"]
    if given.get("misfire_grace"):
        schedule.MISFIRE_GRACE_SECONDS, schedule.SPREAD_SECONDS = given["misfire_grace"], 0.5
    summary = run(
        CrawlSettings(**given["settings"]),
        given["database_url"],
        load(Path(given["sources"])),
        until_idle=given["until_idle"],
    )
    sys.stdout.write(summary.model_dump_json())

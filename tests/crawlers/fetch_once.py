"""Fetches addresses in a process of its own: a Twisted reactor runs once. Arguments as JSON on standard input (the
settings, and lists of addresses: the lists at the same time, the addresses of one list one after another), what
became of each address as JSON on standard output."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crawlers.fetching.fetcher import Fetcher, FetchFailed, run_with_fetcher
from crawlers.settings import CrawlSettings

ROOT = Path(__file__).parents[2]


def fetched(
    *chains: Sequence[str], environment: dict[str, str] | None = None, **settings: Any
) -> dict[str, dict[str, Any]]:
    """What became of each address: `kind` and `reason` of its failure, or its `body` (as Latin-1); and `took`
    seconds."""
    return answered("tests.crawlers.fetch_once", {"chains": chains}, settings, environment)


def answered(
    module: str, asked: dict[str, Any], settings: dict[str, Any], environment: dict[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """What a module run as a program says of each address it is asked for, with settings for servers of the test."""
    usual = {
        "archive_dir": "unused",
        "contact": "desk@example.org",
        "allow_loopback": True,
        "min_gap_seconds": 0.02,
        "timeout_seconds": 20.0,
    }
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        input=json.dumps({"settings": usual | settings, **asked}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=200,
        env=os.environ | (environment or {}),
    )
    outcomes: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return outcomes


async def _all(fetcher: Fetcher, chains: Sequence[Sequence[str]]) -> dict[str, dict[str, Any]]:
    outcomes: dict[str, dict[str, Any]] = {}

    async def one_after_another(chain: Sequence[str]) -> None:
        for url in chain:
            began = time.monotonic()
            try:
                page = await fetcher.get(url)
                outcomes[url] = {"body": page.body.decode("latin-1"), "url": page.url, "status": page.status}
            except FetchFailed as failure:
                outcomes[url] = {"kind": failure.kind, "reason": failure.reason, "asked": failure.asked}
            outcomes[url]["took"] = time.monotonic() - began

    await asyncio.gather(*(one_after_another(chain) for chain in chains))
    return outcomes


if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    outcomes = run_with_fetcher(CrawlSettings(**given["settings"]), lambda fetcher: _all(fetcher, given["chains"]))
    sys.stdout.write(json.dumps(outcomes))

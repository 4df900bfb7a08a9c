"""Running the crawler as it runs: a process of its own on a real database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from store.database import Database
from tests.crawlers.sites import Site

ROOT = Path(__file__).parents[2]


class Crawler:
    """Starts crawls over a registry written for the test."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        self.archive = folder / "archive"
        self.sources = folder / "sources"
        self.sources.mkdir()
        self._started: list[subprocess.Popen[str]] = []

    def watch(self, site: Site, feeds: Sequence[tuple[str, str]], jurisdiction: str = "RS") -> None:
        """Adds a site with its feeds, as (path, kind), to the registry."""
        self.watch_address(site.base, feeds, jurisdiction)

    def watch_address(self, base: str, feeds: Sequence[tuple[str, str]], jurisdiction: str = "RS") -> None:
        listed = (f'{{ url = "{base}{path}", kind = "{kind}" }}' for path, kind in feeds)
        self.declare(base, listed, jurisdiction=jurisdiction)

    def declare(self, base: str, feeds: Iterable[str], more: str = "", jurisdiction: str = "RS") -> None:
        """Adds a source whose feeds are tables of TOML, and `more` of its keys."""
        name = base.split("//")[1].split(":")[0]
        entry = (
            f'[[source]]\nid = "{name}"\nname = "{name}"\nurl = "{base}/"\njurisdiction = "{jurisdiction}"\n'
            f'kind = "media"\nlanguages = ["sr"]\nfeeds = [{", ".join(feeds)}]\nverified = true\n{more}\n'
        )
        path = self.sources / f"{jurisdiction}.toml"
        path.write_text((path.read_text() if path.exists() else "") + entry)

    def start(
        self,
        *,
        until_idle: bool = True,
        lookup_seconds: float = 0.0,
        poison: str = "",
        document_seconds: float | None = None,
        misfire_grace: float | None = None,
        robots_retry: float | None = None,
        **settings: Any,
    ) -> subprocess.Popen[str]:
        """`lookup_seconds` is how long the system's resolver takes over every name; parsing a document that contains
        `poison` raises what no parser should, or hangs where that is given up after `document_seconds`;
        `misfire_grace` is after how many seconds a poll is missed, `robots_retry` after how many a robots.txt that could
        not be had is asked for again."""
        given = {
            "lookup_seconds": lookup_seconds,
            "poison": poison,
            "document_seconds": document_seconds,
            "misfire_grace": misfire_grace,
            "robots_retry": robots_retry,
            "settings": {
                "archive_dir": str(self.archive),
                "contact": "desk@example.org",
                "allow_loopback": True,
                "min_gap_seconds": 0.02,
                "interval_seconds": 0.5,
                "min_interval_seconds": 0.2,
                "retry_delays_seconds": [0.1, 0.1],
                "max_item_age_days": None,
            }
            | settings,
            "database_url": self.database.url,
            "sources": str(self.sources),
            "until_idle": until_idle,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crawlers.crawl_once"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        assert process.stdin is not None
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        return process

    def crawl(self, **settings: Any) -> dict[str, int]:
        """Crawls until idle and returns the summary."""
        return self.summary(self.start(**settings))

    def summary(self, process: subprocess.Popen[str]) -> dict[str, int]:
        assert process.stdout is not None
        printed = process.stdout.read()
        assert process.wait() == 0
        summary: dict[str, int] = json.loads(printed)
        return summary

    def end(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def crawler(tmp_path: Path, database: Database) -> Iterator[Crawler]:
    crawler = Crawler(tmp_path, database)
    yield crawler
    crawler.end()

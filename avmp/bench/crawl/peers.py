"""Others' crawlers over the same pages, each in a process of its own."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import BaseModel

from avmp.bench.crawl.server import Offer

ENVIRONMENTS = Path(".cache/bench")
"""Where a peer's own environment is made, below the folder that the bench is run in."""

log = logging.getLogger(__name__)


class PeerAccount(BaseModel):
    """What a peer's run did: its beginning and end on the machine's monotonic clock, its seconds of processor time, and
    the articles that came out."""

    began: float
    ended: float
    cpu_seconds: float
    articles: int

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.articles / (self.ended - self.began)


def bare_scrapy(offer: Offer) -> PeerAccount:
    """A bare Scrapy spider over the feeds."""
    with tempfile.TemporaryDirectory(prefix="avmp-bench-") as folder:
        feeds = [feed.url for _, feed in offer.registry.feeds()]
        return _run([sys.executable, "-m", "avmp.bench.crawl.bare_scrapy", f"{folder}/articles.jsonl"], feeds)


class NewsPleaseAccounts(BaseModel):
    """news-please over many addresses at once, on all cores, and over a few by themselves."""

    together: PeerAccount
    one_by_one: PeerAccount


FEW = 200
"""Addresses that news-please reads one by one: some fifteen seconds."""


def news_please(offer: Offer) -> NewsPleaseAccounts | None:
    """news-please in library mode over the articles' addresses; None, and a line in the log, where it is not to be
    had."""
    python = _news_please_python()
    if python is None:
        return None
    with as_file(files("avmp.bench.crawl") / "news_please.py") as script:
        command = [str(python), "-W", "ignore", str(script)]
        step = max(1, len(offer.articles) // FEW)  # of every host
        return NewsPleaseAccounts(
            together=_run(command, offer.articles), one_by_one=_run([*command, "one"], offer.articles[::step][:FEW])
        )


def _run(command: list[str], addresses: list[str]) -> PeerAccount:
    finished = subprocess.run(
        command, input=json.dumps(addresses), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    )
    return PeerAccount.model_validate_json(finished.stdout)


def _news_please_python() -> Path | None:
    """The Python of news-please's environment, which is made where it is not there yet in these versions."""
    pinned = (files("avmp.bench.crawl") / "news_please_requirements.txt").read_bytes()
    folder = ENVIRONMENTS / f"news-please-{hashlib.sha256(pinned).hexdigest()[:8]}"
    python, complete = folder / "bin" / "python", folder / "complete"
    if not complete.exists():
        try:
            _install(folder, python, pinned)
        except (OSError, subprocess.CalledProcessError) as error:
            log.warning("news-please is left out: it could not be installed into %s: %s", folder, _reason(error))
            return None
        complete.touch()
    return python.absolute()


def _install(folder: Path, python: Path, pinned: bytes) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
    requirements = folder / "requirements.txt"
    requirements.write_bytes(pinned)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*install, "-r", str(requirements)], check=True, capture_output=True)


def _reason(error: OSError | subprocess.CalledProcessError) -> str:
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error).encode()
    return (said or b"").decode("utf-8", "replace").strip().rpartition("\n")[2] or str(error)

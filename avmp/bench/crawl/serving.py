"""The measured hosts for as long as a context lasts, and what their log tells of a crawler's manners."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from avmp.bench.crawl.server import Logged, Offer, read_log


@dataclass
class Served:
    """What is served; `log` is there once the context has ended."""

    offer: Offer
    log: list[Logged] = field(default_factory=list)


@contextmanager
def served(hosts: int, articles_each: int) -> Iterator[Served]:
    """Serves so many hosts with so many articles each, from a process of its own."""
    with tempfile.TemporaryDirectory(prefix="avmp-bench-") as folder:
        path = Path(folder) / "log"
        process = subprocess.Popen(
            [sys.executable, "-m", "avmp.bench.crawl.server", str(hosts), str(articles_each), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:  # leaving it closes its input, which ends it, and waits
            assert process.stdout is not None
            serving = Served(Offer.model_validate_json(process.stdout.readline()))
            yield serving
        serving.log = read_log(path)


def most_connections(log: Sequence[Logged]) -> int:
    """The most connections that any host had at once."""
    open_now: Counter[str] = Counter()
    most = 0
    for line in log:
        if line.what == "open":
            open_now[line.host] += 1
            most = max(most, open_now[line.host])
        elif line.what == "close":
            open_now[line.host] -= 1
    return most


def shortest_gap(log: Sequence[Logged]) -> float:
    """The fewest seconds between two requests to one host."""
    asked: dict[str, list[float]] = {}
    for line in log:
        if line.what == "request":
            asked.setdefault(line.host, []).append(line.seconds)
    return min(later - earlier for moments in asked.values() for earlier, later in pairwise(moments))

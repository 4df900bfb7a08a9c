"""The pure stages, in memory."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from avmp.link_views import linkable
from classifiers.gate import may_tell_an_incident
from classifiers.reader import Reader
from codebook.records import Article
from linking.linker import link

SECONDS = 3.0
"""How long each measurement goes on: long enough for a steady rate, short enough to run before every release."""


def stage_rates(chosen: Sequence[Article], reader: Reader) -> dict[str, float]:
    """Articles a second (for `link` mentions a second) of the baseline `json_parse` and of each pure stage."""
    wire = [article.model_dump_json() for article in chosen]
    readings = [(article, reader.read(article)) for article in chosen]
    mentions = [linkable(article, reading, mention) for article, reading in readings for mention in reading.mentions]
    return {
        "json_parse": rate(len(wire), lambda: [json.loads(text) for text in wire]),
        "gate": rate(len(chosen), lambda: [may_tell_an_incident(a.title, a.text) for a in chosen]),
        "read": rate(len(chosen), lambda: [reader.read(article) for article in chosen]),
        "link": rate(len(mentions), lambda: link(mentions)),
    }


def rate(items: int, work: Callable[[], object]) -> float:
    """Items a second of work done again and again for `SECONDS`."""
    work()
    rounds, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        work()
        rounds += 1
    return items * rounds / (time.perf_counter() - begun)

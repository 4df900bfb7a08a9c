"""How fast the stages are on this machine, as rates and as ratios to a baseline measured in the same run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from avmp.demo.outlets import DemoArticle, Outlet, articles, outlets
from avmp.linked import linkable
from classifiers.gate import may_tell_an_incident
from classifiers.reader import default_reader
from codebook.records import Article
from linking.linker import link

SECONDS = 3.0
"""How long each measurement goes on: long enough for a steady rate, short enough to run before every release."""


def measure() -> dict[str, Any]:
    """Rates over the demonstration articles in articles a second, and the ratio of each to parsing the same articles
    from JSON, which any pipeline must do at least once."""
    chosen = [_article(outlet, article) for outlet in outlets() for article in articles(outlet.id)]
    reader = default_reader()
    wire = [article.model_dump_json() for article in chosen]
    mentions = [linkable(article, mention) for article in chosen for mention in reader.read(article).mentions]
    rates = {
        "json_parse": _rate(len(wire), lambda: [json.loads(text) for text in wire]),
        "gate": _rate(len(chosen), lambda: [may_tell_an_incident(a.title, a.text) for a in chosen]),
        "read": _rate(len(chosen), lambda: [reader.read(article) for article in chosen]),
        "link": _rate(len(mentions), lambda: link(mentions)),
    }
    figures: dict[str, Any] = {f"{name}_per_second": round(rate, 1) for name, rate in rates.items()}
    ratios = {f"{name}_to_json_parse": round(rate / rates["json_parse"], 5) for name, rate in rates.items()}
    return figures | {name: ratio for name, ratio in ratios.items() if name != "json_parse_to_json_parse"}


def _article(outlet: Outlet, article: DemoArticle) -> Article:
    return Article(
        id=f"{outlet.id}-{article.number}",
        source_id=outlet.id,
        url=f"file:{article.slug}",
        title=article.title,
        text=article.text,
        published=article.published,
        fetched=article.published,
        source_jurisdiction=outlet.jurisdiction,
        source_kind=outlet.kind,
    )


def _rate(items: int, work: Callable[[], object]) -> float:
    work()
    rounds, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        work()
        rounds += 1
    return items * rounds / (time.perf_counter() - begun)

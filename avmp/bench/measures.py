"""The figures of `avmp bench`, as rates and as ratios to a baseline measured in the same run."""

from __future__ import annotations

from typing import Any

from avmp.bench.approving import approving_figures
from avmp.bench.crawl.figures import crawl_figures
from avmp.bench.line import bus_figures, whole_line_rate
from avmp.bench.linking import linking_figures
from avmp.bench.queue import link_figures
from avmp.bench.rates import stage_rates
from avmp.bench.stream import day_rates
from avmp.demo.outlets import DemoArticle, Outlet, articles, outlets
from classifiers.reader import default_reader
from codebook.records import Article


def measure() -> dict[str, Any]:
    """All figures: the reader's, the whole line's, the bus's, the linker's, the queue's and the crawler's."""
    return reading_figures() | linking_figures() | queue_figures() | crawl_figures()


def queue_figures() -> dict[str, Any]:
    """What a long queue costs: linking a report among its candidates, and a person's approvals."""
    return link_figures() | approving_figures()


def reading_figures() -> dict[str, Any]:
    """Rates over an ordinary day's stream and over the demonstration articles, nearly all incidents, in articles a
    second (of the bus in messages a second, its latency in milliseconds), and the ratio of each rate of articles to
    parsing the same articles from JSON, which any pipeline must do at least once. Memory in megabytes."""
    day, megabytes = day_rates()
    chosen = [_article(outlet, article) for outlet in outlets() for article in articles(outlet.id)]
    reader = default_reader()
    rates = stage_rates(chosen, reader) | {"whole": whole_line_rate(chosen, reader)}
    memory = {"day_memory_mb": round(megabytes, 1)}
    return _figures(day, "day_json_parse") | memory | _figures(rates, "json_parse") | bus_figures()


def _figures(rates: dict[str, float], baseline: str) -> dict[str, Any]:
    figures = {f"{name}_per_second": round(rate, 1) for name, rate in rates.items()}
    ratios = {
        f"{name}_to_{baseline}": round(rate / rates[baseline], 5) for name, rate in rates.items() if name != baseline
    }
    return figures | ratios


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

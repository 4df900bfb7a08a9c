"""`avmp bench`: how fast the stages and the whole are on this machine, as rates and as ratios to a baseline measured in
the same run."""

from __future__ import annotations

from typing import Any

from avmp.bench.line import bus_figures, whole_line_rate
from avmp.bench.rates import stage_rates
from avmp.demo.outlets import DemoArticle, Outlet, articles, outlets
from classifiers.reader import default_reader
from codebook.records import Article


def measure() -> dict[str, Any]:
    """Rates over the demonstration articles in articles a second (of the bus in messages a second, its latency in
    milliseconds), and the ratio of each rate of articles to parsing the same articles from JSON, which any pipeline
    must do at least once."""
    chosen = [_article(outlet, article) for outlet in outlets() for article in articles(outlet.id)]
    reader = default_reader()
    rates = stage_rates(chosen, reader) | {"whole": whole_line_rate(chosen, reader)}
    figures: dict[str, Any] = {f"{name}_per_second": round(rate, 1) for name, rate in rates.items()}
    baseline = rates.pop("json_parse")
    ratios = {f"{name}_to_json_parse": round(rate / baseline, 5) for name, rate in rates.items()}
    return figures | ratios | bus_figures()


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

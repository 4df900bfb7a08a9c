"""The scores as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group
from rich.table import Table as RichTable

from classifiers.evaluation.scores import Scores, Table

_NARROW = (
    "relevance_recall",
    "type",
    "place",
    "date",
    "weapons",
    "killed",
    "injured",
    "female_victims_f1",
    "male_victims_f1",
)
"""The figures that the tables by language, type and victim sex show; the JSON has all."""


def tables(scores: Scores) -> Group:
    """One table of the whole and one each by language, type and victim sex."""
    whole = RichTable("figure", "value", "of", title=f"{scores.articles} articles, reader {scores.reader}")
    for name, rate in scores.overall.items():
        whole.add_row(name.replace("_", " "), f"{rate.value:.3f}", str(rate.n))
    return Group(
        whole,
        _narrow("language", scores.by_language),
        _narrow("type", scores.by_type),
        _narrow("victim sex", scores.by_victim_sex),
    )


def stream_table(scores: Scores) -> RichTable:
    """The figures on an ordinary day's stream, of all and by language."""
    names = list(scores.overall)
    titles = (name.removeprefix("relevance_").replace("_", " ") for name in names)
    table = RichTable("language", *titles, title=f"relevance on an ordinary day's stream, reader {scores.reader}")
    for part, figures in [*scores.by_language.items(), ("all", scores.overall)]:
        table.add_row(f"{part} ({figures['stopped_by_gate'].n})", *(f"{figures[name].value:.3f}" for name in names))
    return table


def _narrow(title: str, parts: Mapping[str, Table]) -> RichTable:
    table = RichTable(title, "of", *(name.replace("_", " ") for name in _NARROW))
    for part, figures in parts.items():
        cells = (f"{figures[name].value:.2f}" if figures[name].n else "–" for name in _NARROW)
        table.add_row(part, str(figures["incidents_found"].n), *cells)
    return table

"""The scores as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich import box
from rich.console import Group
from rich.table import Table as RichTable

from classifiers.evaluation.scores import Scores, Table, in_words

WIDTH = 80
"""Columns of the terminal that a table may take."""
GAP = 2

_NOTE = (
    "By type and victim sex relevance has recall alone: an article without an incident has neither. Type precision and"
    " f1 are over the incidents found."
)


def tables(scores: Scores) -> Group:
    """A table of the whole, and tables with a column each for a language, a type and a sex of victims."""
    whole = RichTable("figure", "value", "of", title=f"{scores.articles} articles, reader {scores.reader}")
    for name, rate in scores.overall.items():
        words, rate = in_words(name, rate)
        whole.add_row(words, f"{rate.value:.3f}", str(rate.n))
    return Group(
        whole,
        *_tables("by language", scores.by_language),
        *_tables("by type", scores.by_type),
        *_tables("by victim sex", scores.by_victim_sex),
        _NOTE,
    )


def stream_table(scores: Scores) -> RichTable:
    """The figures on an ordinary day's stream, of all and by language."""
    names = list(scores.overall)
    titles = (name.removeprefix("relevance_").replace("_", " ") for name in names)
    table = RichTable("language", *titles, title=f"relevance on an ordinary day's stream, reader {scores.reader}")
    for part, figures in [*scores.by_language.items(), ("all", scores.overall)]:
        table.add_row(f"{part} ({figures['stopped_by_gate'].n})", *(f"{figures[name].value:.3f}" for name in names))
    return table


def _tables(title: str, parts: Mapping[str, Table]) -> Iterator[RichTable]:
    """All figures that any part has, a row each, in as many tables as their columns need to fit."""
    rows = {name: in_words(name, rate)[0] for figures in parts.values() for name, rate in figures.items()}
    widths = {part: max(len("0.00"), *map(len, part.split("_"))) + GAP for part in parts}
    together: list[str] = []
    for part in parts:
        if together and max(map(len, rows.values())) + sum(widths[one] for one in (*together, part)) > WIDTH:
            yield _table(title, rows, {one: parts[one] for one in together})
            together = []
        together.append(part)
    if together:
        yield _table(title, rows, {one: parts[one] for one in together})


def _table(title: str, rows: Mapping[str, str], parts: Mapping[str, Table]) -> RichTable:
    table = RichTable(
        title=f"\n{title}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
    )
    table.add_column("")
    for part in parts:
        table.add_column(part.replace("_", "\n"), justify="right", vertical="bottom", no_wrap=True)
    table.add_row("incidents", *(str(figures["incidents_found"].n) for figures in parts.values()))
    for name, words in rows.items():
        table.add_row(words, *(_cell(name, figures) for figures in parts.values()))
    return table


def _cell(name: str, figures: Table) -> str:
    return f"{in_words(name, figures[name])[1].value:.2f}" if name in figures and figures[name].n else "–"

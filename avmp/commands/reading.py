"""`read`, `link`, `evaluate`, `bench`: reading and linking of articles in files, without database or bus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from classifiers.labelled import LabelledArticle
    from classifiers.reader import Reader
    from codebook.errors import BadInput
    from codebook.records import Article, Reading

ArticleFile = Annotated[Path, typer.Argument(help="Articles as JSON Lines: id, title, text, published.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(read)
    app.command()(link)
    app.command()(evaluate)
    app.command()(bench)


def read(file: ArticleFile) -> None:
    """Read articles and print one JSON line each: language, relevance, mentions with confidence and evidence."""
    from avmp.terminal import end_with, progress
    from classifiers.reader import default_reader

    reader = default_reader()
    articles, errors = _articles(file)
    for article in progress(articles, "reading"):
        reading = reader.read(article)
        hidden = {"article_id", "content_hash", "reader_version", "reason"}
        printed = {"id": article.id} | reading.model_dump(mode="json", exclude=hidden | {"mentions"})
        mentions = [m.model_dump(mode="json", exclude=hidden | {"id", "position"}) for m in reading.mentions]
        typer.echo(json.dumps(printed | {"mentions": mentions}, ensure_ascii=False))
    end_with(errors)


def link(file: ArticleFile) -> None:
    """Read and link articles in the order of publication, and print for every mention the candidate it belongs to."""
    from avmp.linked import linked
    from avmp.terminal import end_with, progress
    from classifiers.reader import default_reader

    articles, errors = _articles(file)
    for row in linked(progress(articles, "reading"), default_reader()):
        typer.echo(json.dumps(row))
    end_with(errors)


def _articles(file: Path) -> tuple[list[Article], list[BadInput]]:
    """The articles of a file, and what is wrong with its other lines, which is told."""
    from avmp.files import articles
    from avmp.terminal import complain

    errors: list[BadInput] = []
    found = list(articles(file, errors.append))
    for error in errors:
        complain(error)
    return found, errors


def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled articles as JSON Lines.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
    check: Annotated[bool, typer.Option("--check", help="End with status 1 when a figure is below its floor.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Pin the floors to what was reached; they rise.")] = False,
    allow_regression: Annotated[
        bool,
        typer.Option("--allow-regression", help="With --update: let floors be lowered, or be those of other articles."),
    ] = False,
) -> None:
    """Score the reader against labels: overall, by language, by type and by victim sex.

    The floors of the repository are pinned on classifiers/corpus/dev.jsonl.
    """
    from avmp.terminal import progress, results
    from classifiers.evaluation import evaluate as score
    from classifiers.evaluation import floors
    from classifiers.evaluation.printing import tables
    from classifiers.labelled import load
    from classifiers.reader import default_reader

    articles, reader = load(file), _ReadOnce(default_reader())
    scores = score(progress(articles, "reading"), reader)
    if as_json:
        typer.echo(scores.as_json())
    else:
        results.print(tables(scores))
        _print_linking(articles, reader)
    if update:
        floors.pin(scores, allow_regression=allow_regression)
    if check:
        _check(floors.pinned().broken_by(scores))


class _ReadOnce:
    """A reader that reads each article once: the scores and the linking rest on the same readings."""

    def __init__(self, reader: Reader) -> None:
        self.version = reader.version
        self._read = cache(reader.read)

    def read(self, article: Article) -> Reading:
        return self._read(article)


def _print_linking(articles: Sequence[LabelledArticle], reader: Reader) -> None:
    """How articles of one event come together, in a file that has such articles."""
    from avmp.linked import linking_scores
    from avmp.terminal import results

    for facts, pairs in linking_scores(articles, reader).items():
        if pairs.true_pairs:
            results.print(
                f"pairs linked by {facts} facts: precision {pairs.precision:.3f}, recall {pairs.recall:.3f}, "
                f"F1 {pairs.f1:.3f} of {pairs.true_pairs}"
            )


def _check(broken: Mapping[str, tuple[float, float]]) -> None:
    for name, (floor, reached) in broken.items():
        typer.echo(f"{name} fell to {reached:.4f}, its floor is {floor:.4f}", err=True)
    if broken:
        raise typer.Exit(1)


def bench(as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False) -> None:
    """Measure how many articles and messages a second each stage takes on this machine."""
    from avmp.bench import measure
    from avmp.terminal import results

    figures = measure()
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        for name, value in figures.items():
            results.print(f"{name.replace('_', ' ')}: {value}")

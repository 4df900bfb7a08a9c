"""`read`, `link`, `evaluate`: reading and linking of articles in files, without database or bus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from avmp.readers import Tally
    from classifiers.evaluation import Scores
    from classifiers.labelled import LabelledArticle
    from classifiers.reader import Reader
    from codebook.errors import BadInput
    from codebook.records import Article, Reading

ARTICLES = "Articles as JSON Lines: id, title, text, published."
ArticleFile = Annotated[Path, typer.Argument(help=ARTICLES)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(read)
    app.command()(link)
    app.command()(evaluate)


Answers = Annotated[
    Path | None,
    typer.Option(
        "--answers",
        metavar="FILE",
        help='Take the answers of an instruction model from this file, JSON Lines: {"id": …, "answer": …}; see '
        "--print-prompt of `avmp read`.",
    ),
]


def read(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help=ARTICLES, show_default=False)] = None,
    print_prompt: Annotated[
        str | None,
        typer.Option(
            "--print-prompt",
            metavar="ID",
            help="Read nothing: print what an instruction model is asked about the article of this id, in FILE or, "
            "without FILE, in the database, as JSON: the messages, and the schema of the answer.",
        ),
    ] = None,
    answers: Answers = None,
) -> None:
    """Read articles and print one JSON line each: language, relevance, mentions with confidence and evidence.

    With an instruction model in the settings it reads what the program's own
    reader lets through or doubts.
    """
    if print_prompt is not None and answers is not None:
        raise typer.BadParameter("--print-prompt asks and --answers reads: give one of them", ctx=context)
    if print_prompt is not None:
        _print_prompt(print_prompt, file)
    elif file is None:
        raise typer.BadParameter("Missing argument 'FILE'", ctx=context)
    else:
        _read(file, answers)


def _read(file: Path, answers: Path | None) -> None:
    from avmp.readers import Tally
    from avmp.terminal import end_with, progress

    reader, tally = _reader(answers), Tally()
    articles, errors = _articles(file)
    for article in progress(articles, "reading"):
        reading = reader.read(article)
        tally.note(reading)
        hidden = {"article_id", "content_hash", "reader_version", "reason"}
        printed = {"id": article.id} | reading.model_dump(mode="json", exclude=hidden | {"mentions"})
        mentions = [m.model_dump(mode="json", exclude=hidden | {"id", "position"}) for m in reading.mentions]
        typer.echo(json.dumps(printed | {"mentions": mentions}, ensure_ascii=False))
    _account(tally)
    end_with(errors)


def _print_prompt(id_: str, file: Path | None) -> None:
    from classifiers.instruct import messages, schema
    from codebook.errors import BadInput

    article = _stored(id_) if file is None else next((a for a in _articles(file)[0] if a.id == id_), None)
    if article is None:
        remedy = (
            "give the id of an article of the file" if file else "give the id of an article of the database, or FILE"
        )
        raise BadInput("avmp read", "--print-prompt", id_, remedy)
    typer.echo(json.dumps({"messages": messages(article), "schema": schema()}, ensure_ascii=False, indent=2))


def _stored(id_: str) -> Article | None:
    from avmp.settings import load
    from avmp.wiring import wired
    from store.articles import stored_article

    with wired(load(), existing=True) as wiring, wiring.database.session() as session:
        return stored_article(session, id_)


def _reader(answers: Path | None) -> Reader:
    """The reader of the settings; with a file of answers, these in place of an instruction model."""
    from avmp.readers import configured_reader, reader_of_answers
    from avmp.settings import load

    settings = load()
    return configured_reader(settings) if answers is None else reader_of_answers(answers, encoder=settings.encoder)


def _account(tally: Tally) -> None:
    from avmp.terminal import notes

    for line in tally.lines():
        notes.print(line, soft_wrap=True)


def link(file: ArticleFile) -> None:
    """Read and link articles in the order of publication, and print for every mention the candidate it belongs to."""
    from avmp.linked import linked
    from avmp.terminal import end_with, progress

    articles, errors = _articles(file)
    for row in linked(progress(articles, "reading"), _reader(None)):
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
        typer.Option("--allow-regression", help="With --update: lower the floors not reached, or pin other articles'."),
    ] = False,
    stream: Annotated[
        bool, typer.Option("--stream", help="Score relevance on an ordinary day's stream made of the file's incidents.")
    ] = False,
    errors: Annotated[bool, typer.Option("--errors", help="Print the worst errors as Markdown instead.")] = False,
    number: Annotated[int, typer.Option("--number", min=1, help="With --errors: how many.")] = 40,
    answers: Answers = None,
) -> None:
    """Score the reader against labels: overall, by language, by type and by victim sex.

    With an instruction model in the settings, or its answers in a file, it
    scores what the two read together.

    The floors of the repository are pinned without a model on
    classifiers/corpus/dev.jsonl, and on the stream made of it: one article
    in twenty tells an incident, the others are ordinary news.
    """
    from classifiers.evaluation import floors
    from classifiers.labelled import load
    from codebook.errors import BadInput, Obstacle

    articles, reader = load(file), _ReadOnce(_reader(answers))
    if not articles:
        raise BadInput(str(file), "", Obstacle("it is empty"), "give a file of labelled articles, one a line")
    if update:
        _require_own(reader)
    if errors:
        _print_errors(articles, reader, number)
        return
    scores = _stream_scores(articles, reader, as_json) if stream else _scores(articles, reader, as_json)
    _account(reader.tally)
    pinned_in = floors.STREAM_FILE if stream else floors.FILE
    if update:
        floors.pin(scores, pinned_in, allow_regression=allow_regression)
    if check:
        _check(floors.pinned(pinned_in).broken_by(scores))


def _scores(articles: Sequence[LabelledArticle], reader: Reader, as_json: bool) -> Scores:
    from avmp.terminal import progress, results
    from classifiers.evaluation import evaluate as score
    from classifiers.evaluation.printing import tables

    scores = score(progress(articles, "reading"), reader)
    if as_json:
        typer.echo(scores.as_json())
    else:
        results.print(tables(scores))
        _print_linking(articles, reader)
    return scores


def _stream_scores(articles: Sequence[LabelledArticle], reader: Reader, as_json: bool) -> Scores:
    from avmp.terminal import progress, results
    from classifiers.evaluation.ordinary import evaluate_stream
    from classifiers.evaluation.printing import stream_table
    from classifiers.evaluation.stream import ordinary_day

    scores = evaluate_stream(progress(ordinary_day(articles), "reading"), reader)
    if as_json:
        typer.echo(scores.as_json())
    else:
        results.print(stream_table(scores))
    return scores


def _print_errors(articles: Sequence[LabelledArticle], reader: Reader, number: int) -> None:
    from avmp.terminal import progress
    from classifiers.evaluation.errors import errors, markdown

    typer.echo(markdown(errors(progress(articles, "reading"), reader), number), nl=False)


class _ReadOnce:
    """A reader that reads each article once: the scores and the linking rest on the same readings."""

    def __init__(self, reader: Reader) -> None:
        from avmp.readers import Tally

        self.version = reader.version
        self.tally = Tally()
        self._reader = reader
        self._read = cache(self._counted)

    def read(self, article: Article) -> Reading:
        return self._read(article)

    def _counted(self, article: Article) -> Reading:
        reading = self._reader.read(article)
        self.tally.note(reading)
        return reading


def _require_own(reader: Reader) -> None:
    """Raises `BadInput` unless the floors to be pinned are those of what the repository ships."""
    from classifiers.reader import default_reader
    from codebook.errors import BadInput

    if reader.version != default_reader().version:
        remedy = "pin floors without --answers and without an instruction model in the settings"
        raise BadInput("avmp evaluate", "--update", reader.version, remedy)


def _print_linking(articles: Sequence[LabelledArticle], reader: Reader) -> None:
    """How articles of one event come together, in a file that has such articles."""
    from avmp.linked import linking_scores
    from avmp.terminal import results

    for facts, reached in linking_scores(articles, reader).items():
        pairs, across = reached.pairs, reached.across
        missed = pairs.true_pairs - pairs.common_pairs
        if pairs.true_pairs:
            results.print(
                f"pairs linked by {facts} facts: precision {pairs.precision:.3f}, recall {pairs.recall:.3f}, "
                f"F1 {pairs.f1:.3f} of {pairs.true_pairs}; across languages recall {across.recall:.3f} of "
                f"{across.true_pairs}; {reached.missed_suggested} of {missed} missed are suggested"
            )


def _check(broken: Mapping[str, tuple[float, float]]) -> None:
    for name, (floor, reached) in broken.items():
        typer.echo(f"{name} fell to {reached:.4f}, its floor is {floor:.4f}", err=True)
    if broken:
        raise typer.Exit(1)

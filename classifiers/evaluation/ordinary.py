"""What a reader makes of an ordinary day's stream: what reaches the queue, and what each stage is spared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from classifiers.evaluation.scores import Rate, Scores, Table, evaluate
from classifiers.gate import may_tell_an_incident
from classifiers.labelled import LabelledArticle
from classifiers.reader import Reader
from codebook.records import Article, Reading

_SHOWN = ("relevance_precision", "relevance_recall", "relevance_f1", "precision_at_recall_97")


def evaluate_stream(stream: Iterable[LabelledArticle], reader: Reader) -> Scores:
    """Scores of relevance over a stream, of all and by language, with two shares of its articles: `stopped_by_gate`,
    and `settled_early`, those that no later stage than the linear one reads."""
    noting = Noting(reader)
    articles = list(stream)
    scores = evaluate(articles, noting)
    languages = [article.lang for article in articles]
    everything = list(zip(articles, noting.readings, strict=True))
    return replace(
        scores,
        overall=_with_shares(scores.overall, everything),
        by_language={
            lang: _with_shares(table, [pair for pair, of in zip(everything, languages, strict=True) if of == lang])
            for lang, table in scores.by_language.items()
        },
        by_type={},
        by_victim_sex={},
    )


def _with_shares(table: Table, read: Sequence[tuple[LabelledArticle, Reading]]) -> Mapping[str, Rate]:
    stopped = sum(not may_tell_an_incident(article.title, article.text) for article, _ in read)
    settled = sum(reading.read_by == "linear" for _, reading in read)
    shares = {"stopped_by_gate": stopped, "settled_early": settled}
    return {name: table[name] for name in _SHOWN} | {
        name: Rate(count / len(read) if read else 0.0, len(read)) for name, count in shares.items()
    }


class Noting:
    """A reader that keeps its readings."""

    def __init__(self, reader: Reader) -> None:
        self.version = reader.version
        self.readings: list[Reading] = []
        self._reader = reader

    def read(self, article: Article) -> Reading:
        self.readings.append(self._reader.read(article))
        return self.readings[-1]

"""What a model reaches, against the floors and against the model in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from classifiers.evaluation import Scores, evaluate
from classifiers.evaluation.floors import Floors
from classifiers.evaluation.ordinary import evaluate_stream
from classifiers.evaluation.stream import ordinary_day
from classifiers.labelled import LabelledArticle
from classifiers.reader import Reader
from codebook.records import Article, Reading

HEADLINE = (
    "relevance_f1", "incidents_found", "type", "place", "date", "weapons", "killed", "injured", "female_victims_f1",
    "male_victims_f1", "perpetrators", "possession",
)  # fmt: skip
"""The figures whose mean says which of two models is better: whether an incident is found, and what a monitor would
have to correct."""

SHOWN = 3
"""Broken floors that a line names."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What models are measured on: the development articles, which nobody trains on, with their floors, and those of
    an ordinary day made of them."""

    articles: Sequence[LabelledArticle]
    floors: Floors
    stream_floors: Floors


@dataclass(frozen=True, slots=True)
class Reached:
    """The figures of one model: of the development articles, an ordinary day, the decisions held out (none while there
    are none), and of the first and the last together."""

    dev: Scores
    stream: Scores
    decisions: Scores | None
    together: Scores

    @property
    def headline(self) -> float:
        """The mean of the headline figures over all articles measured on."""
        return sum(self.together.overall[name].value for name in HEADLINE) / len(HEADLINE)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with an offer: `dev`, `stream`, and `decisions` where there are some."""
        parts = {"dev": self.dev, "stream": self.stream, "decisions": self.decisions}
        return {name: asdict(scores) for name, scores in parts.items() if scores is not None}


def reached(reader: Reader, yardstick: Yardstick, decided: Sequence[LabelledArticle]) -> Reached:
    """Measures a reader; each article is read once."""
    once = _ReadOnce(reader)
    dev = list(yardstick.articles)
    return Reached(
        dev=evaluate(dev, once),
        stream=evaluate_stream(ordinary_day(dev), once),
        decisions=evaluate(decided, once) if decided else None,
        together=evaluate([*dev, *decided], once),
    )


def why_not(new: Reached, used: Reached, yardstick: Yardstick) -> str | None:
    """Why a model is not to be offered, in one line; null for one that breaks no floor and is better than that in use.

    Raises:
        BadInput: the floors were pinned on other articles.
    """
    broken = yardstick.floors.broken_by(new.dev) | _named("stream", yardstick.stream_floors.broken_by(new.stream))
    if broken:
        worst = sorted(broken, key=lambda name: broken[name][1] - broken[name][0])
        told = ", ".join(f"{name} {broken[name][1]:.4f} < {broken[name][0]:.4f}" for name in worst[:SHOWN])
        more = f" and {len(worst) - SHOWN} more" if len(worst) > SHOWN else ""
        return f"below its floor: {told}{more}"
    if new.headline <= used.headline:
        return (
            f"not better than the model in use: its mean figure is {new.headline:.4f}, that one's {used.headline:.4f}"
        )
    return None


def _named(part: str, broken: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    return {f"{part}.{name}": value for name, value in broken.items()}


class _ReadOnce:
    """A reader that reads each article once: several figures rest on the same readings."""

    def __init__(self, reader: Reader) -> None:
        self.version = reader.version
        self._read = cache(reader.read)

    def read(self, article: Article) -> Reading:
        return self._read(article)

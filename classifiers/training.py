"""Fits the linear heads to the training articles and writes the model that ships.

Run as `python -m classifiers.training`; the same articles give the same file. A fifth of the events is held out to
set the threshold and the temperature; the heads that ship are then fitted to all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from itertools import chain, product
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from classifiers.evaluation import evaluate
from classifiers.evaluation.printing import tables
from classifiers.examples import parsed_label, units
from classifiers.judges import LinearJudge
from classifiers.labelled import LabelledArticle, load
from classifiers.linear import Head, buckets, packed, trained, unpacked
from classifiers.questions import ARTICLE_QUESTIONS, INCIDENT_QUESTIONS, STRETCH_QUESTIONS
from classifiers.reader import LearnedReader
from classifiers.relevance import Verdict, score

CORPUS = Path(__file__).parent / "corpus"
TRAINING_FILES = ("train.jsonl", "linking_train.jsonl")
MODEL = Path(__file__).parent / "model" / "linear.npz"
HELD_OUT = Path(".avmp/training/linear-held-out.npz")
"""The heads that have not seen the fifth held out: the encoder's word beside theirs is calibrated on it."""
FOLDS = 5
RECALL = 0.97
"""The share of relevant articles that the threshold keeps on events not trained on."""


@dataclass(frozen=True, slots=True)
class Task:
    """One head: its examples' buckets and answers, how many buckets there are, the L2 penalty, the epochs to fit."""

    examples: list[NDArray[np.int64]]
    answers: list[str]
    size: int
    penalty: float
    epochs: int

    def fitted(self, chosen: Sequence[int]) -> Head:
        """The head fitted to the examples at the positions chosen."""
        return trained(
            [self.examples[n] for n in chosen],
            [self.answers[n] for n in chosen],
            sorted(set(self.answers)),
            size=self.size,
            penalty=self.penalty,
            epochs=self.epochs,
        )


Heads = Mapping[str, Head]
LARGE = (*ARTICLE_QUESTIONS, "type", "possession", "fate", "item")
"""The questions whose heads look at many words: their features get more buckets."""


def tasks(articles: Sequence[LabelledArticle]) -> tuple[dict[str, Task], dict[str, list[int]]]:
    """The tasks of all heads, and for each example the article it comes from."""
    # Penalties and epochs: the best of a few on the held-out fifth, by relevance, type, and victims.
    made = {name: Task([], [], size=2**15, penalty=0.3, epochs=30) for name in STRETCH_QUESTIONS}
    made |= {name: Task([], [], size=2**14, penalty=0.03, epochs=60) for name in INCIDENT_QUESTIONS}
    made |= {name: Task([], [], size=2**17, penalty=0.03, epochs=60) for name in LARGE}
    source: dict[str, list[int]] = {name: [] for name in made}
    for n, labelled in enumerate(articles):
        for example in chain.from_iterable(unit.examples for unit in units(labelled, parsed_label(labelled))):
            task = made[example.question]
            task.examples.append(buckets(example.features, task.size))
            task.answers.append(example.answer)
            source[example.question].append(n)
    return made, source


def held_out(labelled: LabelledArticle) -> bool:
    """Whether an article's event belongs to the fifth that is held out."""
    return crc32((labelled.event_key or labelled.id).encode()) % FOLDS == 0


def fitted(made: Mapping[str, Task], source: Mapping[str, Sequence[int]], chosen: Callable[[int], bool]) -> Heads:
    """All heads, fitted to the examples of the articles chosen by position."""
    heads = {}
    for name, task in made.items():
        origin = source[name]
        used = [n for n in range(len(origin)) if chosen(origin[n])]
        heads[name] = task.fitted(used)
        print(  # noqa: T201  progress, on standard error
            f"fitted {name} to {len(used)} examples", file=sys.stderr, flush=True
        )
    return heads


def calibrated(scores: Sequence[float], relevant: Sequence[bool], recall: float = RECALL) -> Verdict:
    """The verdict for scores of articles not fitted to: the temperature and shift that make the probabilities fit
    best, the threshold that keeps the share `recall` of the relevant ones."""
    truth, score = np.array(relevant), np.array(scores)

    def log_loss(fit: tuple[float, float]) -> float:
        return float(np.log1p(np.exp(-np.where(truth, 1, -1) * (score / fit[0] + fit[1]))).sum())

    temperature, shift = min(product(np.arange(0.5, 5.01, 0.1), np.arange(-2, 2.01, 0.1)), key=log_loss)
    plain = Verdict(float(temperature), float(shift))
    kept = sorted(plain.probability(float(one)) for one in score[truth])
    return replace(plain, threshold=kept[int((1 - recall) * len(kept))])


def model(heads: Heads, verdict: Verdict, corpus: str) -> bytes:
    """The model file."""
    return packed(heads, {"corpus": corpus} | {name: f"{value:.4f}" for name, value in asdict(verdict).items()})


class Corpus(NamedTuple):
    """Articles to train on, and a hash that tells them from others."""

    articles: Sequence[LabelledArticle]
    digest: str


def corpus() -> Corpus:
    """The training articles of the repository, and the SHA-256 of their files."""
    files = [CORPUS / name for name in TRAINING_FILES]
    digest = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return Corpus([article for file in files for article in load(file)], digest)


class Fitted(NamedTuple):
    """Two model files: fitted without the fifth held out, and to everything."""

    held_out: bytes
    shipped: bytes


def fit(given: Corpus, measured: Callable[[bytes, Sequence[LabelledArticle]], None] | None = None) -> Fitted:
    """The linear heads fitted to a corpus. `measured` is handed the model that has not seen the fifth held out, and
    that fifth, before the one that ships is fitted."""
    articles, digest = given
    made, source = tasks(articles)
    held = [held_out(article) for article in articles]
    unseen = [article for article in articles if held_out(article)]
    heads = fitted(made, source, lambda n: not held[n])
    scores = [score(parsed_label(one), LinearJudge(heads)) for one in unseen]
    verdict = calibrated(scores, [one.relevant for one in unseen])
    without = model(heads, verdict, digest)
    if measured is not None:
        measured(without, unseen)
    return Fitted(without, model(fitted(made, source, lambda _: True), verdict, digest))


def main() -> None:
    """Measure on the fifth held out, then fit to all articles and write the model."""

    def told(without: bytes, unseen: Sequence[LabelledArticle]) -> None:
        HELD_OUT.parent.mkdir(parents=True, exist_ok=True)
        HELD_OUT.write_bytes(without)
        Console(stderr=True).print(tables(evaluate(unseen, LearnedReader(unpacked(without, "held out")))))

    made = fit(corpus(), told)
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_bytes(made.shipped)


if __name__ == "__main__":
    main()

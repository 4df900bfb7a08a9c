"""Fits the linear heads to the training articles and writes the model that ships.

Run as `python -m classifiers.training`; the same articles give the same file. A fifth of the events is held out to
set the threshold and the temperature; the heads that ship are then fitted to all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from spacy.tokens import Doc

from classifiers import dates, persons, places, weapons
from classifiers.evaluation import evaluate
from classifiers.evaluation.printing import tables
from classifiers.features import document_features
from classifiers.incident_types import label_of
from classifiers.labelled import LabelledArticle, LabelledIncident, LabelledPerpetrator, LabelledVictim, load
from classifiers.linear import Head, buckets, packed, trained, unpacked
from classifiers.mentions import paragraphs, person_features
from classifiers.pipelines import layout_of, parsed
from classifiers.reader import LinearReader
from classifiers.relevance import RELEVANT, Calibration, relevance
from classifiers.sexes import sex_features
from languages.identification import reading_language

CORPUS = Path(__file__).parent / "corpus"
MODEL = Path(__file__).parent / "model" / "linear.npz"
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
DOCUMENT_HEADS = ("relevance", "reason", "type", "several", "possession", "item")
CANDIDATE_HEADS = ("place", "date", "weapon", "person", "sex", "relation", "status")


def parsed_label(labelled: LabelledArticle) -> Doc:
    """A labelled article as the pipelines parse it, in the language its label names."""
    published = labelled.article.published
    return parsed(
        reading_language(labelled.lang), labelled.title, labelled.text, published, labelled.source_jurisdiction
    )


def tasks(articles: Sequence[LabelledArticle]) -> tuple[dict[str, Task], dict[str, list[int]]]:
    """The tasks of all heads, and for each example the article it comes from."""
    # Penalties and epochs: the best of a few on the held-out fifth, by relevance, type, and victims.
    made = {name: Task([], [], size=2**17, penalty=0.03, epochs=60) for name in DOCUMENT_HEADS}
    made |= {name: Task([], [], size=2**15, penalty=0.3, epochs=30) for name in CANDIDATE_HEADS}
    source: dict[str, list[int]] = {name: [] for name in made}
    for n, labelled in enumerate(articles):
        for name, features, answer in _examples(labelled, parsed_label(labelled)):
            made[name].examples.append(buckets(features, made[name].size))
            made[name].answers.append(answer)
            source[name].append(n)
    return made, source


_P = TypeVar("_P")
Example = tuple[str, Iterable[str], str]


def _examples(labelled: LabelledArticle, doc: Doc) -> Iterator[Example]:
    whole = list(document_features(doc[:]))
    yield "relevance", whole, "yes" if labelled.relevant else "no"
    yield "reason", whole, labelled.reason or RELEVANT
    if not labelled.relevant:
        return
    yield "several", whole, "yes" if len(labelled.incidents) > 1 else "no"
    if len(labelled.incidents) > 1:
        yield from _items(labelled, doc)
        return
    incident = labelled.incidents[0]
    yield "type", whole, label_of(incident.incident_type, incident.subtype)
    yield "possession", whole, incident.possession
    for candidate in places.candidates(doc[:]):
        right = incident.place in (candidate.municipality.name, candidate.place.name)
        yield "place", candidate.features, "event" if right else "other"
    for day in dates.candidates(doc[:]):
        yield "date", day.features, "event" if day.date == incident.date else "other"
    for weapon in weapons.candidates(doc[:]):
        yield "weapon", weapon.features, "event" if weapon.code in incident.weapons else "other"
    yield from _persons(incident, doc)


def _items(labelled: LabelledArticle, doc: Doc) -> Iterator[Example]:
    told = [i.evidence.type for i in labelled.incidents if i.evidence and i.evidence.type]
    for paragraph in paragraphs(doc):
        yield "item", document_features(paragraph), "yes" if any(t in paragraph.text for t in told) else "no"


def _persons(incident: LabelledIncident, doc: Doc) -> Iterator[Example]:
    if incident.evidence is None:
        return
    spots = [
        *(
            (_spot(doc, words), v.outcome, v.age, n)
            for n, (words, v) in _paired(incident.evidence.victims, incident.victims)
        ),
        *(
            (_spot(doc, words), persons.PERPETRATOR, p.age, n)
            for n, (words, p) in _paired(incident.evidence.perpetrators, incident.perpetrators)
        ),
    ]
    for one in persons.named(doc[:]):
        part, number = _part(one, [spot for spot in spots if spot[0] is not None])
        if part == "unreported" or (part == persons.NOBODY and _may_be_unmarked(one, incident)):
            continue
        yield "person", one.features, part
        if part != persons.NOBODY:
            people: Sequence[LabelledVictim | LabelledPerpetrator] = (
                incident.perpetrators if part == persons.PERPETRATOR else incident.victims
            )
            yield "sex", sex_features(one, doc[:]), people[number].sex
        if part == persons.PERPETRATOR:
            status = incident.perpetrators[number].status
            yield "status", person_features(one.features, doc[:], ""), status
        elif part != persons.NOBODY and incident.incident_type != "suicide":
            relation = incident.victims[number].relation
            yield "relation", person_features(one.features, doc[:], incident.incident_type), relation


def _may_be_unmarked(one: persons.Named, incident: LabelledIncident) -> bool:
    """Whether a stretch outside the labels' words can be about a labelled person all the same: they mark one stretch a
    person, and others say the same sex again."""
    people: list[LabelledVictim | LabelledPerpetrator] = [*incident.victims, *incident.perpetrators]
    return one.sex != "unreported" and any(
        person.sex == one.sex and (one.age is None or person.age in (None, one.age)) for person in people
    )


def _paired(words: Sequence[str | None], people: Sequence[_P]) -> list[tuple[int, tuple[str | None, _P]]]:
    return list(enumerate(zip(words, people, strict=False)))


Spot = tuple[tuple[int, int] | None, str, int | None, int]


def _spot(doc: Doc, words: str | None) -> tuple[int, int] | None:
    at = doc.text.find(words, layout_of(doc).title_length) if words else -1
    at = doc.text.find(words) if words and at < 0 else at
    return (at, at + len(words)) if words and at >= 0 else None


def _part(one: persons.Named, spots: Sequence[Spot]) -> tuple[str, int]:
    """What the labels say of a stretch: that of the labelled person whose words it shares, age deciding."""
    fitting = [
        (age is not None and age == one.age, -(spot[1] - spot[0]), part, n)
        for spot, part, age, n in spots
        if spot is not None and spot[0] < one.found.end_char and one.found.start_char < spot[1]
        if one.age is None or age is None or age == one.age
    ]
    if fitting:
        _, _, part, n = max(fitting)
        return part, n
    of_age = [(part, n) for _, part, age, n in spots if age is not None and age == one.age]
    return of_age[0] if len({part for part, _ in of_age}) == 1 else (persons.NOBODY, 0)


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


def calibrated(heads: Heads, articles: Sequence[LabelledArticle]) -> tuple[Calibration, float]:
    """Calibration and threshold of relevance on articles not fitted to: the temperature and shift that make the
    probabilities fit best, the threshold that keeps `RECALL` of the relevant ones."""
    truth = np.array([labelled.relevant for labelled in articles])
    chance = np.array([relevance(parsed_label(one), heads, 0.5, Calibration()).probability for one in articles])
    bounded = np.clip(chance, 1e-6, 1 - 1e-6)
    score = np.log(bounded / (1 - bounded))

    def log_loss(fit: tuple[float, float]) -> float:
        return float(np.log1p(np.exp(-np.where(truth, 1, -1) * (score / fit[0] + fit[1]))).sum())

    temperature, shift = min(product(np.arange(0.5, 5.01, 0.1), np.arange(-2, 2.01, 0.1)), key=log_loss)
    threshold = np.sort(1 / (1 + np.exp(-score[truth] / temperature - shift)))[int((1 - RECALL) * truth.sum())]
    return Calibration(float(temperature), float(shift)), float(threshold)


def model(heads: Heads, calibration: Calibration, threshold: float, corpus: str) -> bytes:
    """The model file."""
    fitted = {"temperature": f"{calibration.temperature:.2f}", "shift": f"{calibration.shift:.2f}"}
    return packed(heads, {"corpus": corpus, "threshold": f"{threshold:.4f}"} | fitted)


def main() -> None:
    """Measure on the fifth held out, then fit to all articles and write the model."""
    files = [CORPUS / "train.jsonl", CORPUS / "linking_train.jsonl"]
    corpus = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    articles = [article for file in files for article in load(file)]
    made, source = tasks(articles)
    held = [held_out(article) for article in articles]
    unseen = [article for article in articles if held_out(article)]
    heads = fitted(made, source, lambda n: not held[n])
    calibration, threshold = calibrated(heads, unseen)
    measured = LinearReader(unpacked(model(heads, calibration, threshold, corpus), "held out"))
    Console(stderr=True).print(tables(evaluate(unseen, measured)))
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_bytes(model(fitted(made, source, lambda _: True), calibration, threshold, corpus))


if __name__ == "__main__":
    main()

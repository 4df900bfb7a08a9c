"""Fits the linear heads to the training articles and writes the model that ships.

Run as `python -m classifiers.training`; the same articles give the same file. A fifth of the events is held out to set the
threshold and the temperature; the heads that ship are then fitted to all of them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np
from spacy.tokens import Doc

from classifiers import dates, persons, places, weapons
from classifiers.features import document_features
from classifiers.incident_types import label_of
from classifiers.labelled import LabelledArticle, LabelledIncident, load
from classifiers.linear import Head, packed, trained
from classifiers.mentions import paragraphs, person_features
from classifiers.pipelines import parsed
from classifiers.reader import TIMEZONE
from classifiers.relevance import RELEVANT

CORPUS = Path(__file__).parent / "corpus"
MODEL = Path(__file__).parent / "model" / "linear.npz"
READING_LANGUAGE = {"sr": "hbs", "bs": "hbs", "hr": "hbs", "cnr": "hbs"}
FOLDS = 5
RECALL = 0.97
"""The share of relevant articles that the threshold keeps on events not trained on."""


@dataclass(frozen=True, slots=True)
class Task:
    """One head: its examples' features and answers, how many buckets, and the L2 penalty."""

    examples: list[list[str]]
    answers: list[str]
    size: int
    penalty: float

    def fitted(self, chosen: Callable[[int], bool] = lambda _: True) -> Head:
        """The head fitted to the examples chosen by position."""
        kept = [n for n in range(len(self.examples)) if chosen(n)]
        labels = sorted(set(self.answers))
        return trained(
            [self.examples[n] for n in kept],
            [self.answers[n] for n in kept],
            labels,
            size=self.size,
            penalty=self.penalty,
        )


DOCUMENT = {"size": 2**16, "penalty": 0.1}
CANDIDATE = {"size": 2**15, "penalty": 0.3}


def parsed_label(labelled: LabelledArticle) -> Doc:
    """A labelled article as the pipelines parse it, in the language its label names."""
    article = labelled.article
    jurisdiction = labelled.source_jurisdiction
    lang = READING_LANGUAGE.get(labelled.lang, labelled.lang)
    timezone = TIMEZONE.get(jurisdiction or "", "Europe/Belgrade")
    doc = parsed(lang, labelled.title, labelled.text, article.published, timezone)
    doc.user_data["jurisdiction"] = jurisdiction
    return doc


def tasks(articles: Sequence[LabelledArticle]) -> tuple[dict[str, Task], dict[str, list[int]]]:
    """The tasks of all heads, and for each example the article it comes from."""
    made = {name: Task([], [], **DOCUMENT) for name in ("relevance", "reason", "type", "several", "possession", "item")}
    made |= {name: Task([], [], **CANDIDATE) for name in ("place", "date", "weapon", "person", "relation", "status")}
    source: dict[str, list[int]] = {name: [] for name in made}
    for n, labelled in enumerate(articles):
        for name, features, answer in _examples(labelled, parsed_label(labelled)):
            made[name].examples.append(list(dict.fromkeys(features)))
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
    for candidate in places.candidates(doc[:], labelled.source_jurisdiction):
        right = incident.place in (candidate.municipality.name, candidate.place.name)
        yield "place", candidate.features, "event" if right else "other"
    for day in dates.candidates(doc[:], labelled.published):
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
        *((_spot(doc, words), v.outcome, v.age, n) for n, (words, v) in _paired(incident.evidence.victims, incident.victims)),
        *(
            (_spot(doc, words), persons.PERPETRATOR, p.age, n)
            for n, (words, p) in _paired(incident.evidence.perpetrators, incident.perpetrators)
        ),
    ]
    for one in persons.named(doc[:]):
        part, number = _part(one, [spot for spot in spots if spot[0] is not None])
        if part == "unreported":
            continue
        yield "person", one.features, part
        if part == persons.PERPETRATOR:
            status = incident.perpetrators[number].status
            yield "status", person_features(one.features, doc[:], ""), status
        elif part != persons.NOBODY and incident.incident_type != "suicide":
            relation = incident.victims[number].relation
            yield "relation", person_features(one.features, doc[:], incident.incident_type), relation


def _paired(words: Sequence[str | None], people: Sequence[_P]) -> list[tuple[int, tuple[str | None, _P]]]:
    return list(enumerate(zip(words, people, strict=False)))


Spot = tuple[tuple[int, int] | None, str, int | None, int]


def _spot(doc: Doc, words: str | None) -> tuple[int, int] | None:
    at = doc.text.find(words, doc.user_data["title_length"]) if words else -1
    at = doc.text.find(words) if words and at < 0 else at
    return (at, at + len(words)) if words and at >= 0 else None


def _part(one: persons.Named, spots: Sequence[Spot]) -> tuple[str, int]:
    """What the labels say of a stretch: that of the labelled person whose words it shares, age deciding."""
    fitting = [
        (age is not None and age == one.age, -(spot[1] - spot[0]), part, n)
        for spot, part, age, n in spots
        if spot is not None and spot[0] < one.span.end_char and one.span.start_char < spot[1]
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


def calibrated(made: dict[str, Task], source: dict[str, list[int]], held: Sequence[bool]) -> tuple[float, float, str]:
    """Temperature and threshold of relevance on the held-out events, and the figures reached there, as a line."""
    scores = {}
    for name, label in (("relevance", "yes"), ("reason", RELEVANT)):
        task, origin = made[name], source[name]
        head = task.fitted(lambda n, origin=origin: not held[origin[n]])  # type: ignore[misc]
        shares = [head.probabilities(task.examples[n])[label] for n in range(len(origin)) if held[origin[n]]]
        bounded = np.clip(np.array(shares), 1e-6, 1 - 1e-6)
        scores[name] = np.log(bounded / (1 - bounded))
    truth = np.array([made["relevance"].answers[n] == "yes" for n in range(len(held)) if held[n]])
    score = (scores["relevance"] + scores["reason"]) / 2
    temperature = min(
        np.arange(0.5, 5.01, 0.1), key=lambda t: float(np.log1p(np.exp(-np.where(truth, score, -score) / t)).sum())
    )
    probability = 1 / (1 + np.exp(-score / temperature))
    threshold = float(np.sort(probability[truth])[int((1 - RECALL) * truth.sum())])
    precision = float(truth[probability >= threshold].mean())
    line = f"held out {len(truth)}: precision {precision:.3f} at recall {RECALL}, temperature {temperature:.1f}"
    for name in ("type", "possession", "several", "item", "place", "date", "weapon", "person", "relation", "status"):
        line += f"\n{name}: {_accuracy(made[name], source[name], held)}"
    return float(temperature), threshold, line


def _accuracy(task: Task, origin: Sequence[int], held: Sequence[bool]) -> str:
    tested = [n for n in range(len(origin)) if held[origin[n]]]
    if not tested:
        return "no example held out"
    head = task.fitted(lambda n: not held[origin[n]])
    said = []
    for n in tested:
        shares = head.probabilities(task.examples[n])
        said.append(max(shares, key=lambda label: shares[label]))
    right = sum(s == task.answers[n] for s, n in zip(said, tested, strict=True))
    parts = []
    for label in sorted(set(task.answers)):
        hits = sum(s == label == task.answers[n] for s, n in zip(said, tested, strict=True))
        total = said.count(label) + sum(task.answers[n] == label for n in tested)
        parts.append(f"{label} {2 * hits / total:.2f}" if total else label)
    return f"{right / len(tested):.3f} of {len(tested)} (F1 {', '.join(parts)})"


def main() -> None:
    """Train and write the model."""
    files = [CORPUS / "train.jsonl", CORPUS / "linking_train.jsonl"]
    articles = [article for file in files for article in load(file)]
    made, source = tasks(articles)
    for name, task in made.items():
        print(name, len(task.examples), dict(Counter(task.answers)), file=sys.stderr, flush=True)
    temperature, threshold, line = calibrated(made, source, [held_out(article) for article in articles])
    print(line, file=sys.stderr, flush=True)
    heads = {}
    for name, task in made.items():
        head = task.fitted()
        warmth = temperature if name in ("relevance", "reason") else 1.0
        heads[name] = Head(head.labels, head.weights, head.bias, warmth)
    corpus = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_bytes(packed(heads, {"corpus": corpus, "threshold": f"{threshold:.4f}"}))


if __name__ == "__main__":
    main()

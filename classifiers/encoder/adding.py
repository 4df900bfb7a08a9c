"""Teaches an encoder that is fitted already what it was never asked: one row of weights a question, its states and its
other rows left as they are.

Run as `python -m classifiers.encoder.adding`: what `classifiers.questions` asks and the heads of the shipped encoder do
not know is fitted to the training articles, in ten minutes on one core. The same articles give the same rows. A fit
that goes on moves them with the others; one from the base makes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.encoder.dataset import WHOLE_QUESTIONS
from classifiers.encoder.encoder import FOLDER, Array, Encoder, seen_whole
from classifiers.encoder.inputs import WHOLE, Input
from classifiers.examples import parsed_label, units
from classifiers.labelled import LabelledArticle
from classifiers.questions import STRETCH_QUESTIONS
from classifiers.training import corpus

LOOK = "type"
"""Whose look at the states a new question about the whole takes over: what tells what happened stands near what tells
where."""
STEPS, RATE, PENALTY = 150, 0.05, 1e-2
"""Full-batch steps of Adam, its first rate, and the penalty on the squares of the weights of inputs of one spread."""


class _Asked:
    """What the states show of the examples of one question, and their answers."""

    def __init__(self) -> None:
        self.seen: list[Array] = []
        self.answers: list[str] = []

    def add(self, seen: Array, answer: str) -> None:
        self.seen.append(seen)
        self.answers.append(answer)


def add(folder: Path, articles: Iterable[LabelledArticle]) -> list[str]:
    """Fits what the encoder of a folder was never asked, writes its heads anew and notes it in `about.json`. The
    questions added; none where it knows all."""
    with np.load(folder / "heads.npz") as arrays:
        heads = {name: arrays[name] for name in arrays.files}
    described: dict[str, Any] = json.loads(heads["described"].tobytes())
    new = {
        "whole": [one for one in WHOLE_QUESTIONS if one not in described["whole"]],
        "stretch": [one for one in STRETCH_QUESTIONS if one not in described["stretch"]],
    }
    if not (new["whole"] or new["stretch"]):
        return []
    look = heads["looks"][described["whole"].index(LOOK)].astype(np.float32)
    asked = _asked(Encoder(folder), look, articles, new)
    for kind, questions in new.items():
        for question in questions:
            answers = sorted(set(asked[question].answers))
            weight, bias = fitted(asked[question].seen, asked[question].answers, answers)
            described[kind].append(question)
            described["answers"][question] = answers
            heads[f"{kind}.weight"] = _with_row(heads[f"{kind}.weight"], weight)
            heads[f"{kind}.bias"] = _with_row(heads[f"{kind}.bias"], bias)
    heads["looks"] = np.concatenate([heads["looks"], *[look[None].astype(np.float16)] * len(new["whole"])])
    heads["described"] = np.frombuffer(json.dumps(described).encode(), np.uint8)
    np.savez_compressed(folder / "heads.npz", **heads)
    added = [*new["whole"], *new["stretch"]]
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    about["added"] = [*about.get("added", ()), *added]
    (folder / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return added


def _asked(
    encoder: Encoder, look: Array, articles: Iterable[LabelledArticle], new: Mapping[str, Sequence[str]]
) -> dict[str, _Asked]:
    found = {question: _Asked() for questions in new.values() for question in questions}
    for unit in (unit for one in articles for unit in units(one, parsed_label(one))):
        examples = [example for example in unit.examples if example.question in found]
        if not examples:
            continue
        given = Input(unit.part, encoder.tokenizer)
        states = encoder.states(given)
        for example in examples:
            if example.question in new["whole"]:
                found[example.question].add(seen_whole(states, look[None])[0], example.answer)
            elif pieces := given.pieces(*example.found) if example.found else WHOLE:
                found[example.question].add(encoder.stretch(states, *pieces), example.answer)
    return found


def fitted(seen: Sequence[Array], answers: Sequence[str], labels: Sequence[str]) -> tuple[Array, Array]:
    """Weights (labels × width) and bias of a softmax over `labels`, fitted to what is seen of each example."""
    given = np.array(seen, np.float32)
    mean, spread = given.mean(0), given.std(0) + np.float32(1e-6)
    given = (given - mean) / spread
    target = np.eye(len(labels), dtype=np.float32)[[labels.index(answer) for answer in answers]]
    weight = np.zeros((given.shape[1], len(labels)), np.float32)
    bias = np.log(target.mean(0) + np.float32(1e-6))
    first, second = np.zeros_like(weight), np.zeros_like(weight)
    for step in range(1, STEPS + 1):
        scores = given @ weight + bias
        odds = np.exp(scores - scores.max(1, keepdims=True))
        error = (odds / odds.sum(1, keepdims=True) - target) / np.float32(len(given))
        gradient = given.T @ error + np.float32(PENALTY) * weight
        first = np.float32(0.9) * first + np.float32(0.1) * gradient
        second = np.float32(0.99) * second + np.float32(0.01) * gradient**2
        rate = np.float32(RATE * (1 - 0.9 * step / STEPS))
        weight -= (
            rate
            * (first / (1 - np.float32(0.9) ** step))
            / (np.sqrt(second / (1 - np.float32(0.99) ** step)) + np.float32(1e-8))
        )
        bias -= np.float32(RATE) * error.sum(0)
    weight /= spread[:, None]
    return weight.T, bias - mean @ weight


def _with_row(table: NDArray[np.float16], row: Array) -> NDArray[np.float16]:
    """The table with one row more, filled up with zeros where others have more answers."""
    full = np.zeros((1, *table.shape[1:]), np.float16)
    full[0, : len(row)] = row
    return np.concatenate([table, full])


def main() -> None:
    """Add what is missing to the encoder that ships."""
    added = add(FOLDER, corpus().articles)
    print("added:", ", ".join(added) or "nothing, it knows all questions")  # noqa: T201  its result


if __name__ == "__main__":
    main()

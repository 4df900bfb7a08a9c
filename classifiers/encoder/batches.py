"""The data set that `classifiers.encoder.dataset` wrote, and its units in batches on a device.

Needs PyTorch and nothing else of the product, so that it can run on another machine.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

UNASKED = -100
"""The answer to a question that a unit does not answer."""


@dataclass(frozen=True, slots=True)
class Printing:
    """One way a unit could have been printed: ids of its pieces, marked pieces (rows of field, first, one after the
    last) and stretches asked about (rows of question, first, one after the last, answer)."""

    ids: NDArray[np.int64]
    marked: NDArray[np.int64]
    asked: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """A unit: its article, whether it is held out, its answers as a whole, its printings with the original first."""

    id: str
    held: bool
    answers: NDArray[np.int64]
    printings: Sequence[Printing]


@dataclass(frozen=True, slots=True)
class Data:
    """A data set: its questions with their answers, its units."""

    whole: Sequence[str]
    stretch: Sequence[str]
    marked: Sequence[str]
    answers: Mapping[str, Sequence[str]]
    rows: Sequence[Row]


def read(path: Path) -> Data:
    """The data set of a file that `classifiers.encoder.dataset` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        about = json.loads(next(file))
        return Data(
            about["whole"],
            about["stretch"],
            about["marked"],
            about["answers"],
            [_row(json.loads(line), about) for line in file],
        )


def _row(unit: Mapping[str, Any], about: Mapping[str, Any]) -> Row:
    answers: Mapping[str, list[str]] = about["answers"]
    told = [answers[q].index(unit["whole"][q]) if q in unit["whole"] else UNASKED for q in about["whole"]]
    return Row(unit["id"], unit["held"], np.array(told), [_printing(one, about) for one in unit["printings"]])


def _printing(printing: Mapping[str, Any], about: Mapping[str, Any]) -> Printing:
    marked = [(about["marked"].index(field), first, last) for field, first, last in printing["marked"]]
    asked = [
        (about["stretch"].index(question), first, last, about["answers"][question].index(answer))
        for question, answer, first, last in printing["asked"]
    ]
    return Printing(
        np.array(printing["ids"]),
        np.array(marked, np.int64).reshape(-1, 3),
        np.array(asked, np.int64).reshape(-1, 4),
    )


class Batch:
    """Some units in one of their printings, padded, on a device."""

    def __init__(self, data: Data, rows: Sequence[Row], device: str, chance: random.Random | None) -> None:
        printings = [chance.choice(_weighted(row.printings)) if chance else row.printings[0] for row in rows]
        width = max(len(printing.ids) for printing in printings)
        ids = np.ones((len(rows), width), np.int64)
        mask = np.zeros((len(rows), width), bool)
        marks = np.zeros((len(rows), width, len(data.marked)), np.float32)
        for n, printing in enumerate(printings):
            ids[n, : len(printing.ids)] = printing.ids
            mask[n, : len(printing.ids)] = True
            for field, first, last in printing.marked:
                marks[n, first:last, field] = 1
        text = np.repeat(np.arange(len(rows)), [len(printing.asked) for printing in printings])
        tells = np.array([len(printing.marked) > 0 for printing in printings])
        self.ids, self.mask, self.marks = _on(device, ids), _on(device, mask), _on(device, marks)
        self.answers = _on(device, np.stack([row.answers for row in rows]))
        self.asked = _on(device, np.insert(np.concatenate([p.asked for p in printings]), 1, text, axis=1))
        self.marked = self.mask & _on(device, tells).unsqueeze(1)

    def twice(self) -> Batch:
        """The batch and itself again, as the texts of one: dropout differs between the halves."""
        both = copy.copy(self)
        for name in ("ids", "mask", "marks", "answers", "marked"):
            setattr(both, name, torch.cat([getattr(self, name)] * 2))
        again = self.asked.clone()
        again[:, 1] += len(self.ids)
        both.asked = torch.cat([self.asked, again])
        return both


def _on(device: str, array: NDArray[Any]) -> Tensor:
    return torch.from_numpy(array).to(device, non_blocking=True)


def _weighted(printings: Sequence[Printing]) -> Sequence[Printing]:
    """The article as it was printed half of the time."""
    return [*printings[1:], *[printings[0]] * max(1, len(printings) - 1)]


def batches(rows: Sequence[Row], size: int, chance: random.Random) -> Iterator[list[Row]]:
    """The units in batches of like length, in an order of chance."""
    by_length = sorted(rows, key=lambda row: len(row.printings[0].ids) + chance.random() * 40)
    cut = [by_length[at : at + size] for at in range(0, len(by_length), size)]
    chance.shuffle(cut)
    yield from cut

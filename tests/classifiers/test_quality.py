"""The gate of quality: the reader that ships does not fall below its floors on the development articles."""

from __future__ import annotations

from classifiers.evaluation import evaluate
from classifiers.evaluation.floors import pinned
from classifiers.labelled import load
from classifiers.reader import Reader
from classifiers.training import CORPUS


def test_the_reader_keeps_its_floors(reader: Reader) -> None:
    assert pinned().broken_by(evaluate(load(CORPUS / "dev.jsonl"), reader)) == {}

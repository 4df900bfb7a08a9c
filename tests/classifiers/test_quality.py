"""The gate of quality: the reader that ships does not fall below its floors on the development articles."""

from __future__ import annotations

from importlib.resources import files

from classifiers.evaluation import evaluate
from classifiers.evaluation.floors import loaded
from classifiers.labelled import load
from classifiers.reader import Reader
from classifiers.training import CORPUS

FLOORS = files("classifiers") / "evaluation" / "floors.toml"


def test_the_reader_keeps_its_floors(reader: Reader) -> None:
    floors = loaded(FLOORS.read_text(encoding="utf-8"), "floors.toml")
    assert floors.broken_by(evaluate(load(CORPUS / "dev.jsonl"), reader)) == {}

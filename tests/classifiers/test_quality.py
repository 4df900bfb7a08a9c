"""The gate of quality: the reader that ships does not fall below its floors on the development articles."""

from __future__ import annotations

from classifiers.evaluation.floors import pinned
from classifiers.evaluation.scores import Scores


def test_the_reader_keeps_its_floors(development_scores: Scores) -> None:
    assert pinned().broken_by(development_scores) == {}

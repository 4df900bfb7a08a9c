"""Stage 2: does the article tell a firearm incident of the region, and if not, why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from spacy.tokens import Doc

from classifiers.features import document_features
from classifiers.linear import Head

RELEVANT = "relevant"


@dataclass(frozen=True, slots=True)
class Relevance:
    """A calibrated probability, the verdict at the threshold, and the likeliest reason against."""

    probability: float
    relevant: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How log-odds become a probability that can be believed: divided by `temperature`, then shifted."""

    temperature: float = 1.0
    shift: float = 0.0


def relevance(doc: Doc, heads: Mapping[str, Head], threshold: float, calibration: Calibration) -> Relevance:
    """The log-odds of the yes-or-no head and of the reasons head, averaged: the reasons teach relevance."""
    features = list(document_features(doc[:]))
    reasons = heads["reason"].probabilities(features)
    score = (_logit(heads["relevance"].probabilities(features)["yes"]) + _logit(reasons[RELEVANT])) / 2
    probability = 1 / (1 + exp(-score / calibration.temperature - calibration.shift))
    relevant = probability >= threshold
    return Relevance(probability, relevant, None if relevant else _reason(reasons))


def _reason(reasons: Mapping[str, float]) -> str:
    against: Sequence[str] = [reason for reason in reasons if reason != RELEVANT]
    return max(against, key=lambda reason: reasons[reason])


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return log(bounded / (1 - bounded))

"""Stage 2: does the article tell a firearm incident of the region, and if not, why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from typing import Any

from spacy.tokens import Doc

from classifiers.judges import Judge, Shares, likeliest
from codebook.errors import BadInput

RELEVANT = "relevant"


@dataclass(frozen=True, slots=True)
class Relevance:
    """A calibrated probability, the verdict at the threshold, and the likeliest reason against."""

    probability: float
    relevant: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a score becomes a verdict: divided by `temperature` and shifted it is log-odds that can be believed, and
    relevant is what reaches `threshold` as a probability."""

    temperature: float = 1.0
    shift: float = 0.0
    threshold: float = 0.5

    @classmethod
    def of(cls, about: Mapping[str, Any], where: str) -> Verdict:
        """The verdict a model was calibrated to. Raises `BadInput` that names `where` for a model that has none."""
        return cls(*(told_number(about, name, where) for name in ("temperature", "shift", "threshold")))

    def probability(self, score: float) -> float:
        """The calibrated probability of a score."""
        return 1 / (1 + exp(-score / self.temperature - self.shift))


def told_number(about: Mapping[str, Any], name: str, where: str) -> float:
    """A number that training left beside a model. Raises `BadInput` that names `where` when there is none."""
    try:
        return float(about[name])
    except (KeyError, TypeError, ValueError):
        raise BadInput(where, name, about.get(name), "train the model again: avmp train") from None


def relevance(doc: Doc, judge: Judge, verdict: Verdict) -> Relevance:
    """Whether the article tells an incident, as a judge sees it."""
    probability = verdict.probability(score(doc, judge))
    relevant = probability >= verdict.threshold
    return Relevance(probability, relevant, None if relevant else _reason(judge.of_part("reason", doc[:])))


def score(doc: Doc, judge: Judge) -> float:
    """The log-odds of the yes-or-no head and of the reasons head, averaged: the reasons teach relevance."""
    yes = judge.of_part("relevance", doc[:])["yes"]
    return (_logit(yes) + _logit(judge.of_part("reason", doc[:])[RELEVANT])) / 2


def _reason(reasons: Shares) -> str:
    return likeliest({reason: share for reason, share in reasons.items() if reason != RELEVANT})


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return log(bounded / (1 - bounded))

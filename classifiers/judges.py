"""Who answers the questions about an article: the linear heads, the encoder, or both together.

The readers of place, date, weapons, persons and the rest ask a judge and do not know which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Span

from classifiers.features import document_features
from classifiers.linear import Head, buckets
from classifiers.pipelines import Stretch

TOPICS = frozenset({"relevance", "reason", "type", "possession"})
"""What an article is about, which its words tell nearly as well as their order."""
TOPIC_WEIGHT, WEIGHT = 0.45, 0.8
"""What the second judge's word counts, of 1: of 0 to 1 in tenths the best on the fifth held out, where the panel sorts
relevance with an AUC of .949 and either judge alone with .92."""
ADDED, ADDED_WEIGHT = frozenset({"place word", "place type"}), 0.5
"""What the encoder was asked when it was fitted already (`encoder.adding`), and what the second judge's word counts
there: of .2, .35, .5 and .65 the best on two fifths of the training events held out."""
_LEAST = 1e-4
"""Least probability that is believed."""

Shares = dict[str, float]
"""Answer → probability; empty where a judge has no answer."""


class Judge(Protocol):
    """Answers the questions of `classifiers.questions` about one article."""

    def of_part(self, question: str, part: Span) -> Shares:
        """What a part of the article tells as a whole."""
        ...

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:
        """What a stretch of the part is; None for what no word names. `features` are what a linear head sees of it."""
        ...

    def words(self, field: str, part: Span) -> Stretch | None:
        """The words of the part that a field most likely rests on; None where the judge cannot tell."""
        ...


class LinearJudge:
    """The linear heads. One instance an article: it keeps what it sees of the parts it was asked about, since a long
    part has many features and is asked about again for every weapon named in it."""

    def __init__(self, heads: Mapping[str, Head]) -> None:
        self._heads = heads
        self._features: dict[tuple[int, int], list[str]] = {}
        self._buckets: dict[tuple[int, int, int], NDArray[np.int64]] = {}
        self._said: dict[tuple[str, int, int], Shares] = {}

    def of_part(self, question: str, part: Span) -> Shares:
        """See `Judge`."""
        if question not in self._heads:
            return {}
        asked = (question, part.start, part.end)
        if asked not in self._said:
            head = self._heads[question]
            self._said[asked] = head.probabilities_at(self._seen(part, len(head.weights)))
        return dict(self._said[asked])

    def _seen(self, part: Span, size: int) -> NDArray[np.int64]:
        where = (part.start, part.end)
        if (*where, size) not in self._buckets:
            if where not in self._features:
                self._features[where] = list(document_features(part))
            self._buckets[*where, size] = buckets(self._features[where], size)
        return self._buckets[*where, size]

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:  # noqa: ARG002
        """See `Judge`."""
        return self._heads[question].probabilities(features) if question in self._heads else {}

    def words(self, field: str, part: Span) -> Stretch | None:  # noqa: ARG002
        """Linear heads see no order of words."""
        return None


class Panel:
    """Two judges: the mean of their log-probabilities, the second's counting more where the order of words matters."""

    def __init__(self, first: Judge, second: Judge) -> None:
        self._first, self._second = first, second

    def of_part(self, question: str, part: Span) -> Shares:
        """See `Judge`."""
        weight = TOPIC_WEIGHT if question in TOPICS else ADDED_WEIGHT if question in ADDED else WEIGHT
        return _mean(self._first.of_part(question, part), self._second.of_part(question, part), weight)

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:
        """See `Judge`."""
        return _mean(
            self._first.of_stretch(question, part, found, features),
            self._second.of_stretch(question, part, found, features),
            ADDED_WEIGHT if question in ADDED else WEIGHT,
        )

    def words(self, field: str, part: Span) -> Stretch | None:
        """See `Judge`."""
        return self._second.words(field, part) or self._first.words(field, part)


def _mean(first: Shares, second: Shares, weight: float) -> Shares:
    if not first or not second:
        return first or second
    odds = {
        answer: exp(
            (1 - weight) * log(max(first.get(answer, 0.0), _LEAST)) + weight * log(max(second.get(answer, 0.0), _LEAST))
        )
        for answer in first | second
    }
    total = sum(odds.values())
    return {answer: share / total for answer, share in odds.items()}


def likeliest(shares: Shares) -> str:
    """The answer with the highest probability."""
    return max(shares, key=lambda answer: shares[answer])

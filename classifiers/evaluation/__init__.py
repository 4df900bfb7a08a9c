"""How good a reader is: scores against labelled articles, by language, by type and by victim sex, and pinned floors."""

from classifiers.evaluation.scores import Rate, Scores, evaluate

__all__ = ["Rate", "Scores", "evaluate"]

"""What the encoder that ships was asked when it was fitted."""

from __future__ import annotations

from classifiers.questions import ARTICLE_QUESTIONS, INCIDENT_QUESTIONS

SINCE = frozenset({"fate"})
"""Questions that came into the table since: the linear heads answer them alone until the encoder is fitted again."""
OF_THE_WHOLE = frozenset({*ARTICLE_QUESTIONS, *INCIDENT_QUESTIONS}) - SINCE

"""How the word of both stages becomes a probability, and from which linear probability the encoder is asked.

Fitted to the fifth held out, on what models say that have not seen it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from spacy.tokens import Span

from classifiers.examples import parsed_label
from classifiers.judges import Judge, LinearJudge, Panel, Shares
from classifiers.labelled import LabelledArticle
from classifiers.linear import Model
from classifiers.pipelines import Stretch
from classifiers.relevance import Verdict, score
from classifiers.training import calibrated

KEPT = 0.99
"""The share of relevant articles that the threshold keeps: a monitor would sooner reject ten items than miss one."""
PASSED_ON = 0.995
"""The share of relevant articles that the linear stage passes on to the encoder."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A judge who says what a file says of one article."""

    shares: Mapping[str, Shares]

    def of_part(self, question: str, part: Span) -> Shares:  # noqa: ARG002
        return dict(self.shares.get(question, {}))

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:  # noqa: ARG002
        return {}

    def words(self, field: str, part: Span) -> Stretch | None:  # noqa: ARG002
        return None


def calibrate(articles: Sequence[LabelledArticle], held: Path, linear: Model, about: Path, digest: str) -> None:
    """Adds to `about` what the reader needs to judge by both stages.

    `held` is what `classifiers.encoder.fitting` wrote of the articles held out, `linear` the heads that have not seen
    them either, `digest` that of the corpus.
    """
    said = {row.pop("id"): row for row in map(json.loads, held.read_text(encoding="utf-8").splitlines())}
    unseen = [labelled for labelled in articles if labelled.id in said]
    relevant = [labelled.relevant for labelled in unseen]
    alone, together = [], []
    for labelled in unseen:
        doc = parsed_label(labelled)
        judge = LinearJudge(linear.heads)
        alone.append(score(doc, judge))
        panel: Judge = Panel(judge, _Said(said[labelled.id]))
        together.append(score(doc, panel))
    verdict = Verdict.of(linear.about, "linear")
    kept = sorted(verdict.probability(s) for s, true in zip(alone, relevant, strict=True) if true)
    fitted = {**asdict(calibrated(together, relevant, KEPT)), "ask_from": kept[int((1 - PASSED_ON) * len(kept))]}
    known = json.loads(about.read_text(encoding="utf-8"))
    known |= {"corpus": digest} | {name: round(value, 4) for name, value in fitted.items()}
    about.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")

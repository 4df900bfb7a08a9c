"""Learns the linker's weights and thresholds from labelled articles: `python -m avmp.link_training`.

Views of the linking articles are learned from: the facts of the labels, with hints and without, and those that the
shipped reader reads, of articles it was trained on (where it errs less than it will) and of others that no reader is
taught. To them come pairs of unrelated training articles, since in the families of the linking articles nearly
everything is alike, and strangers, as many as stand around a report in life (`avmp.link_crowds`). Folds follow the
families: events of one jurisdiction within a month of one another, so that an event and its look-alikes are never on
both sides.

The same articles give the same weights. Nothing of the development articles is used.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import combinations, compress
from pathlib import Path
from statistics import median
from typing import NamedTuple
from zlib import crc32

from avmp.link_crowds import strangers
from avmp.link_views import Told, by_labels, by_readings
from classifiers.labelled import LabelledArticle, load
from classifiers.reader import Reader, default_reader
from classifiers.training import CORPUS
from codebook.records import Reading
from linking.blocking import comparable
from linking.evaluation import PairwiseScores, pairwise, summed
from linking.features import Features, features
from linking.fitting import fitted
from linking.hints import Hints
from linking.linker import link
from linking.scoring import Scores, log_odds
from linking.suggesting import suggestions
from linking.weights import Weights, weights

TAUGHT, UNTAUGHT = "linking_train.jsonl", "linking_untaught.jsonl"
"""Families of reports, of which the reader was trained on the first and is never on the second."""
FOLDS = 11
FAMILY = dt.timedelta(days=30)
"""Events of one jurisdiction, with no gap longer than this between their reports, are one family."""
READ = "read"
"""The view that is nearest to what the linker meets: what the shipped reader reads of articles it was never taught. The
threshold of joining is chosen on it."""
PRECISION_OVER_RECALL = 0.5
"""The beta of the F measure by which that is chosen: a wrong join costs more than a question."""
SUGGESTED = 2 / 3
"""Of the pairs of one event that were compared and missed, the share that a person is asked about: with more, each
further pair costs many idle questions."""
UNDATED = "labels, a third undated"
"""A view that is learned from and measured; no threshold is chosen for it: such reports are rare."""
CROWDED = ("labels", "labels, no hints")
"""Views whose mentions are put among strangers."""
JOINS = [n / 10 for n in range(20, -11, -2)]
"""Of equally good ones the highest is taken."""
SUGGESTS = [n / 2 for n in range(0, -9, -1)]
KEPT = Path(".avmp/training")
LEARNED = Path(__file__).parents[1] / "linking" / "learned.toml"


class Example(NamedTuple):
    """The features of a pair, whether it tells one event, and the folds that it is not learned from in."""

    told: Features
    same: bool
    folds: frozenset[int]


@dataclass(frozen=True, slots=True)
class View:
    """The mentions of one view, and the fold of each."""

    name: str
    told: Sequence[Told]
    folds: Mapping[str, int]

    def families(self) -> Iterable[tuple[int, list[Told]]]:
        """The mentions by fold."""
        by_fold: defaultdict[int, list[Told]] = defaultdict(list)
        for one in self.told:
            by_fold[self.folds[one.mention.article_id]].append(one)
        return sorted(by_fold.items())

    def examples(self) -> list[Example]:
        """Every comparable pair: across folds there are some only where it is not known when a report was."""
        return [
            Example(
                features(a.mention, b.mention),
                a.event == b.event,
                frozenset((self.folds[a.mention.article_id], self.folds[b.mention.article_id])),
            )
            for a, b in combinations(self.told, 2)
            if comparable(a.mention, b.mention)
        ]


def views() -> tuple[list[View], View]:
    """The views of the linking articles, and the other training articles by their labels."""
    taught, untaught, others = (load(CORPUS / name) for name in (TAUGHT, UNTAUGHT, "train.jsonl"))
    articles = [*taught, *untaught]
    labels = list(by_labels(articles))
    folds = _folds(articles, labels)
    bare = [Told(replace(mention, hints=Hints()), event) for mention, event in labels]
    reader = default_reader()
    named = {
        "labels": labels,
        "labels, no hints": bare,
        UNDATED: [_undated(one) for one in labels],
        "read, taught": list(by_readings(taught, _readings(TAUGHT, taught, reader))),
        READ: list(by_readings(untaught, _readings(UNTAUGHT, untaught, reader))),
    }
    background = list(by_labels(one for one in others if one.published))
    return [View(name, told, folds) for name, told in named.items()], View("background", background, _Nowhere())


class _Nowhere(dict[str, int]):
    """The fold of articles that are learned from in every fold and never measured on."""

    def __missing__(self, _: str) -> int:
        return -1


def _undated(told: Told) -> Told:
    """The same without day and moment for one article in three: the development articles had such, these do not."""
    mention = told.mention
    if crc32(mention.article_id.encode()) % 3:
        return told
    facts = mention.facts.model_copy(update={"date": None, "date_precision": "unknown"})
    return Told(replace(mention, facts=facts, published=None), told.event)


def _folds(articles: Sequence[LabelledArticle], labels: Iterable[Told]) -> dict[str, int]:
    """The fold of each article by its family."""
    family: dict[str, str] = {}
    last: tuple[str, dt.date, str] | None = None
    of = {article.id: article.source_jurisdiction or "" for article in articles}  # one may tell nothing
    of |= {told.mention.article_id: told.mention.facts.jurisdiction or "" for told in labels}
    for article in sorted(articles, key=lambda a: (of[a.id], a.published or dt.date.min, a.id)):
        day = article.published or dt.date.min
        new = last is None or last[0] != of[article.id] or day - last[1] > FAMILY
        name = article.id if new or last is None else last[2]
        last, family[article.id] = (of[article.id], day, name), name
    ranked = sorted(set(family.values()), key=lambda name: crc32(name.encode()))
    return {article: ranked.index(name) % FOLDS for article, name in family.items()}


def _readings(file: str, articles: Iterable[LabelledArticle], reader: Reader) -> list[Reading]:
    """What a reader makes of the articles of a file; kept, for reading takes minutes."""
    kept = KEPT / f"linking-{_digest(file)}-{reader.version}.jsonl"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        lines = (reader.read(labelled.article).model_dump_json() for labelled in articles)
        kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [Reading.model_validate_json(line) for line in kept.read_text(encoding="utf-8").splitlines()]


def _digest(file: str) -> str:
    """Of the articles, so that what was kept of others is not taken for theirs."""
    return sha256((CORPUS / file).read_bytes()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Reached:
    """What was reached on a view over its folds.

    Attributes:
        pairs: of mentions, how they came together.
        missed: pairs of one event that were compared and did not come together.
        missed_suggested: those of them that a person is asked about.
        asked: of each item, how many others a person is asked about.
    """

    pairs: PairwiseScores
    missed: int
    missed_suggested: int
    asked: Sequence[int]

    def line(self, view: str) -> str:
        """A row of the card."""
        s, many = self.pairs, sorted(self.asked)
        asked = f"{median(many):.0f}, {many[len(many) * 9 // 10]}, {many[-1]}"
        missed = f"{self.missed_suggested} of {self.missed}"
        return f"| {view} | {s.true_pairs} | {s.precision:.3f} | {s.recall:.3f} | {s.f1:.3f} | {missed} | {asked} |"


def measured(view: View, by_fold: Mapping[int, Weights]) -> Reached:
    """Each fold linked by weights that have not seen it."""
    pairs, missed, suggested, asked = [], 0, 0, []
    for fold, told in view.families():
        events = {one.mention.id: one.event for one in told}
        scores = Scores(by_fold[fold])
        groups = link((one.mention for one in told), scores=scores)
        group_of = {m.id: group.id for group in groups for m in group.mentions}
        pairs.append(pairwise(events, group_of))
        found = {frozenset((one.a, one.b)) for one in suggestions(groups, scores=scores)}
        apart = [
            frozenset((group_of[a.mention.id], group_of[b.mention.id]))
            for a, b in combinations(told, 2)
            if a.event == b.event and comparable(a.mention, b.mention)
        ]
        missed += sum(len(two) == 2 for two in apart)
        suggested += sum(two in found for two in apart)
        asked += [sum(group.id in two for two in found) for group in groups]
    return Reached(summed(pairs), missed, suggested, asked)


def learned() -> tuple[Weights, list[str]]:
    """The weights for all examples, thresholds chosen in cross-validation, and the lines that tell how it went."""
    measuring, background = views()
    crowd = [example for view in measuring if view.name in CROWDED for example in _crowd(view, background)]
    examples = [*(example for view in (*measuring, background) for example in view.examples()), *crowd]
    rules = weights()
    by_fold = {
        fold: replace(rules, evidence=fitted([(e.told, e.same) for e in examples if fold not in e.folds]))
        for fold in range(FOLDS)
    }

    def reached(join: float, suggest: float) -> list[Reached]:
        chosen = {fold: replace(one, join=join, suggest=suggest) for fold, one in by_fold.items()}
        return [measured(view, chosen) for view in measuring]

    dated = [view.name != UNDATED for view in measuring]
    read = next(n for n, view in enumerate(measuring) if view.name == READ)
    join = max(JOINS, key=lambda n: reached(n, n)[read].pairs.f(PRECISION_OVER_RECALL))
    suggest = next(n for n in SUGGESTS if _share_suggested(compress(reached(join, n), dated)) >= SUGGESTED)
    lines = [one.line(view.name) for view, one in zip(measuring, reached(join, suggest), strict=True)]
    taken = sum(log_odds(by_fold[min(e.folds)].evidence, e.told) >= join for e in crowd)
    lines.append(f"strangers: {len(crowd)} compared, {taken} taken for the same event")
    return replace(rules, join=join, suggest=suggest, evidence=fitted([(e.told, e.same) for e in examples])), lines


def _crowd(view: View, background: View) -> Iterable[Example]:
    """The mentions of a view among strangers."""
    for own, stranger in strangers(view.told, background.told):
        yield Example(features(own, stranger), False, frozenset((view.folds[own.article_id],)))  # noqa: FBT003


def _share_suggested(reached: Iterable[Reached]) -> float:
    counts = [(one.missed_suggested, one.missed) for one in reached]
    return sum(suggested for suggested, _ in counts) / max(sum(missed for _, missed in counts), 1)


def written(chosen: Weights) -> str:
    """The file of the weights that ship."""
    lines = [
        "# Learned by `python -m avmp.link_training`; how, and what it reaches: README.md. In log-odds.",
        f"join = {chosen.join}      # from here on two groups are one event, joined without asking",
        f"suggest = {chosen.suggest}  # from here on a person is asked",
        f"bound = {chosen.bound}     # a pair counts no more than this in a mean over two groups",
        "",
        "[evidence]",
        *(f"{name} = {value:.3f}" for name, value in sorted(chosen.evidence.items(), key=lambda w: (-w[1], w[0]))),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the weights, and print the table of the card."""
    chosen, lines = learned()
    LEARNED.write_text(written(chosen), encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

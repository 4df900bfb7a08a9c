"""Groups that may tell one event and were not joined: what a person is asked, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from linking.blocking import Blocks
from linking.linker import Group
from linking.mentions import LinkableMention
from linking.reasons import reasons
from linking.scoring import Scores


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two groups by id, the smaller first; `score` is the mean log-odds over their pairs, `reasons` are plain words,
    what speaks for one event before what speaks against it."""

    a: str
    b: str
    score: float
    reasons: tuple[str, ...]


def suggestions(
    groups: Iterable[Group], *, apart: Iterable[tuple[str, str]] = (), scores: Scores | None = None
) -> list[Suggestion]:
    """The pairs of groups that may tell one event, the likeliest first, ties by id.

    Not among them: groups with reports of one article, which tells two events, and groups with mentions that a person
    called `apart`.
    `scores` as in `linking.linker.link`.
    """
    scores = scores or Scores()
    foes = {frozenset(pair) for pair in apart}
    found = []
    for one, other in _near(groups, scores):
        if _told_apart(one, other, foes):
            continue
        mean = _mean(one, other, scores)
        if mean >= scores.by.suggest:
            found.append(Suggestion(one.id, other.id, round(mean, 4), _best_reasons(one, other, scores)))
    return sorted(found, key=lambda suggestion: (-suggestion.score, suggestion.a, suggestion.b))


def _near(groups: Iterable[Group], scores: Scores) -> Iterator[tuple[Group, Group]]:
    """Pairs of groups with at least one pair of mentions from `suggest` on: no other pairs can have such a mean."""
    group_of = {mention.id: group for group in groups for mention in group.mentions}
    mentions = {mention.id: mention for group in group_of.values() for mention in group.mentions}
    blocks, seen = Blocks(), set()
    for id_ in sorted(mentions):
        for other in blocks.comparable_to(mentions[id_]):
            pair = sorted((group_of[id_], group_of[other.id]), key=lambda group: group.id)
            ids = (pair[0].id, pair[1].id)
            if ids[0] == ids[1] or ids in seen:
                continue
            if scores.score(mentions[id_], other) >= scores.by.suggest:
                seen.add(ids)
                yield pair[0], pair[1]
        blocks.add(mentions[id_])


def _told_apart(one: Group, other: Group, foes: set[frozenset[str]]) -> bool:
    pairs = [(a, b) for a in one.mentions for b in other.mentions]
    return any(a.article_id == b.article_id or frozenset((a.id, b.id)) in foes for a, b in pairs)


def _mean(one: Group, other: Group, scores: Scores) -> float:
    values = [scores.likeness(a, b) for a in one.mentions for b in other.mentions]
    return sum(sorted(values)) / len(values)


def _best_reasons(one: Group, other: Group, scores: Scores) -> tuple[str, ...]:
    """The reasons of the pair that is most alike."""

    def order(pair: tuple[LinkableMention, LinkableMention]) -> tuple[float, str, str]:
        return -scores.likeness(*pair), pair[0].id, pair[1].id

    pairs: Sequence[tuple[LinkableMention, LinkableMention]]
    pairs = [(a, b) for a in one.mentions for b in other.mentions]
    return reasons(*min(pairs, key=order))

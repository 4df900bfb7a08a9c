"""Groups that may tell one event and were not joined: what a person is asked, with the reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from linking.blocking import Blocks
from linking.linker import Group
from linking.mentions import LinkableMention
from linking.reasons import reasons
from linking.scoring import Scores, comparable

Foes = Collection[frozenset[str]]


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

    `apart` are pairs of mentions that a person called not the same event; `scores` as in `linking.linker.link`.
    """
    scores = scores or Scores()
    foes = foes_of(apart)
    pairs = (suggested(one, other, foes, scores) for one, other in _near(groups))
    return sorted((one for one in pairs if one), key=lambda one: (-one.score, one.a, one.b))


def foes_of(apart: Iterable[tuple[str, str]]) -> Foes:
    """The pairs of mentions that a person called not the same event, as `suggested` takes them."""
    return {frozenset(pair) for pair in apart}


def suggested(one: Group, other: Group, foes: Foes, scores: Scores) -> Suggestion | None:
    """What a person is asked of two groups; null where they are too unlike, where they have reports of one article,
    which tells two events, and where a person called mentions of theirs not the same."""
    pairs = [(a, b) for a in one.mentions for b in other.mentions]
    least = scores.by.suggest
    if not any(comparable(a, b) and scores.score(a, b) >= least for a, b in pairs):  # then no mean is as high
        return None
    if any(a.article_id == b.article_id or frozenset((a.id, b.id)) in foes for a, b in pairs):
        return None
    mean = sum(sorted(scores.likeness(a, b) for a, b in pairs)) / len(pairs)
    if mean < least:
        return None
    first, second = sorted((one.id, other.id))
    return Suggestion(first, second, round(mean, 4), _best_reasons(pairs, scores))


def _near(groups: Iterable[Group]) -> Iterator[tuple[Group, Group]]:
    """Pairs of groups with comparable mentions, each once."""
    group_of = {mention.id: group for group in groups for mention in group.mentions}
    mentions = {mention.id: mention for group in group_of.values() for mention in group.mentions}
    blocks, seen = Blocks(), set()
    for id_ in sorted(mentions):
        for other in blocks.comparable_to(mentions[id_]):
            one, another = sorted((group_of[id_], group_of[other.id]), key=lambda group: group.id)
            if one is not another and (one.id, another.id) not in seen:
                seen.add((one.id, another.id))
                yield one, another
        blocks.add(mentions[id_])


def _best_reasons(pairs: Sequence[tuple[LinkableMention, LinkableMention]], scores: Scores) -> tuple[str, ...]:
    """The reasons of the pair that is most alike."""
    return reasons(*min(pairs, key=lambda pair: (-scores.likeness(*pair), *sorted((pair[0].id, pair[1].id)))))

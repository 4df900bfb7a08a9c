"""Groups of mentions that tell one event.

The result depends on the set of mentions alone, never on the order they came in. What confident pairs and people's
decisions hold together is looked at together, and within it groups that are alike on average are joined; two mentions
of one article, and what a person called apart, never end in one group.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from linking.blocking import Blocks
from linking.grouping import grouped
from linking.mentions import LinkableMention
from linking.scoring import Scores

UNIT = 1_000_000
"""Scores have six decimals: in these units they are whole."""


@dataclass(frozen=True, slots=True)
class Group:
    """One event: its mentions by id."""

    mentions: tuple[LinkableMention, ...]

    @property
    def id(self) -> str:
        """Deterministic: from the first mention by id, so that a group that grows keeps its id unless an earlier
        article turns up."""
        return candidate_id(self.mentions[0].id)


def candidate_id(first_mention_id: str) -> str:
    """The id of the candidate whose first mention, by id, this is."""
    return "c" + hashlib.sha256(first_mention_id.encode()).hexdigest()[:15]


def link(
    mentions: Iterable[LinkableMention],
    *,
    together: Iterable[Collection[str]] = (),
    apart: Iterable[tuple[str, str]] = (),
    scores: Scores | None = None,
) -> list[Group]:
    """The groups, by their first mention's id.

    `together` are disjoint sets of mention ids a person has decided are one event each; two of them never join.
    `apart` are pairs of mention ids a person has called not the same event: never in one group, directly or through
    others. Of a pair that is also put together, that counts. Ids of other mentions are passed over. `scores`
    are those of this run, where some are known already or other weights than those that ship give them.
    """
    known = {mention.id: mention for mention in sorted(mentions, key=lambda mention: mention.id)}
    decided = [tuple(sorted(known.keys() & set(ids))) for ids in together]
    scores = scores or Scores()
    alike = _likeness(known.values(), scores)
    join, against = round(scores.by.join * UNIT), -round(scores.by.bound * UNIT)
    confident = [pair for pair, log_odds in alike.items() if log_odds >= join]
    may_join = _rule(known, decided, apart)
    groups: list[tuple[str, ...]] = []
    for parts in _hanging_together([*decided, *((one,) for one in known)], confident):
        groups += grouped(parts, _within(parts, alike, against), join, may_join) if len(parts) > 1 else parts
    return [Group(tuple(known[one] for one in group)) for group in sorted(groups)]


def _likeness(mentions: Collection[LinkableMention], scores: Scores) -> dict[tuple[str, str], int]:
    """The likeness of comparable pairs, the smaller id first."""
    blocks, alike = Blocks(), {}
    for mention in mentions:  # by id
        for other in blocks.comparable_to(mention):
            alike[other.id, mention.id] = round(scores.likeness(other, mention) * UNIT)
        blocks.add(mention)
    return alike


def _within(
    parts: Sequence[Sequence[str]], alike: Mapping[tuple[str, str], int], against: int
) -> dict[tuple[str, str], int]:
    """The likeness of every pair within what hangs together."""
    ids = sorted(one for part in parts for one in part)
    return {pair: alike.get(pair, against) for pair in combinations(ids, 2)}


def _hanging_together(
    parts: Iterable[tuple[str, ...]], confident: Iterable[tuple[str, str]]
) -> list[list[tuple[str, ...]]]:
    """The parts by what confident pairs hold together; a part that is within an earlier one is left out."""
    part_of: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for one in part:
            part_of.setdefault(one, part)
    leader = {part: part for part in part_of.values()}

    def first(part: tuple[str, ...]) -> tuple[str, ...]:
        while leader[part] != part:
            leader[part] = part = leader[leader[part]]
        return part

    for a, b in confident:
        leader[first(part_of[b])] = first(part_of[a])
    found: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for part in leader:
        found[first(part)].append(part)
    return list(found.values())


def _rule(
    known: Mapping[str, LinkableMention], together: Sequence[Sequence[str]], apart: Iterable[tuple[str, str]]
) -> Callable[[Sequence[str], Sequence[str]], bool]:
    """What may join: not two reports of one article, two events a person decided on, or what a person called apart."""
    decision = {one: number for number, ids in enumerate(together) for one in ids}
    foes: defaultdict[str, set[str]] = defaultdict(set)
    for a, b in apart:
        foes[a].add(b)
        foes[b].add(a)

    def may_join(a: Sequence[str], b: Sequence[str]) -> bool:
        if {known[one].article_id for one in a} & {known[one].article_id for one in b}:
            return False
        if any(foes[one].intersection(b) for one in a if one in foes):
            return False
        return len({decision[one] for one in (*a, *b) if one in decision}) <= 1

    return may_join

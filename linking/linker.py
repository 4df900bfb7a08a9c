"""Groups of mentions that tell one event.

The result depends on the set of mentions alone, never on the order they came in: pairs are joined from the most
certain down, ties by id, and two mentions of one article, never end in one group.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from linking.mentions import LinkableMention
from linking.scoring import comparable, score
from linking.weights import weights


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
) -> list[Group]:
    """The groups, by their first mention's id.

    `together` are disjoint sets of mention ids a person has decided are one event each; two of them never join.
    `apart` are pairs of mention ids a person has called not the same event: never in one group, directly or through
    others. Of a pair that is also put together, that counts. Ids of other mentions are passed over.
    """
    ordered = sorted(mentions, key=lambda mention: mention.id)
    groups: dict[str, list[LinkableMention]] = {m.id: [m] for m in ordered}
    decided: dict[str, int] = {}
    for number, ids in enumerate(together):
        fixed = [groups[i][0] for i in sorted(ids)]
        groups |= dict.fromkeys(ids, fixed)
        decided |= dict.fromkeys(ids, number)
    foes = _foes(apart)
    for _, a, b in sorted(_confident_pairs(ordered), key=lambda pair: (-pair[0], pair[1], pair[2])):
        if groups[a] is not groups[b] and _may_join(groups[a], groups[b], decided, foes):
            joined = groups[a] + groups[b]
            for mention in joined:
                groups[mention.id] = joined
    unique = {id(group): group for group in groups.values()}.values()
    return [Group(tuple(sorted(group, key=lambda m: m.id))) for group in unique]


def _confident_pairs(mentions: Sequence[LinkableMention]) -> Iterator[tuple[float, str, str]]:
    for a, b in _blocked_pairs(mentions):
        log_odds = score(a, b)
        if log_odds >= weights().join:
            yield log_odds, a.id, b.id


def _blocked_pairs(mentions: Sequence[LinkableMention]) -> Iterator[tuple[LinkableMention, LinkableMention]]:
    """Comparable pairs, each once."""
    blocks: dict[str | None, list[LinkableMention]] = defaultdict(list)
    for mention in mentions:
        blocks[mention.facts.jurisdiction].append(mention)
    for block in blocks.values():
        yield from (pair for pair in combinations(block, 2) if comparable(*pair))


def _foes(apart: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    foes: defaultdict[str, set[str]] = defaultdict(set)
    for a, b in apart:
        foes[a].add(b)
        foes[b].add(a)
    return foes


def _may_join(
    a: Sequence[LinkableMention],
    b: Sequence[LinkableMention],
    decided: Mapping[str, int],
    foes: Mapping[str, set[str]],
) -> bool:
    if {m.article_id for m in a} & {m.article_id for m in b}:
        return False
    if any(not foes.get(m.id, set()).isdisjoint(o.id for o in b) for m in a):
        return False
    return len({decided[m.id] for m in (*a, *b) if m.id in decided}) <= 1

"""Joining what is most alike, group by group, until no two groups are alike enough.

How alike two groups are is the mean over the pairs of reports between them, so that one report which resembles two
events does not make one of them. Of a group that holds what a person put together, that part alone counts, as alike to
another as the most alike of its reports: the person has said that they all tell the same. The result depends on the
pairs alone: the most alike first, ties by id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

Pair = tuple[str, str]
Joinable = Callable[[Sequence[str], Sequence[str]], bool]
Entry = tuple[float, str, str, int, int]
"""How alike, the most first when sorted; two groups, and their versions when it was so."""


def grouped(
    groups: Sequence[Sequence[str]], alike: Mapping[Pair, int], join: int, may_join: Joinable
) -> list[tuple[str, ...]]:
    """The given groups of ids, joined where what is between two reaches `join` and `may_join` allows it.

    A group of several ids was put together by a person; two of those never join. `alike` holds every pair of ids of
    different groups, the smaller id first. Whole numbers, so that no sum depends on its order.
    """
    sets = _Groups.of(groups, alike)
    queue = [entry for pair in sets.sums if (entry := sets.entry(pair))[0] <= -join]
    heapify(queue)
    while queue:
        _, a, b, *versions = heappop(queue)
        if versions == [sets.versions.get(a), sets.versions.get(b)] and may_join(sets.members[a], sets.members[b]):
            for pair in sets.join(a, b):
                if (entry := sets.entry(pair))[0] <= -join:
                    heappush(queue, entry)
    return list(sets.members.values())


@dataclass(slots=True)
class _Groups:
    """Groups by their smallest id at the beginning.

    Attributes:
        members: the ids of each.
        weights: how many reports count; of one that a person put together, one.
        fixed: those that hold what a person put together.
        sums: how alike the reports that count are, summed over the pairs between two groups.
        versions: counted on with every change.
    """

    members: dict[str, tuple[str, ...]]
    weights: dict[str, int]
    fixed: set[str]
    sums: dict[Pair, int]
    versions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Sequence[Sequence[str]], alike: Mapping[Pair, int]) -> _Groups:
        members = {group[0]: group for group in (tuple(sorted(one)) for one in groups)}
        sums = {(a, b): _most_alike(members[a], members[b], alike) for a in members for b in members if a < b}
        fixed = {name for name, group in members.items() if len(group) > 1}
        return cls(members, dict.fromkeys(members, 1), fixed, sums, dict.fromkeys(members, 0))

    def entry(self, pair: Pair) -> Entry:
        a, b = pair
        return -self.sums[pair] / (self.weights[a] * self.weights[b]), a, b, self.versions[a], self.versions[b]

    def join(self, a: str, b: str) -> list[Pair]:
        """Make `b` a part of `a`; returns the pairs that are no longer as they were."""
        others = self.members.keys() - {a, b}
        changed = []
        for other in others:
            pair = (min(a, other), max(a, other))
            mine, taken = self.sums[pair], self.sums.pop((min(b, other), max(b, other)))
            self.sums[pair] = mine if a in self.fixed else taken if b in self.fixed else mine + taken
            changed.append(pair)
        del self.sums[a, b]
        self.members[a] = tuple(sorted((*self.members[a], *self.members.pop(b))))
        weight = self.weights.pop(b)
        self.weights[a] = 1 if {a, b} & self.fixed else self.weights[a] + weight
        if b in self.fixed:
            self.fixed.add(a)
        self.versions[a] += 1
        del self.versions[b]
        return changed


def _most_alike(one: Sequence[str], other: Sequence[str], alike: Mapping[Pair, int]) -> int:
    return max(alike[min(a, b), max(a, b)] for a in one for b in other)

"""What people's decisions on grouping hold together and apart, all taken together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.schema import GroupingDecision


@dataclass(slots=True)
class Ties:
    """Disjoint sets of mentions that are one event each, and pairs that are not one.

    Made from the strongest word to the weakest: a later one that contradicts what is known already is passed over,
    for the pairs that contradict.
    """

    _set_of: dict[str, set[str]] = field(default_factory=dict)
    _incident: dict[str, str] = field(default_factory=dict)
    _apart: dict[str, set[str]] = field(default_factory=dict)

    def decided(self, mention: str, bond: str) -> None:
        """A mention of a decided candidate: nothing ties it to one of another bond."""
        mates = [other for other, theirs in self._incident.items() if theirs == bond]
        self._incident[mention] = bond
        self.tie([*mates[:1], mention])

    def tie(self, mentions: Sequence[str]) -> None:
        """These are one event."""
        for number, mention in enumerate(mentions):
            next((None for mate in mentions[:number] if self._joined(mate, mention)), None)

    def part(self, ones: Collection[str], others: Collection[str]) -> None:
        """None of the ones tells the event of one of the others."""
        for one, other in product(ones, others):
            if other not in self._own(one):
                self._apart.setdefault(one, set()).add(other)
                self._apart.setdefault(other, set()).add(one)

    def together(self) -> list[set[str]]:
        """The sets that hold more than one mention, or a decided one."""
        unique = {id(own): own for own in self._set_of.values()}.values()
        lone = ({mention} for mention in self._incident if mention not in self._set_of)
        return [own for own in (*unique, *lone) if len(own) > 1 or not self._incident.keys().isdisjoint(own)]

    def apart(self) -> Iterator[tuple[str, str]]:
        """The pairs, each once."""
        return ((a, b) for a, others in self._apart.items() for b in others if a < b)

    def are_apart(self, a: str, b: str) -> bool:
        return b in self._apart.get(a, ())

    def _own(self, mention: str) -> set[str]:
        return self._set_of.setdefault(mention, {mention})

    def _joined(self, a: str, b: str) -> bool:
        """Whether the two are in one set, which they are now if nothing stands against it."""
        mine, theirs = self._own(a), self._own(b)
        if mine is theirs:
            return True
        if any(not self._apart.get(one, set()).isdisjoint(theirs) for one in mine):
            return False
        if len({self._incident[one] for one in mine | theirs if one in self._incident}) > 1:
            return False
        mine |= theirs
        self._set_of |= dict.fromkeys(theirs, mine)
        return True


_IN_FORCE = (
    select(GroupingDecision)
    .where(GroupingDecision.undone_at.is_(None), GroupingDecision.mentions.overlap(bindparam("named")))
    .order_by(GroupingDecision.id.desc())
)


def decisions_on(session: Session, mentions: Collection[str]) -> Sequence[GroupingDecision]:
    """The decisions in force that name any of these mentions, the newest first."""
    if not mentions:
        return []
    return session.scalars(_IN_FORCE, {"named": list(mentions)}).all()


def add_decisions(ties: Ties, decisions: Iterable[GroupingDecision]) -> None:
    """Let the decisions have their word, the newest first."""
    for decision in decisions:
        for entry in decision.together:
            ties.tie(entry["mentions"])
        for ones, others in decision.apart:
            ties.part(ones, others)

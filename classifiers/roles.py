"""The part that each person or group an article speaks of has in the event, as a judge sees it."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.judges import Judge, Shares
from classifiers.persons import NOBODY, PERPETRATOR, Named, named
from classifiers.sexes import sex_features

OTHER = "other"
"""A victim neither killed nor injured: which outcome else, the stretches tell."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stretch with its roles (`NOBODY`, `PERPETRATOR`, or a victim's outcome) and sexes."""

    one: Named
    roles: Shares
    sexes: Shares

    def share_of(self, role: str) -> float:
        """How likely it tells of a perpetrator or of a victim of this outcome, `OTHER` among them."""
        if role != OTHER:
            return self.roles.get(role, 0.0)
        return sum(self.others().values())

    def others(self) -> Shares:
        """The outcomes that are `OTHER`, with their shares."""
        return {role: s for role, s in self.roles.items() if role not in (NOBODY, PERPETRATOR, "killed", "injured")}

    def share_of_victim(self, sex: str) -> float:
        """How likely it tells of a victim of this sex."""
        none, perpetrator = self.roles.get(NOBODY, 0.0), self.roles.get(PERPETRATOR, 0.0)
        return (sum(self.roles.values()) - none - perpetrator) * self.sexes.get(sex, 0.0)


def stretches(part: Span, judge: Judge) -> list[Told]:
    """Every person or counted group the part speaks of, as the judge sees it."""
    return [
        Told(
            one,
            judge.of_stretch("person", part, one.found, one.features),
            judge.of_stretch("sex", part, one.found, sex_features(one, part)),
        )
        for one in named(part)
    ]

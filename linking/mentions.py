"""What the linker needs to know of a mention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from codebook.records import Facts
from linking.days import PossibleDays, days_meant
from linking.hints import Hints


@dataclass(frozen=True, slots=True)
class LinkableMention:
    """A mention with what its article adds.

    Attributes:
        published: null when no date could be derived.
        sureness: how likely what was read of a field is right (`sureness_of`); a field without one counts as certain.
        days: the days on which it may have happened (`linking.days.possible_days`); without them the date of the facts
            is certain.
        hints: without them the facts alone are compared.
    """

    id: str
    article_id: str
    published: dt.datetime | None
    official: bool
    facts: Facts
    sureness: Mapping[str, float] = field(default_factory=dict, hash=False)
    days: PossibleDays = ()
    hints: Hints = field(default_factory=Hints)

    def sure(self, name: str) -> float:
        """How likely what was read of a field is right."""
        return self.sureness.get(name, 1.0)

    def on_days(self) -> PossibleDays:
        """The days on which it may have happened; where nothing is known of them, that of the facts."""
        return self.days or ((days_meant(self.facts), 1.0),)


def sureness_of(confidence: Mapping[str, float]) -> dict[str, float]:
    """How likely each field is right as a whole, from the figures of `codebook.records.Mention`: of several persons or
    weapons, that of which the reader was least sure."""
    sureness: dict[str, float] = {}
    for name, share in confidence.items():
        whole, _, row = name.partition("[")
        if not row or row.endswith("]"):  # what is said of a person, such as `victims[0].sex`, is no whole one
            sureness[whole] = min(share, sureness.get(whole, 1.0))
    return sureness

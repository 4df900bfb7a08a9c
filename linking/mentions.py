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
        confidence: of what was read, by field as in `codebook.records.Mention`; a field without one counts as certain.
        days: the days on which it may have happened (`linking.days.possible_days`); without them the date of the facts
            is certain.
        hints: without them the facts alone are compared.
    """

    id: str
    article_id: str
    published: dt.datetime | None
    official: bool
    facts: Facts
    confidence: Mapping[str, float] = field(default_factory=dict, hash=False)
    days: PossibleDays = ()
    hints: Hints = field(default_factory=Hints)

    def sure(self, name: str) -> float:
        """How likely what was read of a field is right; of persons, that of whom the reader was least sure."""
        rows = [share for row, share in self.confidence.items() if row.startswith(f"{name}[") and row.endswith("]")]
        return min(self.confidence.get(name, 1.0), *rows, 1.0)

    def on_days(self) -> PossibleDays:
        """The days on which it may have happened; where nothing is known of them, that of the facts."""
        return self.days or ((days_meant(self.facts), 1.0),)

"""What of the queue a person wants to see, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_

from store.questions import waits_for_answer
from store.schema import Candidate

ORDERS: Mapping[str, tuple[SQLColumnExpression[Any], ...]] = {
    "urgent": (Candidate.turn, Candidate.id),
    "newest": (Candidate.created_at.desc(), Candidate.id),
    "oldest": (Candidate.created_at, Candidate.id),
}
"""The orders of the queue, the default first; newest and oldest count from when an item entered it."""

CERTAINTIES = {"low": (0.0, 0.6), "medium": (0.6, 0.85), "high": (0.85, 2.0)}
"""How sure the reader is, from and below: the steps of the dots beside the fields of the form."""

AGES = {"day": (0, 1), "week": (1, 7), "older": (7, 1_000_000)}
"""Days that an item has waited, from and below."""


class QueueFilter(BaseModel):
    """What of the queue to see, and in which of `ORDERS`; null is everything. `lang` and `source` hold for any report
    of a candidate. `kind` is `official` for those with an official report, `media` for those of media alone;
    `certainty` is one of `CERTAINTIES`, `age` one of `AGES`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jurisdiction: str | None = None
    incident_type: str | None = None
    certainty: str | None = None
    age: str | None = None
    kind: str | None = None
    lang: str | None = None
    source: str | None = None
    order: str | None = None

    @property
    def by(self) -> tuple[SQLColumnExpression[Any], ...]:
        """The columns to order by."""
        return ORDERS[self.order or "urgent"]

    @property
    def active(self) -> dict[str, str]:
        """The filters that are set, the order not among them."""
        return {name: value for name, value in self if value and name != "order"}

    def without(self, name: str) -> QueueFilter:
        """The same with one filter less."""
        return self.model_copy(update={name: None})

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL conditions on `Candidate`."""
        found: list[ColumnElement[bool]] = []
        if self.jurisdiction:
            found.append(Candidate.jurisdiction == self.jurisdiction)
        if self.incident_type:
            found.append(Candidate.incident_type == self.incident_type)
        if self.certainty:
            least, below = CERTAINTIES[self.certainty]
            found += [Candidate.certainty >= least, Candidate.certainty < below]
        if self.age:
            least_days, below_days = AGES[self.age]
            found.append(Candidate.created_at > days_ago(below_days))
            if least_days:
                found.append(Candidate.created_at <= days_ago(least_days))
        if self.kind:
            found.append(Candidate.official == (self.kind == "official"))
        for column, value in ((Candidate.langs, self.lang), (Candidate.source_ids, self.source)):
            if value:
                found.append(column.contains([value]))
        return found


def waits_for(user: str | None) -> list[ColumnElement[bool]]:
    """Conditions for what waits for a reader; for this one, if one is named: nobody is the second reader of what they
    read first, and what they asked about waits for the answer. What waits for a validator lies on a page of its own."""
    found = [Candidate.state == "open", Candidate.stage != "adjudication"]
    if user is not None:
        found.append(or_(Candidate.first_reader.is_(None), Candidate.first_reader != user))
        found.append(~waits_for_answer(user))
    return found


def days_ago(days: int) -> ColumnElement[Any]:
    """So many days before now, by the database's clock."""
    return func.now() - func.make_interval(0, 0, 0, days)

"""The period a page tells of: two days in its address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from codebook.errors import BadInput
from languages.dates import local

USUAL = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of one day to the end of another, on Belgrade's clock. `given` is what the address said."""

    first: dt.date
    last: dt.date
    given: dict[str, str]

    @property
    def since(self) -> dt.datetime:
        return _midnight(self.first)

    @property
    def until(self) -> dt.datetime:
        return _midnight(self.last + dt.timedelta(days=1))


def period(request: Request) -> Period:
    """The period in the request's address; the last ninety days where it names none.

    Raises:
        BadInput: a day is none, or the last lies before the first.
    """
    given = {name: value for name in ("since", "until") if (value := request.query_params.get(name))}
    last = _day(given, "until") or local(dt.datetime.now(dt.UTC)).date()
    first = _day(given, "since") or last - USUAL
    if last < first:
        raise BadInput(
            "address of the page", "until", last.isoformat(), "choose %(day)s or a later day", day=first.isoformat()
        )
    return Period(first, last, given)


def _day(given: dict[str, str], name: str) -> dt.date | None:
    if name not in given:
        return None
    try:
        found = dt.date.fromisoformat(given[name])
    except ValueError:
        found = dt.date.min
    if not 1990 <= found.year <= 2200:
        raise BadInput("address of the page", name, given[name], "write a day as 2025-03-04")
    return found


def _midnight(day: dt.date) -> dt.datetime:
    noon = local(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC))
    return noon.replace(day=day.day, hour=0, minute=0, second=0)


During = Annotated[Period, Depends(period)]

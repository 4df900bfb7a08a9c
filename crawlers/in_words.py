"""Numbers, spans and moments as a line for people says them."""

from __future__ import annotations

import datetime as dt

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def counted(number: int, one: str, more: str | None = None) -> str:
    """A number of things: "1 feed", "2 feeds"; `more` is their name where it takes no mere s."""
    return f"{number} {one}" if number == 1 else f"{number} {more or f'{one}s'}"


def span(length: dt.timedelta) -> str:
    """A length of time in its two largest units, rounded down: "2 h 5 min"."""
    left = round(length.total_seconds())
    parts: list[tuple[int, str]] = []
    for unit, seconds in UNITS:
        number, left = divmod(left, seconds)
        if number or parts or unit == "s":
            parts.append((number, unit))
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number or len(parts) == 1)


def clock(moment: dt.datetime, now: dt.datetime) -> str:
    """A moment to the minute that is surely past it, with its day where that is not today's."""
    minute = (moment.astimezone(dt.UTC) + dt.timedelta(seconds=59)).replace(second=0, microsecond=0)
    today = minute.date() == now.astimezone(dt.UTC).date()
    return f"{minute:%H:%M} UTC" if today else f"{minute:%Y-%m-%d %H:%M} UTC"

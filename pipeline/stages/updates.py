"""What new reports change of a curated incident. Pure."""

from __future__ import annotations

from typing import Any

from codebook.records import Facts
from linking.persons import EMPTY
from linking.proposal import TOGETHER

PARTS = TOGETHER | {
    name: (name,)
    for name in ("time_of_day", "place_type", "possession", "weapons", "victims", "perpetrators", "seizure")
}
"""The fields of `Facts` that mean something only together, by the one that says whether a report tells them at all."""


def updated(curated: Facts, before: Facts, after: Facts) -> Facts | None:
    """The curated facts with the parts that changed from what the reports told `before` to what they tell `after`;
    null when that changes nothing.

    What a person corrected stays corrected while the reports only repeat themselves, and a report that is silent on
    something takes nothing away.
    """
    changed: dict[str, Any] = {}
    for lead, part in PARTS.items():
        silent = getattr(after, lead) in EMPTY
        if not silent and _told(after, part) not in (_told(before, part), _told(curated, part)):
            changed |= {name: getattr(after, name) for name in part}
    return Facts.model_validate(dict(curated) | changed) if changed else None


def _told(facts: Facts, part: tuple[str, ...]) -> list[Any]:
    return [_unordered(getattr(facts, name)) for name in part]


def _unordered(value: Any) -> Any:
    """A value that does not depend on the order in which persons or weapons are listed."""
    return sorted(map(repr, value)) if isinstance(value, tuple) else value

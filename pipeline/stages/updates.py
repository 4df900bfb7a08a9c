"""What new reports change of a curated incident. Pure."""

from __future__ import annotations

from typing import Any

from codebook.parts import PARTS, unordered
from codebook.records import Facts
from linking.persons import EMPTY


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


def _told(facts: Facts, part: tuple[str, ...]) -> list[str]:
    return [unordered(getattr(facts, name)) for name in part]

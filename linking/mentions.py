"""What the linker needs to know of a mention."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from codebook.records import Facts


@dataclass(frozen=True, slots=True)
class LinkableMention:
    """A mention with what its article adds. `published` is null when no date could be derived."""

    id: str
    article_id: str
    published: dt.datetime | None
    official: bool
    facts: Facts
    confidence: float = 1.0

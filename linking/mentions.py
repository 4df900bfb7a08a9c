"""What the linker needs to know of a mention."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from codebook.records import Facts
from linking.hints import Hints


@dataclass(frozen=True, slots=True)
class LinkableMention:
    """A mention with what its article adds. `published` is null when no date could be derived; without hints the
    facts alone are compared."""

    id: str
    article_id: str
    published: dt.datetime | None
    official: bool
    facts: Facts
    confidence: float = 1.0
    hints: Hints = field(default_factory=Hints)

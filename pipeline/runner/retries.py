"""How often and after which delays something is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retries:
    """`attempts` in all, with delays in seconds between them that double from `first_delay` up to `longest_delay`."""

    attempts: int
    first_delay: float
    longest_delay: float

    def delays(self) -> Iterator[float]:
        """The delay after each attempt but the last."""
        delay = self.first_delay
        for _ in range(self.attempts - 1):
            yield delay
            delay = min(2 * delay, self.longest_delay)


OUTAGE = Retries(attempts=24, first_delay=0.2, longest_delay=30)
"""For a store or bus that does not answer: eight minutes. The message is not to blame, so it never becomes a dead
letter; a stage that gives up stops, and everything unacknowledged comes again when it is started."""

UNEXPECTED = Retries(attempts=3, first_delay=0.5, longest_delay=5)
"""For an error nobody foresaw: it may have been a passing one; if not, the others wait only for seconds."""

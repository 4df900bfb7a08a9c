"""When a stage stops itself rather than drain its topic into the dead letters."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass
class DeadLetterLimit:
    """A few messages are wrong; if many are, the program is. A bad release would turn every message into a dead
    letter within minutes and each would have to be requeued; stopped, the messages simply wait for the next release.

    Attributes:
        run: so many dead letters one after another are a broken program, not broken messages.
        ratio: so large a share of the last `window` messages is one that breaks on a kind of message.
        window: messages over which the share is taken; no share is taken of fewer.
    """

    run: int = 20
    ratio: float = 0.25
    window: int = 200
    _run: int = field(default=0, init=False)
    _recent: deque[bool] = field(default_factory=deque, init=False)

    def note(self, *, dead: bool) -> None:
        """Take a message into account."""
        self._run = self._run + 1 if dead else 0
        self._recent.append(dead)
        if len(self._recent) > self.window:
            self._recent.popleft()

    def exceeded(self) -> str | None:
        """Why one more dead letter would be too many, as a clause; None while it would not."""
        if self._run >= self.run:
            return f"{self._run} messages in a row became dead letters"
        dead = sum(self._recent)
        if len(self._recent) == self.window and dead > self.ratio * self.window:
            return f"{dead} of the last {self.window} messages became dead letters"
        return None

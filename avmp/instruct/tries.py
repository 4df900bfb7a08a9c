"""The requests that one question takes, each paid for by itself: the tries after a failure, the other ways to put it,
and where an address passes it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from avmp.instruct.budget import DailyBudget, Reservation

TAKEN_NOT = range(300, 500)
"""Statuses by which a server says that it did not take the question: passed on, or refused."""


class Tries:
    """Sets `tokens` aside for every request of one question, as hooks of the client that sends them.

    Nothing is asked for one that was never sent, or that a server did not take; for any other that has no answer the
    server may have worked, so its tokens stay spent. Not safe for several threads.
    """

    def __init__(self, budget: DailyBudget, tokens: int) -> None:
        """Sets the first request's tokens aside. Raises `NoAnswer` when the day has not so many left."""
        self._budget, self._tokens = budget, tokens
        self._open: Reservation | None = budget.reserve(tokens)
        self._begun = self._sent = False

    async def begin(self, request: Any) -> None:
        """Hook for a request about to be made. Raises `NoAnswer` when the day has no tokens left for another one."""
        if self._begun:
            self.end()
            self._open, self._sent = self._budget.reserve(self._tokens), False
        self._begun = True
        request.extensions["trace"] = self._trace

    async def answered(self, response: Any) -> None:
        """Hook for an answer whose status is known."""
        if response.status_code in TAKEN_NOT:
            self.settle(0)

    def settle(self, used: int) -> None:
        """What the last request has used, where the server says it."""
        if self._open is not None:
            self._budget.settle(self._open, used)
            self._open = None

    def end(self) -> None:
        """Nothing more comes of the last request."""
        if not self._sent:
            self.settle(0)

    async def _trace(self, event: str, _: Mapping[str, Any]) -> None:
        self._sent = self._sent or event.endswith(".send_request_headers.started")

"""Calls that come while one is under way are carried out together by the next: a single one does not wait, and under
load many share what each would cost alone, such as a transaction or a flush to the disk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from codebook.errors import AvmpError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Grouped(Generic[Asked, Answer]):
    """Carries out calls by `work`, which answers some at once, at most `most`, in their order.

    An error of ours that `work` raises (no database, no archive) is the answer to all of its group. After any other,
    each call of the group is carried out alone, so that it fails none but the one it belongs to: `work` must have had
    no effect then.
    """

    def __init__(self, work: Callable[[list[Asked]], Awaitable[Sequence[Answer]]], most: int) -> None:
        self._work, self._most = work, most
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def do(self, asked: Asked) -> Answer:
        """The answer to one call; raises what `work` raised."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.ensure_future(self._work_off())
        return await answer

    async def _work_off(self) -> None:
        while self._waiting:
            await self._answer([self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))])

    async def _answer(self, group: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        group = [(asked, answer) for asked, answer in group if not answer.done()]  # done: it was given up
        if not group:
            return
        try:
            answers = await self._work([asked for asked, _ in group])
        except Exception as error:  # noqa: BLE001  what failed goes to whoever made the call
            if len(group) == 1 or isinstance(error, AvmpError):
                for _, answer in group:
                    if not answer.done():
                        answer.set_exception(error)
                return
            for call in group:
                await self._answer([call])
            return
        for (_, answer), given in zip(group, answers, strict=True):
            if not answer.done():
                answer.set_result(given)

"""Calls that come together are carried out together; what one of them meets is its own."""

from __future__ import annotations

import asyncio

import pytest

from codebook.errors import StoreUnavailable
from crawlers.grouping import Grouped


def test_calls_that_come_while_one_is_under_way_share_the_next() -> None:
    groups: list[list[int]] = []

    async def work(asked: list[int]) -> list[int]:
        groups.append(asked)
        await asyncio.sleep(0)
        return [10 * number for number in asked]

    async def run() -> list[int]:
        grouped = Grouped(work, most=3)
        first = asyncio.ensure_future(grouped.do(0))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return await asyncio.gather(first, *(grouped.do(number) for number in range(1, 6)))

    assert asyncio.run(run()) == [0, 10, 20, 30, 40, 50]
    assert groups == [[0], [1, 2, 3], [4, 5]]


def test_one_that_fails_fails_alone() -> None:
    async def work(asked: list[int]) -> list[int]:
        if 2 in asked:
            raise ValueError("two")
        return asked

    async def run() -> list[int | BaseException]:
        grouped = Grouped(work, most=5)
        return await asyncio.gather(*(grouped.do(number) for number in range(4)), return_exceptions=True)

    zero, one, two, three = asyncio.run(run())
    assert (zero, one, three) == (0, 1, 3)
    assert isinstance(two, ValueError)


def test_without_a_database_all_fail_at_once() -> None:
    tried: list[list[int]] = []

    async def work(asked: list[int]) -> list[int]:
        tried.append(asked)
        raise StoreUnavailable("away")

    async def run() -> list[int | BaseException]:
        grouped = Grouped(work, most=5)
        return await asyncio.gather(*(grouped.do(number) for number in range(3)), return_exceptions=True)

    assert [type(answer) for answer in asyncio.run(run())] == [StoreUnavailable] * 3
    assert tried == [[0, 1, 2]]


def test_a_call_that_was_given_up_is_not_carried_out() -> None:
    carried_out: list[int] = []

    async def work(asked: list[int]) -> list[int]:
        carried_out.extend(asked)
        await asyncio.sleep(0.01)
        return asked

    async def run() -> None:
        grouped = Grouped(work, most=1)
        first, second = (asyncio.ensure_future(grouped.do(number)) for number in range(2))
        await asyncio.sleep(0)
        second.cancel()
        assert await first == 0
        with pytest.raises(asyncio.CancelledError):
            await second
        await asyncio.sleep(0.02)

    asyncio.run(run())
    assert carried_out == [0]

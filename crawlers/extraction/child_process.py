"""Reading what sites sent, pages and feeds, in a process of its own, beside the one that fetches and stores.

Two cores are used that way, and what a document does to its reader stays there: one that ends the process or takes too
long is given up, and the others go on. `python -m crawlers.extraction.child_process` is that process: pickled lists of
calls on its standard input, for each a pickled list of answers on its standard output, after its length. It ends when
its input does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, TypeVar

from codebook.records import Archived
from crawlers.extraction import extract
from crawlers.extraction.extract import Taken, Unusable
from crawlers.fetching.fetcher import Fetched
from crawlers.registry import SourceEntry
from store.schema import PendingItem

COMMAND = (sys.executable, "-m", "crawlers.extraction.child_process")

PAGE_SECONDS = 60.0
"""A page or feed that takes longer is given up. The largest take some seconds."""

LENGTH_BYTES = 8
"""Of the number that stands before the answers."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Page:
    """The arguments of `extract.article_of`."""

    page: Fetched
    item: PendingItem
    source: SourceEntry
    archived: Archived
    min_text_characters: int

    def call(self) -> Call:
        """The call that the process answers."""
        return partial(extract.article_of, self.page, self.item, self.source, self.archived, self.min_text_characters)


Call = Callable[[], Any]
"""A function of a module with its arguments, all of which can be pickled."""


class ExtractionBroke(Exception):
    """The process ended over some documents, or took too long: one of them is to blame."""


class Extraction:
    """The process, seen from the crawl. It answers one list of calls at a time; others wait."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def begin(self) -> None:
        """Starts the process and waits until it is ready, so that the first page need not."""
        await self._start()
        await self.articles_of([])

    async def _start(self) -> None:
        # A session of its own: Ctrl-C in the terminal ends the crawl, which then ends this
        self._process = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )

    async def end(self) -> None:
        """Ends the process, whatever it is at."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def articles_of(self, pages: list[Page]) -> list[Taken | Exception]:
        """For each page its article, or what was raised instead.

        Raises:
            ExtractionBroke: the process did not answer; nothing is known of any of these pages.
        """
        try:
            answers: list[Taken | Exception] = await self._answers([page.call() for page in pages])
        except ExtractionBroke:
            if len(pages) > 1:
                raise
            return [Unusable("the page breaks its extraction, or takes it too long")]
        return answers

    async def do(self, function: Callable[..., Result], *arguments: object) -> Result:
        """What a function of a module returns, called in the process.

        Raises:
            ExtractionBroke: the process ended over it, or it took longer than `PAGE_SECONDS`.
            whatever the function raises.
        """
        (answer,) = await self._answers([partial(function, *arguments)])
        if isinstance(answer, Exception):
            raise answer
        result: Result = answer
        return result

    async def _answers(self, calls: Sequence[Call]) -> list[Any]:
        async with self._turn:
            if self._process is None:
                await self._start()
            try:
                async with asyncio.timeout(PAGE_SECONDS * max(1, len(calls))):
                    return await self._asked(calls)
            except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
                await self.end()
                raise ExtractionBroke from None
            except asyncio.CancelledError:
                await self.end()  # an answer that nobody awaits would be taken for the next one's
                raise

    async def _asked(self, calls: Sequence[Call]) -> list[Any]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(pickle.dumps(calls))
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES))
        answers: list[Any] = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301  ours
        return answers


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answers until the input ends."""
    while True:
        try:
            calls: list[Call] = pickle.load(asked)  # noqa: S301  the crawl's
        except EOFError:
            return
        answers = pickle.dumps([_answer(call) for call in calls])
        try:
            answered.write(len(answers).to_bytes(LENGTH_BYTES))
            answered.write(answers)
            answered.flush()
        except BrokenPipeError:  # the crawl was killed
            return


def _answer(call: Call) -> Any:
    try:
        return call()
    except Unusable as unusable:
        return unusable
    except Exception as error:  # noqa: BLE001
        # The boundary of one document; the crawl says what happened in its outcome, and logs where.
        error.add_note(traceback.format_exc())
        return error


def main() -> None:
    """Answers on the process's own output, which nothing else may write to."""
    logging.basicConfig(level=logging.ERROR)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answered:
        sys.stdout = sys.stderr
        serve(sys.stdin.buffer, answered)


if __name__ == "__main__":
    # As the module that the crawl knows, so that what is pickled has the same name on both sides
    from crawlers.extraction import child_process

    child_process.main()

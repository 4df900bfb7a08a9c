"""The client that speaks to an instruction model: any server with the protocol of OpenAI's chat completions.

An article takes at most `timeout_seconds`, whatever the server does; tokens are reserved before every request and
settled by what the server says it took. What goes wrong is one of few lines: no word of a server gets into them or into
the log, for it may repeat the key.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

import structlog
from pydantic import BaseModel, Field, ValidationError

from avmp.instruct.budget import DailyBudget
from avmp.instruct.settings import InstructSettings
from avmp.instruct.tries import Tries
from classifiers.instruct import Message
from codebook.errors import NoAnswer

if TYPE_CHECKING:
    from openai import APIConnectionError, AsyncOpenAI

SEED = 1

FAILURES_BEFORE_A_PAUSE = 3
PAUSE_SECONDS = 60.0
"""After so many failures in a row the server is left alone for so long: one that hangs must not hold up the articles
behind it, for a timeout each."""

GRACE_SECONDS = 2.0
"""After the time of an article the thread that asks has so long to say so; then its answer is no longer waited for."""

BYTES_A_TOKEN = 3
"""UTF-8 bytes that make a token at least, in the region's languages: the estimate a budget is reserved by."""

_log = structlog.get_logger(__name__)


class _Written(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Written
    finish_reason: str | None = None


class _Usage(BaseModel):
    total_tokens: int = Field(ge=0)


class _Completion(BaseModel):
    """What we need of a server's answer."""

    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class ModelClient:
    """Asks one model. Safe for one thread at a time."""

    def __init__(self, settings: InstructSettings, budget: DailyBudget) -> None:
        """The settings must have an address."""
        self.model = settings.model
        self._settings, self._budget = settings, budget
        self._shape = 0
        self._failures = 0
        self._paused_until = 0.0

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
        """What the model answers.

        Raises:
            NoAnswer: not reached, timed out, refused, broken off, paused after failures, or over the day's budget.
        """
        if time.monotonic() < self._paused_until:
            raise _unanswered("it is left alone for a minute after failures")
        tries = Tries(self._budget, _estimated(messages) + self._settings.max_answer_tokens)
        try:
            completion = self._asked(messages, schema, tries)
        except NoAnswer as error:
            raise self._failed(error) from None
        self._failures = 0
        if completion.usage is not None:
            tries.settle(completion.usage.total_tokens)
        return _text(completion)

    def _failed(self, error: NoAnswer) -> NoAnswer:
        self._failures += 1
        if self._failures >= FAILURES_BEFORE_A_PAUSE:
            self._failures, self._paused_until = 0, time.monotonic() + PAUSE_SECONDS
        _log.warning(str(error), address=self._settings.address, model=self.model)
        return NoAnswer(str(error))

    def _asked(self, messages: Sequence[Message], schema: Mapping[str, Any], tries: Tries) -> _Completion:
        """One question in a thread of its own, since the caller's may have an event loop that runs.

        The thread is not joined: nothing interrupts a resolver of names, and the loop's end waits for it.
        """
        answer: Future[_Completion] = Future()
        question = self._told(answer, self._client(tries), messages, schema, tries)
        Thread(target=asyncio.run, args=(question,), name="instruct", daemon=True).start()
        try:
            return answer.result(self._settings.timeout_seconds + GRACE_SECONDS)
        except TimeoutError:
            raise _unanswered("timed out") from None

    def _client(self, tries: Tries) -> AsyncOpenAI:
        """Made before the time of an article begins: the first one takes seconds to import."""
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        key = self._settings.key.get_secret_value() if self._settings.key else ""
        return AsyncOpenAI(
            base_url=self._settings.address,
            api_key=key or "none",  # servers of one's own need none, the protocol wants some
            timeout=self._settings.timeout_seconds,
            max_retries=self._settings.retries,
            http_client=DefaultAsyncHttpxClient(event_hooks={"request": [tries.begin], "response": [tries.answered]}),
        )

    async def _told(
        self,
        answer: Future[_Completion],
        client: AsyncOpenAI,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        tries: Tries,
    ) -> None:
        try:
            answer.set_result(await self._within_time(client, messages, schema, tries))
        except BaseException as error:  # noqa: BLE001  it is raised where the answer is waited for
            answer.set_exception(error)

    async def _within_time(
        self, client: AsyncOpenAI, messages: Sequence[Message], schema: Mapping[str, Any], tries: Tries
    ) -> _Completion:
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        try:
            async with asyncio.timeout(self._settings.timeout_seconds), client:
                return await self._in_some_shape(client, messages, schema)
        except (TimeoutError, APITimeoutError):
            raise _unanswered("timed out") from None
        except APIConnectionError as error:
            raise _why_not_reached(error) from None
        except APIStatusError as error:
            raise _unanswered(f"refused with status {error.status_code}") from None
        finally:
            tries.end()

    async def _in_some_shape(
        self, client: AsyncOpenAI, messages: Sequence[Message], schema: Mapping[str, Any]
    ) -> _Completion:
        """Asks in the shape the server took last, then in the others while it says that it does not know one."""
        from openai import APIStatusError

        shapes = _shapes(schema, self._settings.max_answer_tokens)
        order = sorted(range(len(shapes)), key=lambda n: (n != self._shape, n))
        refused: APIStatusError | None = None
        for number in order:
            try:
                raw = await client.chat.completions.with_raw_response.create(
                    model=self.model, messages=cast("Any", messages), **shapes[number]
                )
            except APIStatusError as error:
                if error.status_code not in _UNKNOWN_SHAPE:
                    raise
                refused = refused or error
            else:
                self._shape = number
                return _parsed(raw.text)
        assert refused is not None
        raise refused


_UNKNOWN_SHAPE = frozenset({400, 422, 501})
"""How servers say that they do not know a parameter."""


def _shapes(schema: Mapping[str, Any], most: int) -> list[dict[str, Any]]:
    """How a question can be put: held to the schema; in plain words, for servers that know no schemas; and as models
    want it that choose their own temperature."""
    form = {"name": "reading", "strict": True, "schema": dict(schema)}
    held = {"response_format": {"type": "json_schema", "json_schema": form}}
    steady = {"temperature": 0, "seed": SEED, "max_tokens": most}
    return [{**held, **steady}, steady, {**held, "max_completion_tokens": most}]


def _unanswered(why: str) -> NoAnswer:
    return NoAnswer(f"the instruction model did not answer: {why}")


def _why_not_reached(error: APIConnectionError) -> NoAnswer:
    """What kept a request from its answer, be it the budget: the client wraps whatever its hooks raise."""
    return error.__cause__ if isinstance(error.__cause__, NoAnswer) else _unanswered("it could not be reached")


def _parsed(text: str) -> _Completion:
    try:
        return _Completion.model_validate_json(text)
    except ValidationError:
        raise _unanswered("its server does not speak the protocol") from None


def _text(completion: _Completion) -> str:
    first = completion.choices[0]
    if first.finish_reason == "length":
        raise _unanswered("the answer was cut off")
    if first.message.refusal or first.finish_reason == "content_filter":
        raise _unanswered("it refused")
    return first.message.content or ""


def _estimated(messages: Sequence[Message]) -> int:
    return sum(len(message["content"].encode()) for message in messages) // BYTES_A_TOKEN

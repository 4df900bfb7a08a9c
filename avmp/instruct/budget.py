"""How many tokens may be spent in a day, shared by all processes of one home and kept over restarts."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import BaseModel, Field

from codebook.errors import NoAnswer, first_line

FILE = "instruct-budget.json"

_log = structlog.get_logger(__name__)


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens set aside before a question is asked, so that what is under way in other processes counts."""

    day: str
    tokens: int


class _Spent(BaseModel):
    """What the file keeps."""

    day: str
    tokens: int = Field(ge=0)


class DailyBudget:
    """At most `tokens_per_day` in a day of UTC, as far as is known before a question is answered."""

    def __init__(self, home: Path, tokens_per_day: int, today: Callable[[], str] = _today) -> None:
        self._file = home / FILE
        self._most = tokens_per_day
        self._today = today

    def reserve(self, tokens: int) -> Reservation:
        """Set `tokens` aside. Raises `NoAnswer` when the day has not so many left, or its file cannot be used."""
        with self._spent() as spent:
            if spent.tokens + tokens > self._most:
                raise NoAnswer("the instruction model was not asked: the budget of the day is used up")
            spent.tokens += tokens
        return Reservation(spent.day, tokens)

    def settle(self, reserved: Reservation, used: int) -> None:
        """What a question has used in the end. Raises `NoAnswer` when the file cannot be used."""
        with self._spent() as spent:
            if spent.day == reserved.day:
                spent.tokens = max(0, spent.tokens + used - reserved.tokens)

    @contextmanager
    def _spent(self) -> Iterator[_Spent]:
        """The day's count, to be changed; written when the block ends well. One process at a time."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                spent = _read(self._file, self._today())
                yield spent
                _write(self._file, spent)
        except (OSError, ValueError) as error:
            # A file that is not ours is not written over: what it stands for may be spent already.
            _log.error(
                "the budget of the instruction model cannot be kept", file=str(self._file), reason=first_line(error)
            )
            raise NoAnswer("the instruction model was not asked: the file of its budget cannot be used") from error


def _read(file: Path, today: str) -> _Spent:
    """Raises `ValueError` for a file that is not ours: what was spent is not known then."""
    kept = _Spent.model_validate_json(file.read_bytes()) if file.exists() else None
    return kept if kept is not None and kept.day == today else _Spent(day=today, tokens=0)


def _write(file: Path, spent: _Spent) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(spent.model_dump_json(), encoding="utf-8")
    os.replace(fresh, file)  # noqa: PTH105  the same call, named for what it promises: all of the file or none

"""The reader that the settings ask for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from avmp.settings import Settings
from classifiers.reader import Reader, default_reader, linear_reader
from codebook.records import Reading


def shipped_reader(*, encoder: bool) -> Reader:
    """The reader that ships, with or without its encoder."""
    return default_reader() if encoder else linear_reader()


def configured_reader(settings: Settings, local: Reader | None = None) -> Reader:
    """The local reader, the one that ships if none is given, and after it the instruct stage where it has an
    address."""
    local = local or shipped_reader(encoder=settings.encoder)
    if settings.instruct.address is None:
        return local
    from avmp.instruct.budget import DailyBudget
    from avmp.instruct.client import ModelClient
    from classifiers.instruct import InstructReader

    budget = DailyBudget(settings.home, settings.instruct.tokens_per_day)
    return InstructReader(local, ModelClient(settings.instruct, budget))


def reader_of_answers(file: Path, *, encoder: bool) -> Reader:
    """The reader that takes a model's answers from a file, after the one that ships, with or without its encoder.
    Raises `BadInput` for a file that has none."""
    from avmp.instruct.answers import answers_in
    from classifiers.instruct import AnswersReader

    return AnswersReader(shipped_reader(encoder=encoder), answers_in(file))


class Tally:
    """Who read how many articles, and why the instruction model did not read the others."""

    def __init__(self) -> None:
        self._read_by: Counter[str] = Counter()
        self._fallbacks: Counter[str] = Counter()

    def note(self, reading: Reading) -> None:
        """Count a reading."""
        self._read_by[reading.read_by] += 1
        if reading.fallback:
            self._fallbacks[reading.fallback] += 1

    def lines(self) -> list[str]:
        """The account, for people; empty where no instruction model was to read."""
        if not self._read_by["instruct"] and not self._fallbacks:
            return []
        read = f"Read by the instruction model: {self._read_by['instruct']} of {self._read_by.total()} articles."
        return [read, *(f"{number} not: {why}." for why, number in self._fallbacks.most_common())]

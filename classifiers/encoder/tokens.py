"""A text as the pieces an encoder sees, and back: characters to pieces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

LIMIT = 512
"""Pieces an encoder of this kind has positions for, its first and last among them. The longest training article but one
in a thousand is shorter; what follows is read by the linear heads alone."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The pieces of a text: their ids, and the characters each begins and ends at (equal for the special pieces)."""

    ids: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]

    def pieces(self, start: int, end: int) -> tuple[int, int] | None:
        """First piece and the one after the last that share characters `start` to `end`; None where none does."""
        first = bisect_right(self.ends, start, 1, len(self.ends) - 1)
        last = bisect_left(self.starts, end, 1, len(self.starts) - 1)
        return (first, last) if first < last else None


def tokenized(tokenizer: Tokenizer, text: str) -> Tokens:
    """The pieces of the beginning of a text. A piece that stands for a space and letters begins at the letters."""
    encoding = tokenizer.encode(text)
    ids, offsets = list(encoding.ids), list(encoding.offsets)
    if len(ids) > LIMIT:
        ids, offsets = [*ids[: LIMIT - 1], ids[-1]], [*offsets[: LIMIT - 1], offsets[-1]]
    starts, ends = [0], [0]
    for start, end in offsets[1:-1]:
        while start < end and text[start].isspace():
            start += 1
        starts.append(max(start, starts[-1]))
        ends.append(max(end, ends[-1]))
    return Tokens(ids, [*starts, len(text)], [*ends, len(text)])

"""Which passages of an article tell one of its mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codebook.records import Evidence

_SENTENCE = re.compile(r"\S.*?(?:(?<!\b\w)[.!?…]+[\"”“»]?(?=\s+\S)|$)", re.MULTILINE)
"""The full stop after an initial ends none."""


class _Passage(NamedTuple):
    words: str
    part: str
    start: int
    end: int

    def holds(self, evidence: Sequence[Evidence]) -> bool:
        return any(e.part == self.part and e.start < self.end and self.start < e.end for e in evidence)


def told_in(title: str, text: str, own: Sequence[Evidence], others: Sequence[Evidence]) -> list[str]:
    """The sentences that tell the mention with the evidence `own`.

    In an article that tells nothing else, all of it. Where `others` have evidence: the sentences with its own, and
    those after them up to the end of the paragraph or a sentence with evidence of another alone.
    """
    if not others:
        return [title, text]
    chosen: list[str] = []
    for paragraph in _paragraphs(title, text):
        telling = False
        for sentence in paragraph:
            if sentence.holds(own):
                telling = True
            elif sentence.holds(others):
                telling = False
            if telling:
                chosen.append(sentence.words)
    return chosen


def _paragraphs(title: str, text: str) -> Iterator[list[_Passage]]:
    yield [_Passage(title, "title", 0, len(title))]
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        yield [_Passage(m[0], "text", start + m.start(), start + m.end()) for m in _SENTENCE.finditer(line[0])]

"""Which part of an article tells which incident: the whole, or in a round-up its items.

An item is a run of paragraphs, or of sentences where one paragraph tells of several places. The thresholds were chosen
on articles that no head had seen (docs/decisions/0013): of those that tell several incidents, 60 of 75 are cut
right, and of 553 that tell one, none. Of 139 others, which no choice was made on, 5 are: they recall an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Span

from classifiers.features import document_features
from classifiers.judges import Judge
from classifiers.pipelines import layout_of, stretch
from classifiers.places import municipalities

SEVERAL_LEAST = 0.5
"""Probability from which an article is looked at for several incidents. It is cut only where two items are found."""
ITEM_LEAST = 0.3
"""Probability from which a paragraph at a new place begins an item."""
SAME_PLACE_LEAST = 0.95
"""The same at a place where an item before began, or at none: an earlier incident that is only recalled is often told
so, and an item's second paragraph looks like its first."""
SENTENCE_LEAST = 0.9
"""The same for a sentence at a new place within a paragraph: it may be where somebody comes from."""
HEADING_MOST = 7
"""Words of the longest line without an end that is taken for the heading of the next, unless it is one of a list."""
_ENDS = frozenset(".!?…;\"'”“’‘»)]")
_BULLETS = frozenset("-–—•*·")


def parts(doc: Doc, judge: Judge) -> list[Span]:
    """The parts of an article that tell one incident each, at least one."""
    whole = doc[:]
    if judge.of_part("several", whole)["yes"] < SEVERAL_LEAST:
        return [whole]
    starts = _Items(whole, judge).starts()
    if len(starts) < 2:
        return [whole]
    return [doc[start:end] for start, end in zip(starts, [*starts[1:], len(doc)], strict=True)]


class _Items:
    """Where the items of an article begin, and the towns they were found to tell of so far."""

    def __init__(self, whole: Span, judge: Judge) -> None:
        self._whole, self._judge = whole, judge
        self._towns: set[str] = set()

    def starts(self) -> list[int]:
        """The first token of every item."""
        starts: list[int] = []
        for paragraph in paragraphs(self._whole.doc):
            towns = municipalities(paragraph)
            least = ITEM_LEAST if not starts or towns - self._towns else SAME_PLACE_LEAST
            if self._tells_one(paragraph) >= least:
                starts += [paragraph.start, *self._further_starts(paragraph)]
                self._towns |= towns
        return starts

    def _further_starts(self, paragraph: Span) -> list[int]:
        """The sentences of a paragraph that begin another item than the one it begins with, which a sentence before has
        told with its town."""
        begun: list[int] = []
        first_is_told = False
        for sentence in sentences(paragraph):
            if not (towns := municipalities(sentence)):
                continue
            sure = self._tells_one(sentence)
            if towns - self._towns and sure >= SENTENCE_LEAST:
                begun += [sentence.start] if first_is_told else []
                self._towns |= towns
            first_is_told = first_is_told or sure >= ITEM_LEAST
        return begun

    def _tells_one(self, part: Span) -> float:
        found = stretch(part.doc, part.start, part.end)
        return self._judge.of_stretch("item", self._whole, found, document_features(part))["yes"]


def paragraphs(doc: Doc) -> Iterator[Span]:
    """The lines of the text, without the title; a heading belongs to the line behind it."""
    begun: int | None = None
    for line in _lines(doc):
        start = line.start if begun is None else begun
        begun = start if _is_heading(line) else None
        if begun is None:
            yield doc[start : line.end]
    if begun is not None:
        yield doc[begun:]


def _lines(doc: Doc) -> Iterator[Span]:
    layout = layout_of(doc)
    start = 0
    for token in doc:
        if "\n" in token.text or token.i == len(doc) - 1:
            end = token.i + 1
            if doc[start].idx >= layout.title_length and any(layout.words[start:end]):
                yield doc[start:end]
            start = end


def _is_heading(line: Span) -> bool:
    words = sum(layout_of(line.doc).words[line.start : line.end])
    written = line.text.strip()
    return words <= HEADING_MOST and written[-1] not in _ENDS and written[0] not in _BULLETS


def sentences(part: Span) -> Iterator[Span]:
    """The sentences that begin in a part of an article."""
    layout = layout_of(part.doc)
    for number in range(layout.sentence_of[part.start], layout.sentence_of[part.end - 1] + 1):
        start, end = layout.sentences[number]
        if start >= part.start:
            yield part.doc[start : min(end, part.end)]

"""What a head sees of a candidate: a stretch of an article that may be the place, the date, a person or the weapon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Span

from classifiers.features import STEM
from classifiers.pipelines import Layout, Stretch, layout_of

_NEAR = 3
"""Words on each side whose spelling counts."""
_CLOSE = _NEAR + 2
"""Tokens to a concept that is near."""
_FIRST_SENTENCES = 4
"""Sentences told apart by their position; later ones are alike."""


def context_features(found: Stretch, part: Span) -> Iterator[str]:
    """The words around a stretch, the concepts of its sentence and where in `part` it stands."""
    layout = layout_of(part.doc)
    begin, _ = layout.sentence(found.start)
    for distance, key in enumerate(words_before(layout, found, _NEAR), 1):
        yield f"-{distance} {key}"
        yield f"- {key}"
    for distance, key in enumerate(words_after(layout, found, _NEAR), 1):
        yield f"+{distance} {key}"
        yield f"+ {key}"
    yield from _concepts_around(layout, found)
    before = layout.sentence_of[found.start] - layout.sentence_of[part.start]
    yield "position title" if layout.in_title(found) else f"position {min(before, _FIRST_SENTENCES)}"
    if begin == found.start:
        yield "begins sentence"
    if found.end < len(layout.keys) and not layout.words[found.end]:
        yield f"then {layout.keys[found.end][:1]}"
    if found.start > 0 and not layout.words[found.start - 1]:
        yield f"after {layout.keys[found.start - 1][:1]}"


def longest(found: Iterable[Stretch]) -> list[Stretch]:
    """Those that are no part of longer ones, in order; two meanings of the same words both stay."""
    kept: list[Stretch] = []
    once = {(one.start, one.end, one.label): one for one in found}  # two spellings of one entry may both fit
    for one in sorted(once.values(), key=lambda one: (one.start, -one.end)):
        if not kept or one.end > kept[-1].end or (one.start, one.end) == (kept[-1].start, kept[-1].end):
            kept.append(one)
    return kept


def _concepts_around(layout: Layout, found: Stretch) -> Iterator[str]:
    """The concepts of a stretch's sentence, each once: a weapon may be named some hundred times in it, and each of them
    would keep all the others."""
    terms = layout.terms_in(*layout.sentence(found.start))
    yield from {f"in {term.label}" for term in terms if found.start <= term.start < found.end}
    before = {(term.label, found.start - term.end <= _CLOSE) for term in terms if term.start < found.start}
    after = {(term.label, term.start - found.end <= _CLOSE) for term in terms if term.start >= found.end}
    for side, concepts in (("before", before), ("after", after)):
        for label, is_near in concepts:
            yield f"sentence {label}"
            yield f"{side} {label}"
            if is_near:
                yield f"near {side} {label}"


def words_before(layout: Layout, found: Stretch, most: int) -> list[str]:
    """Up to `most` words of the sentence before a stretch, nearest first, cut to stems and marked with the language."""
    begin = layout.sentence(found.start)[0]
    keys = [layout.keys[i] for i in range(max(begin, found.start - 2 * most), found.start) if layout.words[i]]
    return [f"{layout.lang}:{key[:STEM]}" for key in keys[::-1][:most]]


def words_after(layout: Layout, found: Stretch, most: int) -> list[str]:
    """Up to `most` words of the sentence after a stretch, nearest first, cut to stems and marked with the language."""
    end = layout.sentence(found.start)[1]
    keys = [layout.keys[i] for i in range(found.end, min(end, found.end + 2 * most)) if layout.words[i]]
    return [f"{layout.lang}:{key[:STEM]}" for key in keys[:most]]

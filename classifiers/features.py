"""What the document heads see of an article or a part of one: words, their neighbours, and concepts of the lexicon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from spacy.tokens import Span

from classifiers.pipelines import Layout, layout_of

STEM = 6
"""Letters a word is cut to: inflection of all six languages lies mostly behind them."""

_LEAD = 4
"""Sentences that make the lead of a report or of an item of a round-up."""


def document_features(part: Span) -> Iterator[str]:
    """The features of an article (`doc[:]`) or of some sentences of it.

    Concepts carry no language, so that what is learned in one language serves the others.
    """
    layout = layout_of(part.doc)
    keys = [layout.keys[i] for i in range(part.start, part.end) if layout.words[i]]
    stems = [f"{layout.lang}:{key[:STEM]}" if not key.isdigit() else f"#{min(len(key), 5)}" for key in keys]
    yield from stems
    yield from (f"{layout.lang}={key}" for key in keys if len(key) > STEM)
    yield from (f"{first} {second[3:]}" for first, second in pairwise(stems))
    yield from _prominent(layout, part)
    yield f"source {layout.jurisdiction}"
    yield from _concept_features(layout, part)
    yield from _place_features(layout, part)


def _prominent(layout: Layout, part: Span) -> Iterator[str]:
    """The words of the title and of the first sentences again: a report says there what it is about."""
    leading = 0
    for begin, end in layout.sentences[layout.sentence_of[part.start] :]:
        if begin < part.start:  # the part begins within it
            continue
        if begin >= part.end or leading == _LEAD:
            break
        where = "title" if part.doc[begin].idx < layout.title_length else "lead"
        leading += where == "lead"
        stems = (layout.keys[i][:STEM] for i in range(begin, min(end, part.end)) if layout.words[i])
        yield from (f"{where} {layout.lang}:{stem}" for stem in stems)


def _concept_features(layout: Layout, part: Span) -> Iterator[str]:
    counts: Counter[str] = Counter()
    by_sentence: dict[int, set[str]] = {}
    for term in layout.terms_in(part.start, part.end):
        if term.kind == "harm":  # says who was hit; that somebody was, other concepts say
            continue
        counts[term.label] += 1
        by_sentence.setdefault(layout.sentence_of[term.start], set()).add(term.label)
        if layout.in_title(term):
            yield f"title {term.label}"
    yield from (f"concept {label}" for label in counts)
    yield from (f"many {label} {min(count, 4)}" for label, count in counts.items() if count > 1)
    for together in by_sentence.values():
        labels = sorted(together)
        yield from (f"with {a} {b}" for n, a in enumerate(labels) for b in labels[n + 1 :])


def _place_features(layout: Layout, part: Span) -> Iterator[str]:
    """Whether any place of the region is named: a report of an event abroad often names none."""
    jurisdictions = {
        place.value.places[0].jurisdiction for place in layout.places if part.start <= place.start < part.end
    }
    yield f"places in {min(len(jurisdictions), 2)}"
    if layout.jurisdiction is not None:
        yield f"home named {layout.jurisdiction in jurisdictions}"

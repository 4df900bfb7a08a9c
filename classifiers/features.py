"""What the document heads see of an article or a part of one: words, their neighbours, and concepts of the lexicon."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Span

STEM = 6
"""Letters a word is cut to: inflection of all six languages lies mostly behind them."""


def document_features(part: Span) -> Iterator[str]:
    """The features of an article (`doc[:]`) or of some sentences of it.

    Concepts carry no language, so that what is learned in one language serves the others.
    """
    doc = part.doc
    lang = doc.user_data["lang"]
    words = [token.norm_ for token in part if token.text[0].isalnum()]
    stems = [f"{lang}:{word[:STEM]}" if not word.isdigit() else f"#{min(len(word), 5)}" for word in words]
    yield from stems
    yield from (f"{lang}={word}" for word in words if len(word) > STEM)
    yield from (f"{first} {second[3:]}" for first, second in zip(stems, stems[1:], strict=False))
    yield from (f"source {doc.user_data.get('jurisdiction')}",)
    yield from _concept_features(doc, part)


def _concept_features(doc: Doc, part: Span) -> Iterator[str]:
    terms = [term for term in doc.spans["terms"] if part.start <= term.start and term.end <= part.end]
    title = doc.user_data["title_length"]
    by_sentence: dict[int, list[Span]] = {}
    for term in terms:
        yield f"concept {term.label_}"
        if term.start_char < title:
            yield f"title {term.label_}"
        by_sentence.setdefault(term.sent.start, []).append(term)
    counts: dict[str, int] = {}
    for term in terms:
        counts[term.label_] = counts.get(term.label_, 0) + 1
    yield from (f"many {label} {min(count, 4)}" for label, count in counts.items() if count > 1)
    for together in by_sentence.values():
        labels = sorted({term.label_ for term in together})
        yield from (f"with {a} {b}" for n, a in enumerate(labels) for b in labels[n + 1 :])

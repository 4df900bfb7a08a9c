"""What a head sees of a candidate: one span of an article that may be the place, the date, a person or the weapon."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

from classifiers.features import STEM

_NEAR = 3
"""Words on each side whose spelling counts."""
_FIRST_SENTENCES = 4
"""Sentences told apart by their position; later ones are alike."""


def context_features(span: Span, part: Span) -> Iterator[str]:
    """The words around `span`, the concepts of its sentence and where in `part` it stands."""
    doc = span.doc
    lang = doc.user_data["lang"]
    sentence = span.sent
    for distance, token in enumerate(_words_before(span), 1):
        yield f"-{distance} {lang}:{token.norm_[:STEM]}"
        yield f"- {lang}:{token.norm_[:STEM]}"
    for distance, token in enumerate(_words_after(span), 1):
        yield f"+{distance} {lang}:{token.norm_[:STEM]}"
        yield f"+ {lang}:{token.norm_[:STEM]}"
    for term in terms_in(doc, sentence.start, sentence.end):
        if span.start <= term.start < span.end:
            yield f"in {term.label_}"
        else:
            side = "before" if term.start < span.start else "after"
            gap = term.start - span.end if side == "after" else span.start - term.end
            yield f"sentence {term.label_}"
            yield f"{side} {term.label_}"
            if gap <= _NEAR + 2:
                yield f"near {side} {term.label_}"
    yield "position title" if in_title(span) else f"position {sentences_before(span, part)}"
    if sentence.start == span.start:
        yield "begins sentence"
    if span.end < len(doc) and not doc[span.end].is_alpha:
        yield f"then {doc[span.end].text[:1]}"
    if span.start > 0 and not doc[span.start - 1].is_alpha:
        yield f"after {doc[span.start - 1].text[:1]}"


def in_title(span: Span) -> bool:
    """Whether a span of a parsed article lies in its title."""
    return bool(span.start_char < span.doc.user_data["title_length"])


def sentences_before(span: Span, part: Span) -> int:
    """Sentences of `part` between its first and that of `span`, counted up to a few."""
    starts = part.doc.user_data.setdefault("sentence_starts", [s.start for s in part.doc.sents])
    return min(sum(part.start < start <= span.start for start in starts), _FIRST_SENTENCES)


def terms_in(doc: Doc, start: int, end: int) -> list[Span]:
    """The lexicon terms that lie wholly in tokens `start` to `end`, in order."""
    return [term for term in doc.spans["terms"] if start <= term.start and term.end <= end]


def spans_in(part: Span, group: str) -> list[tuple[Span, object]]:
    """The spans of a group that lie in `part`, each with what it stands for."""
    doc = part.doc
    pairs = zip(doc.spans[group], doc.user_data[group], strict=True)
    return [(span, value) for span, value in pairs if part.start <= span.start and span.end <= part.end]


def _words_before(span: Span) -> list[Token]:
    words = [t for t in span.doc[max(span.sent.start, span.start - 2 * _NEAR) : span.start] if t.text[0].isalnum()]
    return words[::-1][:_NEAR]


def _words_after(span: Span) -> list[Token]:
    words = [t for t in span.doc[span.end : min(span.sent.end, span.end + 2 * _NEAR)] if t.text[0].isalnum()]
    return words[:_NEAR]

"""What the encoder is given of an article or a part of one: a line on where and when it appeared, then its words.

The words are given as they are printed once broken lines are mended: composed, without invisible characters, Serbian in
Latin letters. So one article reads alike however its letters are stored and in either script.
"""

from __future__ import annotations

from spacy.tokens import Span
from tokenizers import Tokenizer

from classifiers.encoder.tokens import Tokens, tokenized
from classifiers.pipelines import Layout, layout_of
from languages.canonical import Canonical, canonical, composed

WHOLE = (0, 1)
"""The pieces that stand for what no word names, such as the day of publication: the first, special one."""


class Input:
    """The pieces of one part, and where characters of the article lie among them."""

    def __init__(self, part: Span, tokenizer: Tokenizer) -> None:
        layout = layout_of(part.doc)
        header = _header(layout)
        self._printed = _printed(part.text, layout.lang)
        self.tokens: Tokens = tokenized(tokenizer, header + self._printed.text)
        self._header, self._start = len(header), part.start_char

    def pieces(self, start: int, end: int) -> tuple[int, int] | None:
        """The pieces of some characters of the article; None for what lies outside what the encoder reads."""
        first, last = self._printed.span_of(start - self._start, end - self._start)
        return self.tokens.pieces(first + self._header, last + self._header) if first < last else None

    def characters(self, first: int, last: int) -> tuple[int, int] | None:
        """The characters of the article that pieces `first` to `last` stand for; None where one is of the header."""
        start, end = self.tokens.starts[first] - self._header, self.tokens.ends[last - 1] - self._header
        if start < 0:
            return None
        begin, stop = self._printed.original_span(start, max(start, end))
        return begin + self._start, stop + self._start


def _printed(text: str, lang: str) -> Canonical:
    return canonical(text, lang) if lang == "hbs" else composed(text, lang)


def _header(layout: Layout) -> str:
    """Jurisdiction of the source, day and month: the year would tell when the training articles were written."""
    day = layout.published.strftime("%d.%m.") if layout.published else "-"
    return f"{layout.jurisdiction or '-'} {day}\n"

"""What the encoder is given of an article or a part of one: a line on where and when it appeared, then its words."""

from __future__ import annotations

from spacy.tokens import Span
from tokenizers import Tokenizer

from classifiers.encoder.tokens import Tokens, tokenized
from classifiers.pipelines import Layout, layout_of

WHOLE = (0, 1)
"""The pieces that stand for what no word names, such as the day of publication: the first, special one."""


class Input:
    """The pieces of one part, and where characters of the article lie among them."""

    def __init__(self, part: Span, tokenizer: Tokenizer) -> None:
        header = _header(layout_of(part.doc))
        self.tokens: Tokens = tokenized(tokenizer, header + part.text)
        self._shift = len(header) - part.start_char

    def pieces(self, start: int, end: int) -> tuple[int, int] | None:
        """The pieces of some characters of the article; None for what lies outside what the encoder reads."""
        return self.tokens.pieces(start + self._shift, end + self._shift)

    def characters(self, first: int, last: int) -> tuple[int, int]:
        """The characters of the article that pieces `first` to `last` stand for."""
        return self.tokens.starts[first] - self._shift, self.tokens.ends[last - 1] - self._shift


def _header(layout: Layout) -> str:
    """Jurisdiction of the source, day and month: the year would tell when the training articles were written."""
    day = layout.published.strftime("%d.%m.") if layout.published else "-"
    return f"{layout.jurisdiction or '-'} {day}\n"

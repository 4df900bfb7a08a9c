"""The encoder as a judge of one article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from spacy.tokens import Span

from classifiers.encoder.encoder import Array, Encoder
from classifiers.encoder.inputs import WHOLE, Input
from classifiers.judges import Shares
from classifiers.pipelines import Stretch, layout_of, stretch

BEST_LEAST = 0.2
"""Probability of the surest piece below which no words are named."""
MARKED_LEAST = 0.4
"""Probability from which a piece beside the surest one belongs to the same words."""
SHOWN_LEAST = 3
"""Letters of the shortest words that are shown alone."""


class EncoderJudge:
    """Encodes each part it is asked about once; one instance an article."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._read: dict[tuple[int, int], _Encoded] = {}

    def of_part(self, question: str, part: Span) -> Shares:
        """See `Judge`."""
        return dict(self._encoded(part).whole.get(question, {}))

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:  # noqa: ARG002
        """See `Judge`; none for a stretch behind what the encoder reads."""
        encoded = self._encoded(part)
        pieces = encoded.given.pieces(found.start_char, found.end_char) if found else WHOLE
        return self._encoder.of_stretch(question, encoded.stretch(*pieces)) if pieces else {}

    def words(self, field: str, part: Span) -> Stretch | None:
        """The run of likely pieces around the likeliest one, as whole words."""
        encoded = self._encoded(part)
        likely = self._encoder.marks(field, encoded.states)
        inside = encoded.inside
        if not inside:
            return None
        best = max(inside, key=lambda n: likely[n])
        if likely[best] < BEST_LEAST:
            return None
        first = last = best
        while first - 1 >= inside[0] and likely[first - 1] >= MARKED_LEAST:
            first -= 1
        while last + 1 <= inside[-1] and likely[last + 1] >= MARKED_LEAST:
            last += 1
        return _words(part, field, encoded.given.characters(first, last + 1))

    def _encoded(self, part: Span) -> _Encoded:
        where = (part.start, part.end)
        if where not in self._read:
            self._read[where] = _Encoded(self._encoder, part)
        return self._read[where]


def _words(part: Span, field: str, characters: tuple[int, int] | None) -> Stretch | None:
    """The words some characters touch, without marks and blanks around them; None where there are none. A preposition
    alone tells a monitor nothing: the words beside it are shown as well."""
    span = part.doc.char_span(*characters, alignment_mode="expand") if characters else None
    if span is None:
        return None
    layout = layout_of(part.doc)
    words = [at for at in range(span.start, span.end) if layout.words[at]]
    if words and sum(len(layout.keys[at]) for at in words) < SHOWN_LEAST:
        begin, end = layout.sentence(words[0])
        near = range(max(begin, part.start, words[0] - 1), min(end, part.end, words[-1] + 2))
        words = [at for at in near if layout.words[at]]
    return replace(stretch(part.doc, words[0], words[-1] + 1), label=field) if words else None


class _Encoded:
    """A part as encoded: its pieces, those among them that are the part's own (`inside`), states and answers."""

    def __init__(self, encoder: Encoder, part: Span) -> None:
        self.given = Input(part, encoder.tokenizer)
        pieces = range(1, len(self.given.tokens.ids) - 1)
        self.inside = [n for n in pieces if self.given.characters(n, n + 1) is not None]
        self.states = encoder.states(self.given)
        self.whole = encoder.of_whole(self.states)
        self._encoder = encoder
        self._stretches: dict[tuple[int, int], Array] = {}

    def stretch(self, first: int, last: int) -> Array:
        """Some pieces as the heads see them, kept since a person is asked about several times."""
        if (first, last) not in self._stretches:
            self._stretches[first, last] = self._encoder.stretch(self.states, first, last)
        return self._stretches[first, last]

"""Which sex the words about a person mark: the forms around the stretch, what the person is called, a first name.

LABELLING rules 13 and 26 say what marks a sex. Endings of the words in and around the stretch stand for the grammar of
six languages (agreeing participles, -godišnjak and -godišnjakinja, un and o, definite articles).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from spacy.tokens import Span

from classifiers.first_names import predicted_sex
from classifiers.persons import Named
from classifiers.pipelines import Layout, layout_of
from languages.canonical import canonical

_AFTER, _BEFORE = 6, 5
"""Words of the sentence after and before a stretch that may agree with it."""
_ENDING, _LONG_ENDING = 2, 3
"""Letters of an ending: -la and -lo, -ica and -nik."""
_SHORTEST_NAME = 3
_CASE_ENDINGS = ((1, "a"), (1, ""), (2, ""))
"""What an inflected first name drops and gets to be looked up again: Zorke to Zorka, Petrit to Petri, Radomanom to
Radoman."""


def sex_features(one: Named, part: Span) -> list[str]:
    """What the sex head sees of a stretch."""
    return list(_features(one, part))


def _features(one: Named, part: Span) -> Iterator[str]:
    layout = layout_of(part.doc)
    begin, end = layout.sentence(one.found.start)
    yield f"lexicon {one.sex}"
    for at in range(one.found.start, one.found.end):
        if layout.words[at]:
            yield from _own_word(layout, at, part.doc[at].text, begins=at == begin)
    words_after = [at for at in range(one.found.end, end) if layout.words[at]][:_AFTER]
    words_before = [at for at in range(one.found.start - 1, begin - 1, -1) if layout.words[at]][:_BEFORE]
    for side, words in (("+", words_after), ("-", words_before)):
        for distance, at in enumerate(words):
            key = layout.keys[at]
            yield f"{side} {layout.lang}:{key}"
            yield f"{side}ending {layout.lang}:{key[-_ENDING:]}"
            yield f"{side}{distance} ending {layout.lang}:{key[-_ENDING:]}"


def _own_word(layout: Layout, at: int, text: str, *, begins: bool) -> Iterator[str]:
    key = layout.keys[at]
    yield f"own {layout.lang}:{key}"
    yield f"own ending {layout.lang}:{key[-_ENDING:]}"
    yield f"own long ending {layout.lang}:{key[-_LONG_ENDING:]}"
    if text[0].isupper() and len(text) >= _SHORTEST_NAME:
        yield f"first name {_first_name(canonical(text, layout.lang).text)} {begins}"


@lru_cache(maxsize=50_000)
def _first_name(name: str) -> str:
    """The sex a first name is mostly borne by, as it stands or without a case ending; `none` for other words."""
    guesses = [name, *(name[:-drop] + put for drop, put in _CASE_ENDINGS if len(name) > drop + _SHORTEST_NAME)]
    for guess in guesses:
        if (sex := predicted_sex(guess)) is not None:
            return f"{sex}, as it stands" if guess == name else sex
    return "none"

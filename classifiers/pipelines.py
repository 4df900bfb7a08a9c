"""The spaCy pipelines: one per reading language, all of the same components, which read the language packs.

A pipeline turns title and text into a `Doc` with a `Layout` in `doc._.layout` to read from: sentences, terms of the
lexicon and places, which tell what an article is about, and dates and numbers where somebody asks for them.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np
import spacy
from spacy.lang.lex_attrs import LEX_ATTRS, is_title, is_upper
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import get_words_and_spaces
from spacy.vocab import Vocab

from classifiers.lexicon import HOLDER, TRACE, Lexicon, lexicon, place_words
from codebook.gazetteer import gazetteer
from languages.canonical import INVISIBLE, folded
from languages.dates import believable, dates_in, local, timezone_of
from languages.numbers import numbers_in
from languages.other_articles import without_other_articles

READ_LIMIT = 60_000
"""Characters that are read: ten times the longest news report. What follows is no report of one incident."""

_INSIDE_WORD = re.compile(f"[{INVISIBLE}\u0300-\u036f]")
_TOKEN = re.compile(rf"[\w{INVISIBLE}\u0300-\u036f]+|[^\w\s]")
_SEPARATOR = "\n\n"
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair, which JSON may hold: no character, and spaCy takes none."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens `start` to `end` of an article, with their characters.

    `label` and `kind` are concept and kind of a lexicon term, `value` is what a place, date or number stands for.
    """

    start: int
    end: int
    start_char: int
    end_char: int
    label: str = ""
    kind: str = ""
    value: Any = None


@dataclass
class Layout:
    """What the readers look at: plain lists, because they look often.

    Attributes:
        lang: the reading language.
        jurisdiction: that of the source, or null.
        published: when the article was published, on the clock of its newsroom, or null.
        title_length: characters of the title; the text begins after a separator.
        text: title and text as the `Doc` was made of, which would put them together anew.
        tokens, starts: the text of each token, and the character it begins at.
        keys: the search key of each token; words: whether it is a word or a number; figures: digits alone.
        sentences: first token and the token after the last; sentence_of: the sentence's number for each token.
        terms, places: the stretches found, in order.
        holders: what holds ammunition, in order; among the terms it is ammunition.
        traces: what tells the kind of a weapon without naming it, in order; none of the terms.
    """

    lang: str
    jurisdiction: str | None
    published: dt.datetime | None
    title_length: int
    text: str
    tokens: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    words: list[bool] = field(default_factory=list)
    figures: list[bool] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    sentence_of: list[int] = field(default_factory=list)
    terms: list[Stretch] = field(default_factory=list)
    holders: list[Stretch] = field(default_factory=list)
    traces: list[Stretch] = field(default_factory=list)
    places: list[Stretch] = field(default_factory=list)

    @cached_property
    def numbers(self) -> list[Stretch]:
        """Numbers in digits and words, in order; the value is the number. Found when they are asked for, as dates are:
        nobody asks of an article that tells no incident, which most do."""
        return [
            self.stretch_of("numbers", number.start, number.end, number.value)
            for number in numbers_in(self.text, self.lang)
        ]

    @cached_property
    def place_words(self) -> list[Stretch]:
        """Words for kinds of places, in order; they may overlap. Found when they are asked for, as numbers are."""
        return self.terms_of(place_words(self.lang))

    def terms_of(self, words: Lexicon) -> list[Stretch]:
        """Every term of a lexicon, in order; they may overlap."""
        at = [i for i, is_word in enumerate(self.words) if is_word]
        found = words.matches([self.keys[i] for i in at])
        return [self.whole_tokens(at[m.start], at[m.end - 1] + 1, m.concept, m.kind) for m in found]

    @cached_property
    def dates(self) -> list[Stretch]:
        """The days named, in order, without those that need a publication that is not known; the value is the
        `DateSpan`."""
        return [day for day in self._days if day.value.date is not None]

    @cached_property
    def _days(self) -> list[Stretch]:
        found = dates_in(self.text, self.lang, self.published, timezone_of(self.jurisdiction))
        return [self.stretch_of("dates", day.start, day.end, day) for day in found]

    @cached_property
    def day_words(self) -> frozenset[int]:
        """The tokens that name a day, whether or not it is known which."""
        return frozenset(token for day in self._days for token in range(day.start, day.end))

    def stretch_of(self, label: str, start: int, end: int, value: object) -> Stretch:
        """Characters `start` to `end` as a stretch of the tokens they touch."""
        first, last = bisect_right(self.starts, start) - 1, bisect_left(self.starts, end)
        return Stretch(first, last, start, end, label, value=value)

    def whole_tokens(self, start: int, end: int, label: str = "", kind: str = "") -> Stretch:
        """Tokens `start` to `end` with all their characters."""
        return Stretch(start, end, self.starts[start], self.starts[end - 1] + len(self.tokens[end - 1]), label, kind)

    def key(self, token: int) -> str:
        """The search key of a token; empty before the first and behind the last."""
        return self.keys[token] if 0 <= token < len(self.keys) else ""

    def terms_in(self, start: int, end: int) -> list[Stretch]:
        """The terms that lie in tokens `start` to `end`."""
        return within(self.terms, start, end)

    def sentence(self, token: int) -> tuple[int, int]:
        """The sentence of a token."""
        return self.sentences[self.sentence_of[token]]

    def in_title(self, stretch: Stretch) -> bool:
        """Whether a stretch begins in the title."""
        return stretch.start_char < self.title_length

    def part_of(self, start: int, end: int) -> tuple[str, int, int]:
        """The part ("title" or "text") that characters `start` to `end` lie in, and their offsets in it."""
        if start < self.title_length:
            return "title", start, min(end, self.title_length)
        offset = self.title_length + len(_SEPARATOR)
        return "text", max(start - offset, 0), max(end - offset, 0)


def within(stretches: Sequence[Stretch], start: int, end: int) -> list[Stretch]:
    """Those of some stretches, in order of their starts, that lie in tokens `start` to `end`."""
    first = bisect_left(stretches, start, key=lambda one: one.start)
    last = bisect_left(stretches, end, key=lambda one: one.start)
    return [one for one in stretches[first:last] if one.end <= end]


if not Doc.has_extension("layout"):
    Doc.set_extension("layout", default=None)


def layout_of(doc: Doc) -> Layout:
    """The layout of an article parsed here."""
    layout: Layout = doc._.layout
    return layout


def stretch(doc: Doc, start: int, end: int, label: str = "", kind: str = "", value: object = None) -> Stretch:
    """Tokens `start` to `end` of `doc` as a stretch."""
    last = doc[end - 1]
    return Stretch(start, end, doc[start].idx, last.idx + len(last), label, kind, value)


_NOTED_OF_WORDS: dict[Any, Callable[[str], Any]] = {
    attribute: note for attribute, note in LEX_ATTRS.items() if note in (is_title, is_upper)
}
"""What spaCy is to note of a word. It would note a dozen things more (its shape, whether it is an address), of every
word of every article anew, since what is noted of an article's own words is forgotten with it."""


@cache
def pipeline(lang: str) -> Language:
    """The pipeline of a reading language; `KeyError` for a language without a pack."""
    lexicon(lang)
    nlp = spacy.blank("xx", vocab=Vocab(_NOTED_OF_WORDS))
    nlp.tokenizer = WordTokenizer(nlp.vocab)
    for component in ("search_keys", "news_sentences", "lexicon_terms", "gazetteer_places"):
        nlp.add_pipe(component)
    return nlp


def parsed(
    lang: str, title: str, text: str, published: dt.datetime | None = None, jurisdiction: str | None = None
) -> Doc:
    """Title and text, without what leads to other reports, as one `Doc` with its layout; `jurisdiction` is that of the
    source. A moment of publication that is not `believable` is none."""
    nlp = pipeline(lang)
    whole = _HALF_A_PAIR.sub("\ufffd", (title + _SEPARATOR + without_other_articles(text[:READ_LIMIT]))[:READ_LIMIT])
    doc = nlp.make_doc(whole)
    doc._.layout = Layout(lang, jurisdiction, _on_the_newsrooms_clock(published, jurisdiction), len(title), whole)
    return nlp(doc)


def _on_the_newsrooms_clock(published: dt.datetime | None, jurisdiction: str | None) -> dt.datetime | None:
    """Late in the evening it is the next day there, by UTC not yet."""
    if published is None or not believable(published):
        return None
    return local(published, jurisdiction)


class WordTokenizer:
    """Words and single marks; invisible characters and accents set beside their letters stay inside their word."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words, spaces = get_words_and_spaces(_TOKEN.findall(text), text)
        return Doc(self.vocab, words=words, spaces=spaces)


@lru_cache(maxsize=200_000)
def search_key(word: str, lang: str) -> str:
    """The search key of one word."""
    return folded(word, lang)


@Language.component("search_keys")
def search_keys(doc: Doc) -> Doc:
    """The search key of every token, where it begins, and whether it is a word."""
    layout = layout_of(doc)
    layout.tokens = [token.text for token in doc]
    layout.starts = [token.idx for token in doc]
    layout.keys = [search_key(text, layout.lang) for text in layout.tokens]
    layout.words = [any(map(str.isalnum, text)) for text in layout.tokens]
    layout.figures = [key.isdigit() for key in layout.keys]  # here, since one token may hold some thousand numbers
    return doc


LONGEST_SENTENCE = 400
"""Tokens after which a sentence ends in any case: words are looked at within their sentence, and a text without a full
stop would otherwise take time by the square of its length. The corpus has none over 128."""

_ENDS = frozenset(".!?…")
_OPENS = frozenset("\"'„“”«‘’–—-(•*·")


@Language.component("news_sentences")
def news_sentences(doc: Doc) -> Doc:
    """Sentences end at a line's end, or at a stop before a capital unless it follows an initial ("A. H."), or at
    `LONGEST_SENTENCE`."""
    layout = layout_of(doc)
    texts = layout.tokens
    begin = 0
    for at in range(1, len(texts) + 1):
        if at == len(texts) or at - begin == LONGEST_SENTENCE or _begins_sentence(texts, at):
            layout.sentences.append((begin, at))
            layout.sentence_of += [len(layout.sentences) - 1] * (at - begin)
            begin = at
    starts: Any = np.full((len(texts), 1), -1)  # set together: setting one looks at all the others
    starts[[begin for begin, _ in layout.sentences]] = 1
    return doc.from_array(["SENT_START"], starts.astype("uint64"))


def _begins_sentence(texts: Sequence[str], at: int) -> bool:
    before, token = texts[at - 1], texts[at]
    if "\n" in before:
        return True
    if before not in _ENDS:
        return False
    first = texts[at + 1] if token in _OPENS and at + 1 < len(texts) else token
    ended = texts[at - 2] if at > 1 else ""
    return first[0].isupper() and not (before == "." and is_initial(ended))


def is_initial(word: str) -> bool:
    """Whether a word is one capital, as before the stops of "A. H."."""
    return word[:1].isupper() and len(_INSIDE_WORD.sub("", word)) == 1


@Language.component("lexicon_terms")
def lexicon_terms(doc: Doc) -> Doc:
    """The words of the lexicon."""
    layout = layout_of(doc)
    found = layout.terms_of(lexicon(layout.lang))
    layout.terms = [term for term in found if term.kind not in (HOLDER, TRACE)]
    layout.holders = [term for term in found if term.kind == HOLDER]
    layout.traces = [term for term in found if term.kind == TRACE]
    return doc


@Language.component("gazetteer_places")
def gazetteer_places(doc: Doc) -> Doc:
    """The places the gazetteer knows; the value is the `PlaceSpan`."""
    layout = layout_of(doc)
    layout.places = [
        layout.stretch_of("places", place.start, place.end, place)
        for place in gazetteer().find(layout.text, layout.lang)
    ]
    return doc

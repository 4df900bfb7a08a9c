"""The spaCy pipelines: one per reading language, all of the same components, which read the language packs.

A pipeline turns title and text into a `Doc` whose tokens carry search keys (`norm_`), whose sentences are set, and
whose span groups hold what was found: `terms` (label = concept of the lexicon, id = kind), `places`, `dates` and
`numbers`. What a place, date or number stands for lies in `doc.user_data` under the group's name, in order.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import get_words_and_spaces
from spacy.vocab import Vocab

from classifiers.lexicon import lexicon
from codebook.gazetteer import gazetteer
from languages.canonical import folded
from languages.dates import dates_in
from languages.numbers import numbers_in

READ_LIMIT = 60_000
"""Characters that are read: ten times the longest news report. What follows is no report of one incident."""

_TOKEN = re.compile("[\\w\u00ad\u200b-\u200d\u2060\ufeff]+|[^\\w\\s]")
_SEPARATOR = "\n\n"


@cache
def pipeline(lang: str) -> Language:
    """The pipeline of a reading language; `KeyError` for a language without a pack."""
    lexicon(lang)
    nlp = spacy.blank("xx")
    nlp.tokenizer = WordTokenizer(nlp.vocab)
    for component in ("search_keys", "news_sentences", "lexicon_terms", "gazetteer_places", "numbers", "dates"):
        nlp.add_pipe(component, config={"lang": lang})
    return nlp


def parsed(lang: str, title: str, text: str, published: dt.datetime | None, timezone: str) -> Doc:
    """Title and text as one `Doc`; `part_of` gives back which part a span lies in."""
    nlp = pipeline(lang)
    doc = nlp.make_doc((title + _SEPARATOR + text)[:READ_LIMIT])
    doc.user_data |= {"title_length": len(title), "published": published, "timezone": timezone, "lang": lang}
    return nlp(doc)


def part_of(doc: Doc, start: int, end: int) -> tuple[str, int, int]:
    """The part ("title" or "text") and offsets in it of the characters `start` to `end` of a parsed `Doc`."""
    title_length = doc.user_data["title_length"]
    if start < title_length:
        return "title", start, min(end, title_length)
    offset = title_length + len(_SEPARATOR)
    return "text", max(start - offset, 0), max(end - offset, 0)


class WordTokenizer:
    """Words and single marks; invisible characters stay inside their word."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words, spaces = get_words_and_spaces(_TOKEN.findall(text), text)
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_bytes(self, **_: Any) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **__: Any) -> WordTokenizer:
        return self


@lru_cache(maxsize=200_000)
def search_key(word: str, lang: str) -> str:
    """The search key of one word."""
    return folded(word, lang)


@Language.factory("search_keys")
def _search_keys(nlp: Language, name: str, lang: str) -> Any:
    def component(doc: Doc) -> Doc:
        for token in doc:
            token.norm_ = search_key(token.text, lang) or token.text
        return doc

    return component


_ENDS = frozenset(".!?…")
_OPENS = frozenset("\"'„“”«‘’–—-(•*·")


@Language.factory("news_sentences")
def _news_sentences(nlp: Language, name: str, lang: str) -> Any:
    """Sentences end at a line's end, or at a stop before a capital unless it follows an initial, a number or a
    short abbreviation ("A. H.", "5. oktobra", "god.")."""

    def component(doc: Doc) -> Doc:
        if len(doc):
            doc[0].is_sent_start = True
        for at in range(1, len(doc)):
            doc[at].is_sent_start = _begins_sentence(doc, at)
        return doc

    return component


def _begins_sentence(doc: Doc, at: int) -> bool:
    before, token = doc[at - 1], doc[at]
    if "\n" in before.text:
        return True
    if before.text not in _ENDS or not before.whitespace_:
        return False
    first = doc[at + 1].text if token.text in _OPENS and at + 1 < len(doc) else token.text
    if not first[0].isupper():
        return False
    ended = doc[at - 2].text if at > 1 else ""
    return not (before.text == "." and (len(ended) == 1 and ended.isupper()))


@Language.factory("lexicon_terms")
def _lexicon_terms(nlp: Language, name: str, lang: str) -> Any:
    terms = lexicon(lang)

    def component(doc: Doc) -> Doc:
        at = [token.i for token in doc if token.text[0].isalnum()]
        found = terms.matches([doc[i].norm_ for i in at])
        doc.spans["terms"] = [
            Span(doc, at[m.start], at[m.end - 1] + 1, label=m.concept, span_id=m.kind) for m in found
        ]
        return doc

    return component


@Language.factory("gazetteer_places")
def _gazetteer_places(nlp: Language, name: str, lang: str) -> Any:
    def component(doc: Doc) -> Doc:
        _set_group(doc, "places", gazetteer().find(doc.text, lang))
        return doc

    return component


@Language.factory("numbers")
def _numbers(nlp: Language, name: str, lang: str) -> Any:
    def component(doc: Doc) -> Doc:
        _set_group(doc, "numbers", numbers_in(doc.text, lang))
        return doc

    return component


@Language.factory("dates")
def _dates(nlp: Language, name: str, lang: str) -> Any:
    def component(doc: Doc) -> Doc:
        published, timezone = doc.user_data.get("published"), doc.user_data.get("timezone", "UTC")
        _set_group(doc, "dates", dates_in(doc.text, lang, published, timezone))
        return doc

    return component


def _set_group(doc: Doc, group: str, found: list[Any]) -> None:
    """The spans found as a span group, what they stand for beside it in `user_data`."""
    spans, values = [], []
    for value in found:
        span = doc.char_span(value.start, value.end, label=group, alignment_mode="expand")
        if span is not None:
            spans.append(span)
            values.append(value)
    doc.spans[group] = spans
    doc.user_data[group] = values

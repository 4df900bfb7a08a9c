"""Characters to pieces and back, on any text at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.encoder.encoder import shipped_encoder
from classifiers.encoder.inputs import Input
from classifiers.encoder.tokens import LIMIT, Tokens, tokenized
from languages.serbian_cyrillic import in_serbian_cyrillic
from tests.classifiers.encoder.texts import LANGS, TEXTS, doc_of

NEWS = "Mladić (24) ranjen je sinoć iz pištolja u Čačku, saopštila je policija; uhapšen je Đ. Š."


def _tokens(text: str) -> Tokens:
    return tokenized(shipped_encoder().tokenizer, text)


def _ids(text: str, lang: str = "hbs") -> list[int]:
    return list(Input(doc_of(text, lang)[:], shipped_encoder().tokenizer).tokens.ids)


@settings(max_examples=200)
@given(text=TEXTS, data=st.data())
def test_the_pieces_of_a_stretch_cover_it(text: str, data: st.DataObject) -> None:
    tokens = _tokens(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = tokens.pieces(start, end)
    touched = {n for n in range(1, len(tokens.ids) - 1) if tokens.starts[n] < end and start < tokens.ends[n]}
    if found is None:
        assert not touched
        return
    first, last = found
    assert 1 <= first < last <= len(tokens.ids) - 1
    assert touched <= set(range(first, last))
    assert tokens.starts[first] < end
    assert tokens.ends[last - 1] > start


@settings(max_examples=200)
@given(TEXTS)
def test_pieces_lie_in_order_within_the_text(text: str) -> None:
    tokens = _tokens(text)
    assert len(tokens.ids) == len(tokens.starts) == len(tokens.ends) <= LIMIT
    assert list(tokens.starts) == sorted(tokens.starts)
    assert list(tokens.ends) == sorted(tokens.ends)
    assert all(0 <= start <= len(text) for start in tokens.starts)
    assert all(0 <= end <= len(text) for end in tokens.ends)


def test_every_letter_of_a_plain_text_has_its_piece() -> None:
    tokens = _tokens(NEWS)
    for at, ch in enumerate(NEWS):
        if not ch.isspace():
            first, last = tokens.pieces(at, at + 1) or (0, 0)
            assert any(tokens.starts[n] <= at < tokens.ends[n] for n in range(first, last)), (at, ch)


@settings(max_examples=150)
@given(text=TEXTS, lang=LANGS, data=st.data())
def test_pieces_stand_for_characters_of_the_part(text: str, lang: str, data: st.DataObject) -> None:
    doc = doc_of(text, lang, title="Naslov")
    begin = data.draw(st.integers(0, len(doc) - 1))
    part = doc[begin : data.draw(st.integers(begin + 1, len(doc)))]
    given_ = Input(part, shipped_encoder().tokenizer)
    for n in range(1, len(given_.tokens.ids) - 1):
        where = given_.characters(n, n + 1)
        if where is not None:
            assert part.start_char <= where[0] <= where[1] <= part.end_char


@settings(max_examples=150)
@given(text=TEXTS, lang=LANGS)
def test_a_word_and_its_pieces_find_each_other(text: str, lang: str) -> None:
    """The characters that the pieces of a word stand for share some with the word, hidden characters or not."""
    doc = doc_of(text, lang, title="Naslov")
    given_ = Input(doc[:], shipped_encoder().tokenizer)
    for token in doc:
        pieces = given_.pieces(token.idx, token.idx + len(token))
        if pieces is not None:
            where = given_.characters(*pieces)
            assert where is not None
            assert where[0] < token.idx + len(token)
            assert token.idx < where[1]


def test_no_word_of_a_plain_report_is_without_pieces() -> None:
    doc = doc_of(NEWS)
    given_ = Input(doc[:], shipped_encoder().tokenizer)
    assert all(given_.pieces(token.idx, token.idx + len(token)) for token in doc if not token.text.isspace())


@pytest.mark.parametrize("lang", ["hbs", "ro", "mk"])
def test_hidden_characters_and_letters_taken_apart_give_the_same_pieces(lang: str) -> None:
    text = {"hbs": NEWS, "ro": "Bărbat împușcat la Bălți.", "mk": "Маж рането во Ѓорче Петров, ќе"}[lang]
    assert _ids(unicodedata.normalize("NFD", text), lang) == _ids(text, lang)
    assert _ids(text.replace("ran", "r\u00ada\u200bn\u2060").replace("ра", "р\u00adа"), lang) == _ids(text, lang)


def test_serbian_gives_the_same_pieces_in_both_scripts() -> None:
    assert _ids(in_serbian_cyrillic(NEWS)) == _ids(NEWS)


def test_what_lies_behind_the_limit_has_no_pieces() -> None:
    text = "Ranjen je mladić. " * 400
    given_ = Input(doc_of(text)[:], shipped_encoder().tokenizer)
    assert len(given_.tokens.ids) == LIMIT
    assert given_.tokens.ids[-1] == 2
    assert given_.pieces(len(text) - 20, len(text) - 10) is None
    assert given_.pieces(2, 8) is not None

"""The encoder as a judge: words inside the part, nothing beyond what it reads, and the panel with the linear heads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Span

from classifiers.encoder.dataset import WHOLE_QUESTIONS
from classifiers.encoder.encoder import shipped_encoder
from classifiers.encoder.judge import EncoderJudge
from classifiers.judges import TOPIC_WEIGHT, WEIGHT, Judge, LinearJudge, Panel, Shares, likeliest
from classifiers.linear import shipped_model
from classifiers.persons import named
from classifiers.pipelines import Stretch, layout_of, stretch
from classifiers.questions import ARTICLE_QUESTIONS, EVIDENCE, INCIDENT_QUESTIONS, STRETCH_QUESTIONS
from tests.classifiers.encoder.texts import LANGS, TEXTS, doc_of

NEWS = "Mladić (24) ranjen je sinoć iz pištolja u Čačku nakon svađe u kafiću. Osumnjičeni je uhapšen."
FIELDS = st.sampled_from(EVIDENCE)


class Says:
    """A judge who gives the same shares to every question."""

    def __init__(self, shares: Shares, words: Stretch | None = None) -> None:
        self._shares, self._words = shares, words

    def of_part(self, question: str, part: Span) -> Shares:
        return dict(self._shares)

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:
        return dict(self._shares)

    def words(self, field: str, part: Span) -> Stretch | None:
        return self._words


def _linear() -> LinearJudge:
    return LinearJudge(shipped_model().heads)


def _encoder() -> EncoderJudge:
    return EncoderJudge(shipped_encoder())


def _of_distribution(shares: Shares) -> None:
    assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
    assert all(0 <= share <= 1 for share in shares.values())


@settings(max_examples=60)
@given(text=TEXTS, lang=LANGS, field=FIELDS, data=st.data())
def test_words_named_are_words_of_the_part(text: str, lang: str, field: str, data: st.DataObject) -> None:
    doc = doc_of(f"{NEWS}\n\n{text}", lang, title="Naslov")
    begin = data.draw(st.integers(0, len(doc) - 1))
    part = doc[begin : data.draw(st.integers(begin + 1, len(doc)))]
    found = _encoder().words(field, part)
    if found is None:
        return
    words = layout_of(doc).words
    assert part.start <= found.start < found.end <= part.end
    assert (found.start_char, found.end_char) == (
        doc[found.start].idx,
        doc[found.end - 1].idx + len(doc[found.end - 1]),
    )
    assert words[found.start]
    assert words[found.end - 1]
    assert found.label == field


@pytest.mark.parametrize(
    ("field", "held"), [("weapons", "pištolja"), ("place", "Čačku"), ("date", "sinoć"), ("victims", "Mladić")]
)
def test_the_words_of_a_plain_report_are_found(field: str, held: str) -> None:
    doc = doc_of(NEWS, title="Pucnjava")
    found = _encoder().words(field, doc[:])
    assert found is not None
    assert held in doc.text[found.start_char : found.end_char]


def test_no_words_are_named_where_no_piece_is_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = shipped_encoder()
    monkeypatch.setattr(encoder, "marks", lambda field, states: np.full(len(states), 0.1, np.float32))
    assert EncoderJudge(encoder).words("place", doc_of(NEWS)[:]) is None


@pytest.mark.parametrize(("likely", "held"), [({4: 0.9}, 1), ({4: 0.9, 5: 0.5, 6: 0.5}, 3), ({4: 0.9, 6: 0.9}, 1)])
def test_likely_pieces_beside_the_surest_belong_to_it(
    monkeypatch: pytest.MonkeyPatch, likely: dict[int, float], held: int
) -> None:
    """Of ten words, each a piece of its own."""
    doc = doc_of("ako ali bio dan dva ili kad kao kod koji")
    encoder = shipped_encoder()
    judge = EncoderJudge(encoder)
    pieces = judge._encoded(doc[:]).given
    words = [n for n in range(1, len(pieces.tokens.ids) - 1) if pieces.characters(n, n + 1)]
    assert len(words) == 10

    def marks(field: str, states: Sequence[object]) -> Sequence[float]:
        return [likely.get(n - words[0], 0.0) for n in range(len(states))]

    monkeypatch.setattr(encoder, "marks", marks)
    found = judge.words("place", doc[:])
    assert found is not None
    assert found.end - found.start == held
    assert doc[found.start].text == "dva"


def test_a_preposition_is_not_shown_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    doc = doc_of("Pucano je u Nišu.")
    encoder = shipped_encoder()
    judge = EncoderJudge(encoder)
    given = judge._encoded(doc[:]).given
    at = next(
        n
        for n in range(1, len(given.tokens.ids) - 1)
        if (c := given.characters(n, n + 1)) and doc.text[slice(*c)] == "u"
    )
    monkeypatch.setattr(encoder, "marks", lambda field, states: [float(n == at) for n in range(len(states))])
    found = judge.words("type", doc[:])
    assert found is not None
    assert doc.text[found.start_char : found.end_char] == "je u Nišu"


@pytest.mark.parametrize("question", STRETCH_QUESTIONS)
def test_a_stretch_behind_the_limit_is_left_to_the_linear_judge(question: str) -> None:
    doc = doc_of("Ranjen je mladić u Nišu. " * 300)
    part = doc[:]
    first, last = named(part)[0], named(part)[-1]
    assert _encoder().of_stretch(question, part, last.found, last.features) == {}
    _of_distribution(_encoder().of_stretch(question, part, first.found, first.features))
    linear = _linear().of_stretch(question, part, last.found, last.features)
    assert linear
    assert Panel(_linear(), _encoder()).of_stretch(question, part, last.found, last.features) == linear
    assert Panel(_linear(), _encoder()).of_stretch(question, part, first.found, first.features) != linear


def test_every_question_has_an_answer_of_both_judges() -> None:
    part = doc_of(NEWS, title="Pucnjava")[:]
    found = stretch(part.doc, 0, 1)
    for judge in (_linear(), _encoder()):
        for question in WHOLE_QUESTIONS:
            _of_distribution(judge.of_part(question, part))
        for question in STRETCH_QUESTIONS:
            _of_distribution(judge.of_stretch(question, part, found, ["w"]))
            _of_distribution(judge.of_stretch(question, part, None, ["w"]))


def test_both_judges_know_the_same_answers() -> None:
    """An answer one of them lacks has hardly a chance in the panel."""
    part = doc_of(NEWS)[:]
    for question in WHOLE_QUESTIONS:
        assert _linear().of_part(question, part).keys() == _encoder().of_part(question, part).keys(), question


def test_a_question_no_head_was_taught_has_no_answer() -> None:
    part = doc_of(NEWS)[:]
    assert LinearJudge({}).of_part("type", part) == {}
    assert LinearJudge({}).of_stretch("place", part, None, []) == {}
    assert _encoder().of_part("no such question", part) == {}


SHARES = st.dictionaries(st.sampled_from("abcde"), st.floats(0, 1), min_size=1).map(
    lambda odds: {answer: (odd + 1e-6) / sum(o + 1e-6 for o in odds.values()) for answer, odd in odds.items()}
)
QUESTIONS = st.sampled_from([*ARTICLE_QUESTIONS, *INCIDENT_QUESTIONS])


@given(first=SHARES, second=SHARES, question=QUESTIONS)
def test_the_probabilities_of_a_panel_sum_to_one(first: Shares, second: Shares, question: str) -> None:
    part = doc_of("a")[:]
    panel = Panel(Says(first), Says(second))
    for shares in (panel.of_part(question, part), panel.of_stretch("place", part, None, ())):
        _of_distribution(shares)
        assert shares.keys() == first.keys() | second.keys()


@given(shares=SHARES, question=QUESTIONS)
def test_who_is_alone_or_of_one_mind_is_believed(shares: Shares, question: str) -> None:
    part = doc_of("a")[:]
    assert Panel(Says(shares), Says({})).of_part(question, part) == shares
    assert Panel(Says({}), Says(shares)).of_part(question, part) == shares
    assert Panel(Says({}), Says({})).of_part(question, part) == {}
    believable = {answer: max(share, 1e-4) for answer, share in shares.items()}
    agreed = Panel(Says(shares), Says(shares)).of_part(question, part)
    assert agreed == pytest.approx({a: s / sum(believable.values()) for a, s in believable.items()})


def test_the_second_counts_more_where_the_order_of_words_matters() -> None:
    part = doc_of("a")[:]
    panel: Judge = Panel(Says({"yes": 0.8, "no": 0.2}), Says({"yes": 0.2, "no": 0.8}))
    for question, weight in (("relevance", TOPIC_WEIGHT), ("type", TOPIC_WEIGHT), ("killed", WEIGHT)):
        yes, no = 0.8 ** (1 - weight) * 0.2**weight, 0.2 ** (1 - weight) * 0.8**weight
        assert panel.of_part(question, part)["yes"] == pytest.approx(yes / (yes + no))
    assert likeliest(panel.of_part("relevance", part)) == "yes"
    assert likeliest(panel.of_part("killed", part)) == "no"
    assert likeliest(panel.of_stretch("place", part, None, ())) == "no"


def test_an_answer_one_judge_rules_out_keeps_a_chance() -> None:
    part = doc_of("a")[:]
    shares = Panel(Says({"yes": 1.0}), Says({"no": 1.0})).of_part("killed", part)
    assert shares["no"] > shares["yes"] > 0


def test_the_panel_takes_the_words_of_who_has_some() -> None:
    part = doc_of("Ranjen je mladić")[:]
    one, other = stretch(part.doc, 1, 2), stretch(part.doc, 2, 3)
    assert Panel(Says({}, one), Says({}, other)).words("place", part) == other
    assert Panel(Says({}, one), Says({})).words("place", part) == one
    assert Panel(_linear(), Says({})).words("place", part) is None

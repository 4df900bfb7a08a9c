from __future__ import annotations

import random
from collections import Counter

import pytest

from classifiers.evaluation import stream as made
from classifiers.evaluation.floors import STREAM_FILE, pinned
from classifiers.evaluation.ordinary import evaluate_stream
from classifiers.evaluation.stream import ORDINARY, ordinary_day
from classifiers.evaluation.templates import WORDS, Spelling, item, templates
from classifiers.labelled import LabelledArticle, load
from classifiers.reader import Reader
from classifiers.training import CORPUS
from codebook.errors import BadInput
from languages.identification import reading_language
from tests.classifiers.test_evaluation import DOUBTED, ScriptedReader

LANGUAGES = ("hbs", "mk", "sq", "ro", "ru", "en")


@pytest.fixture(scope="module")
def incidents() -> list[LabelledArticle]:
    return [article for article in load(CORPUS / "dev.jsonl") if article.relevant]


@pytest.fixture(scope="module")
def stream(incidents: list[LabelledArticle]) -> list[LabelledArticle]:
    return ordinary_day(incidents)


def test_one_article_in_twenty_tells_an_incident_in_every_language(
    incidents: list[LabelledArticle], stream: list[LabelledArticle]
) -> None:
    assert [one for one in stream if one.relevant] != incidents  # shuffled
    assert sorted(one.id for one in stream if one.relevant) == sorted(one.id for one in incidents)
    of_all, relevant = Counter(one.lang for one in stream), Counter(one.lang for one in incidents)
    assert of_all == {lang: count * (ORDINARY + 1) for lang, count in relevant.items()}


def test_no_two_articles_are_the_same(stream: list[LabelledArticle]) -> None:
    assert len({one.text for one in stream}) == len({one.id for one in stream}) == len(stream)


def test_an_ordinary_article_is_of_its_language_script_and_size(stream: list[LabelledArticle]) -> None:
    ordinary = [one for one in stream if not one.relevant]
    letters = Counter((one.script, "а" in one.text) for one in ordinary if one.lang in ("sr", "mk", "ru"))
    assert letters["Latn", True] == letters["Cyrl", False] == 0
    lengths = sorted(len(f"{one.title} {one.text}".split()) for one in ordinary)
    assert lengths[len(lengths) // 50] >= WORDS - 10
    assert lengths[-1] <= 300
    assert not [one.text for one in ordinary if any(mark in one.text for mark in "{}[]|")]


def test_the_stream_is_the_same_each_time_and_another_by_another_seed(
    incidents: list[LabelledArticle], stream: list[LabelledArticle]
) -> None:
    assert ordinary_day(incidents) == stream
    assert ordinary_day(incidents, seed="another day") != stream


@pytest.mark.parametrize("length", [1, 20, 50, 200])
def test_a_shorter_stream_keeps_the_share(incidents: list[LabelledArticle], length: int) -> None:
    shorter = ordinary_day(incidents, length)
    assert len(shorter) == length
    assert sum(one.relevant for one in shorter) == -(-length // 20)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_frame_of_every_topic_can_be_filled(lang: str) -> None:
    source, rng = templates(lang), random.Random(1)
    for name, topic in source.topics.items():
        assert name in made.mix(), name
        for frame in topic.frames:
            title, text = item(source, topic, frame, lang, "RS", rng)
            assert title and len(text) > len(frame.lead) // 2


def test_the_topics_with_words_of_the_gate_are_there_in_every_language() -> None:
    for lang in LANGUAGES:
        assert set(templates(lang).topics) == set(made.mix()), lang


def test_other_spellings_keep_capitals_and_words_that_only_begin_alike() -> None:
    (jekavian, *_) = templates("hbs").spellings
    assert isinstance(jekavian, Spelling)
    assert jekavian.of("Deca i predsednik. Sneg, decembar, večera.") == "Djeca i predsjednik. Snijeg, decembar, večera."


def test_a_language_without_templates_is_bad_input(incidents: list[LabelledArticle]) -> None:
    with pytest.raises(BadInput, match=r"stream/de\.toml"):
        ordinary_day([incidents[0].model_copy(update={"lang": "de"})])


def test_figures_of_a_stream_by_hand(stream: list[LabelledArticle]) -> None:
    articles = [one for one in stream if one.lang == "sr"][:40]
    said = {one.id: (0.9 if one.relevant else 0.05, {}) for one in articles}
    ordinary = [one for one in articles if not one.relevant]
    said[ordinary[0].id] = (0.6, {})  # a false alarm
    said[ordinary[1].id] = (DOUBTED, {})  # doubted
    scores = evaluate_stream(articles, ScriptedReader(said))
    relevant = len(articles) - len(ordinary)
    for figures in (scores.overall, scores.by_language["sr"]):
        assert figures["relevance_precision"].value == relevant / (relevant + 1)
        assert figures["relevance_recall"].value == 1.0
        assert figures["settled_early"].value == (len(ordinary) - 2) / len(articles)
        assert 0.5 < figures["stopped_by_gate"].value <= len(ordinary) / len(articles)


@pytest.mark.slow
def test_the_reader_keeps_its_floors_on_an_ordinary_day(stream: list[LabelledArticle], reader: Reader) -> None:
    assert pinned(STREAM_FILE).broken_by(evaluate_stream(stream, reader)) == {}


def test_the_language_is_told_of_ordinary_articles(stream: list[LabelledArticle], reader: Reader) -> None:
    chosen = [one for one in stream if not one.relevant][::10]
    wrong = [one.id for one in chosen if reading_language(reader.read(one.article).lang) != reading_language(one.lang)]
    assert len(wrong) <= len(chosen) // 100, wrong

"""Both learned stages together and the linear one alone: who read is said, and the reading is the same twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from classifiers.encoder.encoder import shipped_encoder
from classifiers.judges import LinearJudge
from classifiers.linear import Model, shipped_model
from classifiers.pipelines import parsed
from classifiers.reader import CODE_VERSION, LearnedReader, Reader, default_reader, linear_reader
from codebook.records import Article, Reading
from tests.classifiers.conftest import MakeArticle
from tests.classifiers.test_reader import SHOOTINGS

PLAIN = [(title, text, jurisdiction) for jurisdiction, title, text, *_ in SHOOTINGS]
"""A plain incident in each language."""
WEATHER = ("Sutra kiša", "Sutra će u celoj zemlji padati kiša.", "RS")
OF_MINISTERS = (
    "Vlada usvojila zakon o oružju",
    "Vlada je usvojila predlog zakona o oružju i municiji, rekla je ministarka na sednici u Beogradu.",
    "RS",
)


@pytest.mark.parametrize("case", PLAIN)
def test_a_plain_incident_is_read_by_the_encoder(make_article: MakeArticle, case: tuple[str, str, str]) -> None:
    article = make_article(*case)
    both, linear = default_reader().read(article), linear_reader().read(article)
    assert (both.read_by, both.reader_version) == ("encoder", default_reader().version)
    assert (linear.read_by, linear.reader_version) == ("linear", linear_reader().version)
    assert both.relevant
    assert linear.relevant
    assert all(mention.reader_version == both.reader_version for mention in both.mentions)
    assert both.relevance != linear.relevance


def test_each_version_names_what_may_change_a_reading() -> None:
    linear, both = linear_reader().version, default_reader().version
    assert linear == f"linear-{CODE_VERSION}-{shipped_model().digest[:12]}"
    assert both == f"encoder-{CODE_VERSION}-{shipped_encoder().digest[:12]}+{linear}"


@pytest.mark.parametrize("case", [WEATHER, OF_MINISTERS])
def test_the_encoder_is_not_asked_what_is_plainly_none(make_article: MakeArticle, case: tuple[str, str, str]) -> None:
    article = make_article(*case)
    both, linear = default_reader().read(article), linear_reader().read(article)
    assert (both.read_by, both.relevant) == ("linear", False)
    assert (both.relevance, both.reason) == (linear.relevance, linear.reason)


@pytest.mark.parametrize("reader", [default_reader, linear_reader])
@pytest.mark.parametrize("case", [*PLAIN, WEATHER, OF_MINISTERS])
def test_the_same_article_is_read_the_same_twice(
    reader: Callable[[], Reader], make_article: MakeArticle, case: tuple[str, str, str]
) -> None:
    article = make_article(*case)
    fresh = LearnedReader(shipped_model(), shipped_encoder() if reader is default_reader else None)
    assert reader().read(article) == reader().read(article) == fresh.read(article)


def test_what_lies_behind_the_encoders_limit_is_read_all_the_same(make_article: MakeArticle) -> None:
    """An incident after 600 words of another kind of report: its values rest on the words of the incident."""
    before = "Na sednici je bilo reči o oružju, putevima i budžetu opštine. " * 80
    incident = "Muškarac (45) ubijen je sinoć iz pištolja u Kragujevcu, a žena (40) je ranjena. Napadač je uhapšen."
    article = make_article("Pucnjava u Kragujevcu: ubijen muškarac, ranjena žena", before + incident, "RS")
    reading: Reading = default_reader().read(article)
    assert reading.read_by == "encoder"
    assert reading.relevant
    (mention,) = reading.mentions
    assert mention.place == "Kragujevac"
    assert all(_words(article, e.part)[e.start : e.end].strip() for e in mention.evidence)


def _words(article: Article, part: str) -> str:
    return article.title if part == "title" else article.text


def test_what_the_linear_judge_said_of_a_part_is_not_changed_by_who_asked() -> None:
    doc = parsed("hbs", "Zaplenjene puške", "Policija je zaplenila tri puške u Nišu.")
    judge = LinearJudge(shipped_model().heads)
    first = judge.of_part("seized where", doc[:])
    first.pop("none")
    assert "none" in judge.of_part("seized where", doc[:])


def test_a_reader_of_another_model_has_another_version() -> None:
    model = shipped_model()
    other = Model(model.heads, model.about, "0" * 64)
    assert LearnedReader(other, shipped_encoder()).version != default_reader().version
    assert LearnedReader(other).version != linear_reader().version

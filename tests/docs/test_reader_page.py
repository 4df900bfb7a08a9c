"""The figures of docs/reader.md are those the reader reaches. Where they fall apart: run `avmp evaluate` on the file
named there, and write what it prints."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from classifiers.evaluation.scores import Rate, Scores
from classifiers.labelled import LabelledArticle, load
from linking.evaluation import LinkingScores
from tests.docs.pages import ROOT, table, text_of

pytestmark = pytest.mark.slow

PAGE = "docs/reader.md"
CARD = "classifiers/model/README.md"
"""Written by `python -m classifiers.evaluation.card`."""
CORPUS = ROOT / "classifiers" / "corpus"
CLOSE = 0.011
"""A figure of the page may differ so much, and by one thing of those it is counted over: sums of floating-point numbers
differ between processors, and the reading of an article here and there with them."""

OF_LINKING = 0.04
"""The same of linking: one report read otherwise moves two of the 56 pairs."""

SAID = {
    "kind of place": "place_type",
    "seized at the border or inland": "seized_where",
    "women among victims, recall": "female_victims_recall",
    "women among victims, precision": "female_victims_precision",
    "men among victims, recall": "male_victims_recall",
    "men among victims, precision": "male_victims_precision",
}
"""Figures that the page names in other words than the command."""


def near(rate: Rate) -> object:
    """What a figure of the page may be, which has two or three decimals."""
    return pytest.approx(rate.value, abs=max(CLOSE, 1 / max(rate.n, 1) + 0.005))


@pytest.fixture(scope="module")
def articles() -> list[LabelledArticle]:
    return list(load(CORPUS / "dev.jsonl"))


@pytest.fixture
def scores(development_scores: Scores) -> Scores:
    return development_scores


@pytest.mark.parametrize(
    ("column", "fixture"),
    [("hardest", "development_scores"), ("hard", "hard_validation_scores"), ("plain", "validation_scores")],
)
def test_the_figures_of_all(column: str, fixture: str, request: pytest.FixtureRequest) -> None:
    scores: Scores = request.getfixturevalue(fixture)
    told = {
        SAID.get(row["figure"], row["figure"].replace(" ", "_")): float(row[column]) for row in table(PAGE, "figure")
    }
    assert told == {name: near(scores.overall[name]) for name in told}


def test_the_figures_of_the_model_card(scores: Scores) -> None:
    told = {row["figure"].replace(" ", "_"): float(row["both stages"].split(" ")[0]) for row in table(CARD, "figure")}
    told["calibration"] = 1 - told.pop("calibration_error")
    assert told == {name: near(rate) for name, rate in scores.overall.items()}


def test_the_figures_by_language(scores: Scores) -> None:
    rows = {row["language"]: row for row in table(PAGE, "language")}
    assert set(rows) == set(scores.by_language)
    for language, row in rows.items():
        reached = scores.by_language[language]
        for title in ("relevance recall", "type", "place", "date"):
            assert float(row[title]) == near(reached[title.replace(" ", "_")]), language


def test_the_numbers_of_articles(articles: list[LabelledArticle], scores: Scores) -> None:
    relevant = sum(article.relevant for article in articles)
    assert f"{len(articles)} labelled articles, {relevant} of them relevant" in text_of(PAGE)
    assert f"over the {scores.overall['type'].n} incidents found" in text_of(PAGE)
    for file in ("validation_hard.jsonl", "validation.jsonl"):
        others = load(CORPUS / file)
        relevant = sum(article.relevant for article in others)
        assert f"`{file}`: {len(others)} labelled articles, {relevant} of them relevant" in " ".join(
            text_of(PAGE).split()
        )
    for row in table(PAGE, "language"):
        assert int(row["incidents"]) == scores.by_language[row["language"]]["incidents_found"].n


def test_the_figures_of_linking(linking_scores_reached: Mapping[str, LinkingScores]) -> None:
    linking, reached = load(CORPUS / "linking_dev.jsonl"), linking_scores_reached
    paragraph = " ".join(next(p for p in text_of(PAGE).split("\n\n") if "linking_dev.jsonl" in p).split())
    told = [float(number) for number in re.findall(r"\b0\.\d{3}\b", paragraph)]
    expected = [
        value
        for scores in (linking_scores_reached["read"], linking_scores_reached["labelled"])
        for value in (scores.pairs.precision, scores.pairs.recall, scores.across.recall)
    ]
    assert told == pytest.approx(expected, abs=OF_LINKING)
    assert f"({len(linking)} articles, {reached['read'].pairs.true_pairs} pairs" in paragraph

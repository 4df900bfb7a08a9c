from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from classifiers.labelled import LabelledArticle, load
from classifiers.training import CORPUS, TRAINING_FILES
from codebook.errors import BadInput
from codebook.jsonlines import parsed

IRRELEVANT: dict[str, Any] = {
    "id": "x1",
    "lang": "en",
    "script": "Latn",
    "published": "2024-05-15",
    "title": "Budget adopted",
    "text": "The council adopted the budget.",
    "relevant": False,
    "reason": "no_firearm",
    "event_key": None,
    "incidents": [],
}


@pytest.mark.parametrize(
    ("file", "articles", "relevant"),
    [
        ("train.jsonl", 8764, 5399),
        ("linking_train.jsonl", 306, 306),
        ("linking_untaught.jsonl", 160, 156),
        ("validation.jsonl", 286, 188),
        ("validation_hard.jsonl", 400, 264),
        ("dev.jsonl", 253, 165),
        ("linking_dev.jsonl", 55, 55),
        ("round_f.jsonl", 192, 144),
        ("round_d.jsonl", 190, 141),
    ],
)
def test_the_corpus_is_whole(file: str, articles: int, relevant: int) -> None:
    loaded = load(CORPUS / file)
    assert (len(loaded), sum(one.relevant for one in loaded)) == (articles, relevant)


@pytest.mark.parametrize(
    "file",
    [
        "train.jsonl",
        "linking_train.jsonl",
        "validation.jsonl",
        "validation_hard.jsonl",
        "dev.jsonl",
        "round_f.jsonl",
        "round_d.jsonl",
    ],
)
def test_the_kind_of_place_is_labelled_and_in_all_but_dev_the_words_that_tell_it(file: str) -> None:
    for one in load(CORPUS / file):
        for incident in one.incidents:
            assert incident.place_type is not None, one.id
            assert (incident.evidence is None) == (file == "dev.jsonl"), one.id
            if incident.evidence is not None:
                words = incident.evidence.place_type
                assert (words is None) == (incident.place_type == "unreported"), one.id
                assert words is None or words in one.title or words in one.text, one.id


MEASURING = ("validation.jsonl", "validation_hard.jsonl", "dev.jsonl", "linking_dev.jsonl")


def test_no_article_that_measures_is_trained_on() -> None:
    trained = {one.text for file in TRAINING_FILES for one in load(CORPUS / file)}
    for file in MEASURING:
        assert trained.isdisjoint(one.text for one in load(CORPUS / file)), file


def _events(file: str) -> set[str]:
    """The events that the articles of a file tell, as a whole or one of their incidents."""
    articles = load(CORPUS / file)
    keys = {one.event_key for one in articles} | {told.event_key for one in articles for told in one.incidents}
    return {key for key in keys if key is not None}


def test_no_event_that_measures_is_trained_on() -> None:
    """Two reports of one event tell the same in other words."""
    trained = {event for file in TRAINING_FILES for event in _events(file)}
    for file in MEASURING:
        assert trained.isdisjoint(_events(file)), file
        assert _events(file), file


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"relevant": "perhaps"}, "relevant"),
        ({"reason": "boring"}, "reason"),
        ({"publshed": None}, "publshed"),
        ({"published": "15 May"}, "published"),
        ({"source_jurisdiction": "GR"}, "source_jurisdiction"),
    ],
)
def test_a_wrong_value_is_named_with_file_line_and_field(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps(IRRELEVANT) + "\n\n" + json.dumps(IRRELEVANT | change) + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as raised:
        load(file)
    assert (raised.value.where, raised.value.field) == (f"{file}:3", field)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("line", ["{", "[]", '"text"', json.dumps(IRRELEVANT | {"relevant": True})])
def test_what_is_no_labelled_article_is_bad_input(line: str) -> None:
    with pytest.raises(BadInput):
        parsed(line, LabelledArticle, "articles.jsonl:1")


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        load(tmp_path / "none.jsonl")

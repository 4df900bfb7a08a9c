"""Other printings of an article and the articles as numbers: what the labels say still stands in them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from classifiers.encoder.dataset import WHOLE_QUESTIONS, write
from classifiers.encoder.encoder import shipped_encoder
from classifiers.encoder.tokens import LIMIT
from classifiers.encoder.variants import variants, without_diacritics
from classifiers.examples import parsed_label, units
from classifiers.labelled import LabelledArticle, load
from classifiers.questions import EVIDENCE, STRETCH_QUESTIONS
from classifiers.training import CORPUS, held_out
from languages.scripts import script_of


@cache
def _articles() -> list[LabelledArticle]:
    """Training articles, whose labels mark their words: two relevant and one other of each language and script, and a round-up."""
    chosen: dict[tuple[object, ...], list[LabelledArticle]] = {}
    articles = load(CORPUS / "train.jsonl")
    for one in articles:
        chosen.setdefault((one.lang, one.script, one.relevant), []).append(one)
    several = [one for one in articles if len(one.incidents) > 1][:2]
    return [*several, *(one for group in chosen.values() for one in group[:2] if one not in several)]


def _quoted(labelled: LabelledArticle) -> Iterator[str]:
    for incident in labelled.incidents:
        for _, words in incident.evidence or ():
            yield from (one for one in ((words,) if isinstance(words, str) else words or ()) if one)


def test_evidence_is_verbatim_in_every_printing() -> None:
    number = 0
    for labelled in load(CORPUS / "train.jsonl")[::11]:
        for printing in variants(labelled):
            for words in _quoted(printing):
                assert words in printing.title or words in printing.text, (labelled.id, words)
                number += 1
    assert number > 1000


@pytest.mark.parametrize(
    ("lang", "script", "others"),
    [("sr", "Cyrl", 1), ("sr", "Latn", 2), ("mk", "Cyrl", 0), ("sq", "Latn", 1), ("ro", "Latn", 1), ("en", "Latn", 0)],
)
def test_an_article_is_printed_in_the_other_script_and_without_diacritics(lang: str, script: str, others: int) -> None:
    labelled = next(one for one in load(CORPUS / "train.jsonl") if (one.lang, one.script) == (lang, script))
    printed = list(variants(labelled))
    assert len(printed) == others
    for one in printed:
        assert script_of(one.text) == one.script
        assert (one.id, one.event_key, one.relevant) == (labelled.id, labelled.event_key, labelled.relevant)
        assert len(one.incidents) == len(labelled.incidents)
        assert one.text != labelled.text


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Đaković, šuma, žena, čovek", "Djakovic, suma, zena, covek"),
        ("Bălți, țară, în", "Balti, tara, in"),
        ("ç ë", "c e"),
    ],
)
def test_letters_lose_their_marks(written: str, plain: str) -> None:
    assert without_diacritics(written) == plain


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    file: Path = tmp_path_factory.mktemp("data") / "data.gz"
    write(_articles(), shipped_encoder().tokenizer, file)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        about, *units_ = map(json.loads, lines)
    return about, units_


Rows = tuple[dict[str, Any], list[dict[str, Any]]]


def test_the_first_line_names_questions_and_answers(rows: Rows) -> None:
    about, _ = rows
    assert about["whole"] == list(WHOLE_QUESTIONS)
    assert about["stretch"] == list(STRETCH_QUESTIONS)
    assert about["marked"] == list(EVIDENCE)
    assert set(about["answers"]) == {*WHOLE_QUESTIONS, *STRETCH_QUESTIONS}
    assert about["answers"]["relevance"] == ["no", "yes"]


def test_every_answer_is_known(rows: Rows) -> None:
    about, units_ = rows
    for row in units_:
        assert all(answer in about["answers"][question] for question, answer in row["whole"].items())
        for printing in row["printings"]:
            assert all(answer in about["answers"][question] for question, answer, *_ in printing["asked"])


def test_heads_that_go_on_are_asked_nothing_whose_answer_they_do_not_know(rows: Rows, tmp_path: Path) -> None:
    about, all_units = rows
    known = {question: list(answers) for question, answers in about["answers"].items()}
    known["type"].remove("weapons_seizure")
    known["weapon"].remove("event")
    write(_articles(), shipped_encoder().tokenizer, tmp_path / "data.gz", known)
    with gzip.open(tmp_path / "data.gz", "rt", encoding="utf-8") as lines:
        told, *units_ = map(json.loads, lines)
    assert told["answers"] == known
    assert len(units_) == len(all_units)
    for before, row in zip(all_units, units_, strict=True):
        unknown = {"type"} if before["whole"].get("type") == "weapons_seizure" else set()
        assert row["whole"].keys() == before["whole"].keys() - unknown
        for asked, now in zip(before["printings"], row["printings"], strict=True):
            assert now["asked"] == [one for one in asked["asked"] if one[:2] != ["weapon", "event"]]
    assert any(
        "type" in before["whole"] and "type" not in row["whole"] for before, row in zip(all_units, units_, strict=True)
    )


def test_every_article_and_every_item_of_a_round_up_is_a_unit(rows: Rows) -> None:
    _, units_ = rows
    by_id: dict[str, list[dict[str, Any]]] = {}
    for row in units_:
        by_id.setdefault(row["id"], []).append(row)
    assert set(by_id) == {one.id for one in _articles()}
    for labelled in _articles():
        found = by_id[labelled.id]
        assert len(found) == len(list(units(labelled, parsed_label(labelled))))
        assert found[0]["whole"]["relevance"] == ("yes" if labelled.relevant else "no")
        assert {row["held"] for row in found} == {held_out(labelled)}
        if len(labelled.incidents) == 1:
            assert "type" in found[0]["whole"]
    assert any(len(found) > 2 for found in by_id.values())


def test_pieces_lie_within_what_the_encoder_reads(rows: Rows) -> None:
    _, units_ = rows
    marked = 0
    for row in units_:
        assert row["printings"]
        for printing in row["printings"]:
            ids = printing["ids"]
            assert 2 <= len(ids) <= LIMIT
            assert (ids[0], ids[-1]) == (0, 2)
            assert all(0 <= one < shipped_encoder().tokenizer.get_vocab_size() for one in ids)
            for _, _, first, last in printing["asked"]:
                assert 0 <= first < last <= len(ids) - 1
            for field, first, last in printing["marked"]:
                assert field in EVIDENCE
                assert 1 <= first < last <= len(ids) - 1
                marked += 1
    assert marked > 50


def test_the_words_marked_are_those_of_the_label(rows: Rows) -> None:
    """Decoded, the marked pieces hold the words the label rests the type on."""
    _, units_ = rows
    tokenizer = shipped_encoder().tokenizer
    first = {row["id"]: row for row in reversed(units_)}
    checked = 0
    for labelled in _articles():
        if len(labelled.incidents) != 1 or labelled.script != "Latn" or labelled.incidents[0].evidence is None:
            continue
        printing = first[labelled.id]["printings"][0]
        words = labelled.incidents[0].evidence.type
        for field, start, end in printing["marked"]:
            if field == "type" and words:
                shown = tokenizer.decode(printing["ids"][start:end]).replace("▁", " ")
                assert "".join(words.split())[:8] in "".join(shown.split()), (words, shown)
                checked += 1
    assert checked > 3


def test_the_same_articles_give_the_same_rows(rows: Rows, tmp_path: Path) -> None:
    write(_articles(), shipped_encoder().tokenizer, tmp_path / "again.gz")
    with gzip.open(tmp_path / "again.gz", "rt", encoding="utf-8") as lines:
        again = [json.loads(line) for line in lines]
    assert again == [rows[0], *rows[1]]

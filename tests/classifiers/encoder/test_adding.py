"""A new question for an encoder that is fitted already: its row is fitted, and nothing else moves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from classifiers.encoder.adding import add, fitted
from classifiers.encoder.dataset import WHOLE_QUESTIONS
from classifiers.encoder.encoder import FOLDER, Encoder
from classifiers.encoder.inputs import Input
from classifiers.examples import parsed_label, units
from classifiers.judges import likeliest
from classifiers.labelled import LabelledArticle, load
from classifiers.questions import STRETCH_QUESTIONS
from classifiers.training import CORPUS

ARTICLES = 12
NEW = {"whole": "place type", "stretch": "place word"}

Tables = dict[str, NDArray[Any]]


def tables(folder: Path) -> tuple[Tables, dict[str, Any]]:
    with np.load(folder / "heads.npz") as arrays:
        found = {name: arrays[name] for name in arrays.files}
    return found, json.loads(found.pop("described").tobytes())


@pytest.fixture(scope="module")
def articles() -> list[LabelledArticle]:
    relevant = [one for one in load(CORPUS / "validation.jsonl") if one.relevant]
    return relevant[:: len(relevant) // ARTICLES][:ARTICLES]


@pytest.fixture(scope="module")
def unasked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder that ships, before it was asked for the kind of place."""
    folder = tmp_path_factory.mktemp("encoder") / "of_before"
    shutil.copytree(FOLDER, folder)
    found, described = tables(folder)
    for kind, question in NEW.items():
        n = described[kind].index(question)
        described[kind].remove(question)
        del described["answers"][question]
        names = ("looks", "whole.weight", "whole.bias") if kind == "whole" else ("stretch.weight", "stretch.bias")
        found |= {name: np.delete(found[name], n, axis=0) for name in names}
    found["described"] = np.frombuffer(json.dumps(described).encode(), np.uint8)
    np.savez_compressed(folder / "heads.npz", **found)  # type: ignore[arg-type]
    return folder


def test_what_was_never_asked_is_added_and_no_other_weight_moves(
    unasked: Path, articles: list[LabelledArticle], tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(unasked, folder)
    before, described = tables(folder)
    assert add(folder, articles) == [NEW["whole"], NEW["stretch"]]
    assert json.loads((folder / "about.json").read_text())["added"][-2:] == [NEW["whole"], NEW["stretch"]]
    after, now = tables(folder)
    assert now["whole"] == list(WHOLE_QUESTIONS)
    assert now["stretch"] == list(STRETCH_QUESTIONS)
    assert described["answers"].items() <= now["answers"].items()
    for name, table in before.items():
        np.testing.assert_array_equal(after[name][: len(table)], table)


def test_an_encoder_that_knows_all_questions_is_left_alone(
    unasked: Path, articles: list[LabelledArticle], tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(FOLDER, folder)
    content = (folder / "heads.npz").read_bytes()
    assert add(folder, articles[:1]) == []
    assert (folder / "heads.npz").read_bytes() == content


def test_the_new_rows_answer_what_they_were_fitted_to(
    unasked: Path, articles: list[LabelledArticle], tmp_path: Path
) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(unasked, folder)
    add(folder, articles)
    encoder = Encoder(folder)
    single = [one for one in articles if len(one.incidents) == 1]
    told: dict[str, list[float]] = {"event": [], "other": []}
    for labelled in single:
        (unit,) = units(labelled, parsed_label(labelled))
        given = Input(unit.part, encoder.tokenizer)
        states = encoder.states(given)
        assert likeliest(encoder.of_whole(states)[NEW["whole"]]) == labelled.incidents[0].place_type
        for example in unit.examples:
            pieces = given.pieces(*example.found) if example.found else None
            if example.question == NEW["stretch"] and pieces is not None:
                shares = encoder.of_stretch(NEW["stretch"], encoder.stretch(states, *pieces))
                told[example.answer].append(shares["event"])
    assert len(told["event"]) >= len(single) // 2
    assert np.mean([share > 0.5 for share in told["event"]]) > 0.9
    assert np.mean([share < 0.5 for share in told["other"]]) > 0.9


def test_a_softmax_finds_what_parts_the_answers() -> None:
    chance = np.random.default_rng(2)
    seen = chance.normal(size=(200, 5)).astype(np.float32)
    answers = ["yes" if one[1] * 3 + one[3] > 0.5 else "no" for one in seen]
    weight, bias = fitted(list(seen), answers, ["no", "yes"])
    said = np.argmax(seen @ weight.T + bias, axis=1)
    assert np.mean([["no", "yes"][n] == answer for n, answer in zip(said, answers, strict=True)]) > 0.95

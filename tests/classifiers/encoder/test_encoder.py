"""The encoder that ships: it loads, is small, and a broken folder is one clear line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from classifiers.encoder.dataset import WHOLE_QUESTIONS
from classifiers.encoder.encoder import FILES, FOLDER, Encoder, shipped_encoder
from classifiers.encoder.inputs import Input
from classifiers.linear import shipped_model
from classifiers.questions import EVIDENCE, STRETCH_QUESTIONS
from classifiers.reader import LearnedReader
from codebook.errors import BadInput
from tests.classifiers.encoder.texts import doc_of

MOST_BYTES = 45_000_000
"""For all trained artefacts in the repository."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "encoder"))


def _refused(folder: Path) -> str:
    with pytest.raises(BadInput) as raised:
        Encoder(folder)
    assert "\n" not in str(raised.value)
    assert "avmp train" in str(raised.value)
    return str(raised.value)


def test_what_ships_is_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.parent.rglob("*") if file.is_file()) < MOST_BYTES


def test_it_answers_every_question_of_the_table() -> None:
    encoder = shipped_encoder()
    part = doc_of("Mladić je ranjen iz pištolja u Nišu.")[:]
    states = encoder.states(Input(part, encoder.tokenizer))
    assert set(encoder.of_whole(states)) == set(WHOLE_QUESTIONS)
    for question in STRETCH_QUESTIONS:
        assert sum(encoder.of_stretch(question, encoder.stretch(states, 1, 3)).values()) == pytest.approx(1, abs=1e-4)
    for field in EVIDENCE:
        marks = encoder.marks(field, states)
        assert marks.shape == (len(states),)
        assert np.all((marks >= 0) & (marks <= 1))


def test_a_copy_answers_alike_and_has_the_same_version(folder: Path) -> None:
    one, other = shipped_encoder(), Encoder(folder)
    given = Input(doc_of("Mladić je ranjen iz pištolja u Nišu.")[:], one.tokenizer)
    assert one.of_whole(one.states(given)) == other.of_whole(other.states(given))
    assert one.digest == other.digest


@pytest.mark.parametrize("name", FILES)
def test_a_folder_that_lacks_a_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in _refused(folder)


RUBBISH = [b"", b"rubbish", b"[1]", b"\xff\xfe\x00", b"PK\x03\x04 no archive"]


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_rubbish_is_refused(folder: Path, name: str) -> None:
    for content in RUBBISH if name == "about.json" else [*RUBBISH, b"{}"]:
        (folder / name).write_bytes(content)
        assert name in _refused(folder)


def test_a_file_cut_short_is_refused(folder: Path) -> None:
    for name in FILES:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
        assert name in _refused(folder)
        (folder / name).write_bytes(whole)


def test_heads_of_other_questions_are_refused(folder: Path) -> None:
    with np.load(folder / "heads.npz") as arrays:
        content = dict(arrays)
    described: Mapping[str, object] = json.loads(content["described"].tobytes())
    for lacking in described:
        kept = {name: value for name, value in described.items() if name != lacking}
        content["described"] = np.frombuffer(json.dumps(kept).encode(), np.uint8)
        np.savez(folder / "heads.npz", **content)
        assert "heads.npz" in _refused(folder)


@pytest.mark.parametrize("lacking", ["temperature", "shift", "threshold", "ask_from"])
def test_an_encoder_that_was_not_calibrated_is_refused(folder: Path, lacking: str) -> None:
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    del about[lacking]
    for wrong in (about, about | {lacking: None}, about | {lacking: "much"}):
        (folder / "about.json").write_text(json.dumps(wrong), encoding="utf-8")
        with pytest.raises(BadInput, match=rf"encoder.*{lacking}.*avmp train"):
            LearnedReader(shipped_model(), Encoder(folder))

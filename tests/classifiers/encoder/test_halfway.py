"""The encoder half way between before and now."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from classifiers.encoder.halfway import HEADS, WEIGHTS, halfway


def fitted(folder: Path, value: float, about: dict[str, object]) -> None:
    (folder / "encoder").mkdir(parents=True)
    (folder / "encoder" / "config.json").write_text("{}", encoding="utf-8")
    save_file({"layer.weight": np.full((2, 3), value, np.float16)}, folder / WEIGHTS)
    described = np.frombuffer(b'{"whole": []}', np.uint8)
    np.savez_compressed(folder / HEADS, looks=np.full(4, -value, np.float16), described=described)
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


def test_weights_and_heads_are_the_mean_of_before_and_now(tmp_path: Path) -> None:
    fitted(tmp_path / "before", 1.0, {"seed": 1})
    fitted(tmp_path / "onto", 2.0, {"seed": 1, "new": ["gro-"]})
    halfway(tmp_path, tmp_path / "half")
    assert load_file(tmp_path / "half" / WEIGHTS)["layer.weight"].tolist() == [[1.5] * 3] * 2
    with np.load(tmp_path / "half" / HEADS) as heads:
        assert heads["looks"].tolist() == [-1.5] * 4
        assert json.loads(heads["described"].tobytes()) == {"whole": []}
    told = json.loads((tmp_path / "half" / "about.json").read_text(encoding="utf-8"))
    assert told == {"seed": 1, "new": ["gro-"], "halfway": True}
    assert (tmp_path / "half" / "encoder" / "config.json").is_file()

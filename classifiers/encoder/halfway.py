"""The encoder half way between what it was before it went on and what it has become: the mean of their weights.

Run as `python -m classifiers.encoder.halfway WORK OUT`, where `safetensors` is installed: WORK is the folder that
`avmp train --step go-on` worked in, OUT is what `classifiers.encoder.export` takes. New articles of one kind may teach
some of what they have in common and nothing else has; half way keeps more of what was known before (Wortsman et al.,
"Robust fine-tuning of zero-shot models", 2022). When it is taken, docs/decisions/0011 says.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

WEIGHTS, HEADS, ABOUT = Path("encoder", "model.safetensors"), "heads.npz", "about.json"


def halfway(work: Path, out: Path) -> None:
    """Writes the mean of `before/` and `onto/` of a working folder to `out`."""
    before, onto = work / "before", work / "onto"
    shutil.copytree(onto, out)
    then, now = load_file(before / WEIGHTS), load_file(onto / WEIGHTS)
    save_file({name: _mean(then[name], now[name]) for name in now}, out / WEIGHTS, metadata={"format": "pt"})
    with np.load(before / HEADS) as old, np.load(onto / HEADS) as new:
        heads: dict[str, Any] = {
            name: new[name] if name == "described" else _mean(old[name], new[name]) for name in new.files
        }
    np.savez_compressed(out / HEADS, **heads)
    about = json.loads((onto / ABOUT).read_text(encoding="utf-8"))
    (out / ABOUT).write_text(json.dumps(about | {"halfway": True}, indent=2) + "\n", encoding="utf-8")


def _mean(one: NDArray[np.float16], other: NDArray[np.float16]) -> NDArray[np.float16]:
    return ((one.astype(np.float32) + other.astype(np.float32)) / 2).astype(np.float16)


def main() -> None:
    """Write the encoder half way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    halfway(options.work, options.out)


if __name__ == "__main__":
    main()

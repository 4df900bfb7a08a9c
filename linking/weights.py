"""The linker's thresholds and weights, read once: `rules.toml` was written by hand, `learned.toml` by training."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Weights:
    """Thresholds and evidence in log-odds, windows in days and kilometres.

    Attributes:
        join: from here on two groups are one event, joined without asking.
        suggest: from here on a person is asked.
        bound: a pair counts no more than this for or against in the mean over two groups.
        evidence: the weight of each feature, and the `prior`.
    """

    join: float
    suggest: float
    bound: float
    days_apart: int
    report_days_apart: int
    km_apart: float
    evidence: Mapping[str, float]


@cache
def weights() -> Weights:
    """The weights in the package."""
    return Weights(**_table("rules.toml")["window"], **_table("learned.toml"))


@cache
def compatible_types() -> frozenset[frozenset[str]]:
    """Pairs of types that two reports of one event may give it: the motive becomes known, or one desk knows more."""
    table: Mapping[str, list[str]] = _table("rules.toml")["compatible_types"]
    return frozenset(frozenset((a, b)) for a, others in table.items() for b in others)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("linking") / name).read_text(encoding="utf-8"))

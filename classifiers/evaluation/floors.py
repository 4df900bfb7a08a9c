"""Floors: what a reader must not fall below. Pinned with the hash of the articles they were measured on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifiers.evaluation.scores import Rate, Scores
from codebook.errors import BadInput

FILE = Path(__file__).with_name("floors.toml")
STREAM_FILE = Path(__file__).with_name("stream_floors.toml")
"""The floors on an ordinary day's stream."""


@dataclass(frozen=True, slots=True)
class Floors:
    """The least value of each figure, "overall.type" or "by_language.sq.relevance_recall", on one corpus."""

    corpus: str
    least: Mapping[str, float]

    def broken_by(self, scores: Scores) -> dict[str, tuple[float, float]]:
        """The figures that fell: name → (floor, reached). Raises `BadInput` when measured on other articles."""
        if scores.corpus != self.corpus:
            remedy = "measure on the articles the floors were pinned on, or pin anew: --update --allow-regression"
            raise BadInput("floors", "corpus", scores.corpus, remedy)
        reached = _figures(scores)
        return {
            name: (floor, value)
            for name, floor in self.least.items()
            if (value := reached.get(name, (0.0, 0.0))[0]) < floor
        }


def loaded(text: str, where: str) -> Floors:
    """The floors of a TOML file; `BadInput` that names `where`."""
    try:
        data = tomllib.loads(text)
        return Floors(str(data["corpus"]), {name: float(value) for name, value in data["least"].items()})
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(where, "", str(error), "pin the floors again: avmp evaluate --update") from error


def written(floors: Floors) -> str:
    """The TOML file of some floors."""
    lines = [
        "# What the reader must not fall below on classifiers/corpus/dev.jsonl, or on the stream made of it: the",
        "# figures reached less one standard error. Raised by `avmp evaluate --update`, with `--stream` the second.",
        f'corpus = "{floors.corpus}"',
        "",
        "[least]",
        *(f'"{name}" = {value:.4f}' for name, value in sorted(floors.least.items())),
    ]
    return "\n".join(lines) + "\n"


def pinned(file: Path = FILE) -> Floors:
    """The floors of the repository. Raises `BadInput` when there are none or the file is no such file."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(str(file), "", str(error), "pin the floors: avmp evaluate --update") from error
    return loaded(text, str(file))


def pin(scores: Scores, file: Path = FILE, *, allow_regression: bool = False) -> None:
    """Write the floors of the repository. Raises as `updated`."""
    old = pinned(file) if file.exists() else None
    file.write_text(written(updated(scores, old, allow_regression=allow_regression)), encoding="utf-8")


def updated(scores: Scores, old: Floors | None, *, allow_regression: bool = False) -> Floors:
    """The floors for what was reached: each figure less one standard error, and no floor lower than it was.

    With `allow_regression` those floors are lowered that are not reached, and only those; where other articles were
    measured than the old floors are of, all are new. Without it both raise `BadInput`.
    """
    figures = _figures(scores)
    new = {name: max(value - error, 0.0) for name, (value, error) in figures.items()}
    if old is None or (allow_regression and old.corpus != scores.corpus):
        return Floors(scores.corpus, new)
    broken = old.broken_by(scores)
    for name, (floor, value) in () if allow_regression else broken.items():
        raise BadInput("floors", name, f"{value:.4f} < {floor:.4f}", "raise the reader, or say --allow-regression")
    kept = {name: floor for name, floor in old.least.items() if name not in broken}
    return Floors(scores.corpus, {name: max(floor, kept.get(name, 0.0)) for name, floor in new.items()})


_PINNED_BY_PART = ("relevance_recall", "type")
_ALONE = {"language": ("relevance_recall", 40), "type": ("incidents_found", 10), "victim_sex": ("incidents_found", 0)}
"""From how many relevant articles a language, and from how many labelled incidents a type or sex has floors of its own;
those of fewer are pinned together, for one article more or less moves their figures by whole points. Labels tell the
number, not what was read, so that the same ones are together whatever a reader finds."""
TOGETHER = "others"
NONE = Rate(0.0, 0)
"""A figure that was counted over nothing."""


def _figures(scores: Scores) -> dict[str, tuple[float, float]]:
    """The figures that are pinned, by name: value and standard error."""
    rates = {f"overall.{name}": rate for name, rate in scores.overall.items()}
    parts = {"language": scores.by_language, "type": scores.by_type, "victim_sex": scores.by_victim_sex}
    for part, tables in parts.items():
        counted, least = _ALONE[part]
        alone = {value for value, table in tables.items() if table.get(counted, NONE).n >= least}
        few = [table for value, table in tables.items() if value not in alone]
        for name in _PINNED_BY_PART:
            rates |= {f"{part}.{value}.{name}": tables[value].get(name, NONE) for value in alone}
            rates[f"{part}.{TOGETHER}.{name}"] = _pooled([table.get(name, NONE) for table in few])
    return {name: (rate.value, rate.standard_error) for name, rate in rates.items() if rate.n}


def _pooled(rates: Sequence[Rate]) -> Rate:
    n = sum(rate.n for rate in rates)
    return Rate(sum(rate.value * rate.n for rate in rates) / n if n else 0.0, n)

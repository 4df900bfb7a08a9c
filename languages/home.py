"""Which reading languages are at home in a jurisdiction."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def home_languages(jurisdiction: str) -> tuple[str, ...]:
    """The reading languages of a jurisdiction's own media, the most used first; empty for an unknown one."""
    return tuple(_home().get(jurisdiction, ()))


@cache
def _home() -> Mapping[str, Any]:
    return tomllib.loads((files("languages") / "home.toml").read_text(encoding="utf-8"))

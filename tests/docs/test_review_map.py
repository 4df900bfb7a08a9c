"""The developers' map of linking and review names modules that are there, and leaves none out."""

from __future__ import annotations

import pytest

from tests.docs.pages import ROOT, quoted, table

PAGE = "docs/developer-review.md"
WHOLE = ("linking", "pipeline/stages")
"""Folders of which the map names every module; of `store/` it names those of the review."""


def _named(folder: str) -> set[str]:
    title = f"in `{folder}/`"
    return {name for row in table(PAGE, title) for name in quoted(row[title])}


@pytest.mark.parametrize("folder", [*WHOLE, "store"])
def test_the_map_names_modules_that_are_there(folder: str) -> None:
    there = {file.name for file in (ROOT / folder).glob("*.py")}
    assert _named(folder) <= there
    if folder in WHOLE:
        assert _named(folder) == there - {"__init__.py"}

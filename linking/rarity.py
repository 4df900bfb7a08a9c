"""How rare a clue is in the region's reports of firearm incidents: statistics that ship and never change with what is
linked, so that the order of arrival cannot matter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from linking.clues import Clue

FEWEST = 3
"""Articles a clue must stand in to be in the statistics; a rarer one counts as in two."""


def rarity(clue: Clue, lang: str | None) -> float:
    """The natural logarithm of one in how many articles of the statistics has the clue; words among those of their
    language, names and numbers among all."""
    group = lang or "" if clue.kind == "word" else ""
    articles = _statistics()
    among = articles.get(("articles", group, ""), articles.get(("articles", "", ""), 1))
    return math.log(max(among, 1) / articles.get((clue.kind, group, clue.key), FEWEST - 1))


@cache
def _statistics() -> Mapping[tuple[str, str, str], int]:
    """Articles by kind, language ("" for all) and key; of kind `articles` how many there were."""
    lines = (files("linking") / "statistics.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:])
    return {(kind, group, key): int(number) for kind, group, key, number in rows}

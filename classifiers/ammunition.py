"""Weapons named only to say what ammunition is for: "cartridges for a Kalashnikov", "pistol rounds"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifiers.pipelines import Layout, Stretch, within
from languages.counting import are_pieces, says_what_for

AMMUNITION = "ammunition"
_MOST_BETWEEN = 8
"""Tokens between the ammunition and the weapon it is for: a calibre, the word for "for", an adjective or two."""
_MOST_AFTER_FOR = 3
"""Tokens between the word for "for" and the weapon."""
_QUOTES = frozenset("\"'„“”«»‘’")
_OF_CALIBRE = re.compile(r"\d+(?:mm)?|[.,:x*\u00d7–-]|mm|kal|cal|(?:kalib|calib)\w*")


def of_ammunition(layout: Layout, named: Sequence[Stretch]) -> set[int]:
    """Where those of the weapons `named`, in order, begin that only say what ammunition is for."""
    found: set[int] = set()
    for n, weapon in enumerate(named):
        before = named[n - 1] if n else None
        after = named[n + 1] if n + 1 < len(named) else None
        if weapon.label == AMMUNITION:
            continue
        if _are_one(layout, weapon, after) or (before is not None and _is_for(layout, before, weapon, found)):
            found.add(weapon.start)
    return found


def _are_one(layout: Layout, weapon: Stretch, after: Stretch | None) -> bool:
    """Whether ammunition follows at once: "pistol rounds"."""
    return after is not None and after.label == AMMUNITION and not _between(layout, weapon, after)


def _is_for(layout: Layout, before: Stretch, weapon: Stretch, found: set[int]) -> bool:
    """Whether what was named before is ammunition for this weapon, or what ammunition is for: this weapon itself by
    another name, or one beside it, as in "85 rounds for a pistol and 40 for a rifle"."""
    between = _between(layout, before, weapon)
    if len(between) > _MOST_BETWEEN or layout.sentence_of[before.start] != layout.sentence_of[weapon.start]:
        return False
    if not between:
        return before.label == AMMUNITION or before.start in found
    at = max((n for n, key in enumerate(between) if says_what_for(key, layout.lang)), default=None)
    if at is None or not _is_named_next(layout, between[at:], weapon):
        return False
    return before.start in found or (
        before.label == AMMUNITION and all(_is_of_rounds(key, layout.lang) for key in between[:at])
    )


def _is_of_rounds(key: str, lang: str) -> bool:
    """Whether a word between rounds and what they are for tells their calibre or number."""
    return bool(_OF_CALIBRE.fullmatch(key)) or says_what_for(key, lang) or are_pieces([key], lang)


def _is_named_next(layout: Layout, words: Sequence[str], weapon: Stretch) -> bool:
    """Whether the weapon follows the word for "for" with an adjective or two; a number counts the weapon itself, as in
    "fishekë e një pistoletë"."""
    counts = within(layout.numbers, weapon.start - len(words), weapon.start)
    return len(words) <= _MOST_AFTER_FOR and all(key.isalpha() for key in words) and not counts


def _between(layout: Layout, first: Stretch, second: Stretch) -> list[str]:
    return [key for key in layout.keys[first.end : second.start] if key not in _QUOTES]

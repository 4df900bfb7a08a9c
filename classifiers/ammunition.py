"""Weapons named only to say what ammunition is for: "cartridges for a Kalashnikov", "pistol rounds"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifiers.pipelines import Layout, Stretch, within
from languages.counting import are_pieces, joins, says_what_for

AMMUNITION = "ammunition"
FIREARMS = frozenset({"handgun", "rifle_shotgun", "automatic", "gas_pistol"})
_MOST_BETWEEN = 14
"""Tokens between the ammunition and the weapon it is for: a calibre ("7,62 x 39 mm" is six), the word for "for", an
adjective or two, with their marks."""
_MOST_AFTER_FOR = 4
"""Tokens from the word for "for" to the weapon."""
_MOST_OTHERS = 2
"""Words beside calibre and number between the ammunition and the word for "for": "various", "intended"."""
QUOTES = frozenset("\"'„“”«»‘’")
_OF_CALIBRE = re.compile(r"\d+(?:[xh*\u00d7]\d+)*(?:mm)?|[.,:(x*\u00d7–-]|mm|kal|cal|(?:kalib|calib)\w*")
"""Parts of "7,62x39 mm"; the x may be a Cyrillic one, which stands as h in a search key."""


def of_ammunition(layout: Layout, named: Sequence[Stretch]) -> set[int]:
    """Where those firearms among the weapons `named`, in order, begin that only say what ammunition is for."""
    found: set[int] = set()
    for n, weapon in enumerate(named):
        before = named[n - 1] if n else None
        after = named[n + 1] if n + 1 < len(named) else None
        if weapon.label not in FIREARMS:
            continue
        rounds = _names_rounds(weapon, before) or _names_rounds(weapon, after) or _are_one(layout, weapon, after)
        if rounds or (before is not None and _is_for(layout, before, weapon, found)):
            found.add(weapon.start)
    return found


def _names_rounds(weapon: Stretch, beside: Stretch | None) -> bool:
    """Whether the words for a weapon are ammunition with what tells its kind: "hunting cartridges", "blank rounds"."""
    if beside is None or beside.label != AMMUNITION or (beside.start, beside.end) == (weapon.start, weapon.end):
        return False
    return weapon.start <= beside.start and beside.end <= weapon.end


def _are_one(layout: Layout, weapon: Stretch, after: Stretch | None) -> bool:
    """Whether ammunition follows at once: "pistol rounds"."""
    if after is None or after.label != AMMUNITION or after.start < weapon.end:  # one word may have two meanings
        return False
    return not _between(layout, weapon, after)


def _is_for(layout: Layout, before: Stretch, weapon: Stretch, found: set[int]) -> bool:
    """Whether what was named before is ammunition for this weapon, or what ammunition is for: this weapon itself by
    another name, or one beside it, as in "85 rounds for a pistol and 40 for a rifle". In "rounds for a pistol and a
    rifle" the second may be a piece as well, and stays one."""
    if before.end > weapon.start or layout.sentence_of[before.start] != layout.sentence_of[weapon.start]:
        return False
    between = _between(layout, before, weapon)
    if len(between) > _MOST_BETWEEN:
        return False
    if not between:
        return before.label == AMMUNITION or before.start in found
    at = max((n for n, key in enumerate(between) if says_what_for(key, layout.lang)), default=None)
    if at is None or not _is_named_next(layout, between[at:], weapon):
        return False
    return before.start in found or (before.label == AMMUNITION and _tell_of_rounds(layout, between[:at], before))


def _is_named_next(layout: Layout, words: Sequence[str], weapon: Stretch) -> bool:
    """Whether the weapon follows the word for "for" with an adjective or two, or as one weapon. A larger number counts
    the weapon itself; a joining word begins another thing."""
    counts = within(layout.numbers, weapon.start - len(words), weapon.start)
    return (
        len(words) <= _MOST_AFTER_FOR
        and all(key.isalpha() and not joins(key, layout.lang) for key in words)
        and all(count.value == 1 for count in counts)
    )


def _tell_of_rounds(layout: Layout, words: Sequence[str], rounds: Stretch) -> bool:
    """Whether words between rounds and the word for "for" tell of the rounds: their number, calibre, a quality. A comma
    alone begins another thing."""
    lang = layout.lang
    others = [
        key for key in words if not (_OF_CALIBRE.fullmatch(key) or says_what_for(key, lang) or are_pieces([key], lang))
    ]
    numbers = within(layout.numbers, rounds.end, rounds.end + len(words))
    return (
        list(words) != [","]
        and len(others) <= _MOST_OTHERS
        and all(key.isalpha() and not joins(key, lang) for key in others)
        and not any(layout.keys[number.start].isalpha() for number in numbers)
    )


def _between(layout: Layout, first: Stretch, second: Stretch) -> list[str]:
    return [key for key in layout.keys[first.end : second.start] if key not in QUOTES]

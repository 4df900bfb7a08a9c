"""Why two reports may tell one event: the linker's words, which the database keeps in English, in another language.

`linking/reasons.py` makes them; here each is known by its pattern. What matches none stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from codebook.codes import code_list
from review_ui.translation.locales import ENGLISH
from review_ui.translation.speaking import N_, gettext, spoken, word

PATTERNS = (
    N_("same town"),
    N_("two settlements of one municipality"),
    N_("same day"),
    N_("perhaps the same day"),
    N_("reported within a day or two"),
    N_("the same initials"),
    N_("rare names in common"),
    N_("unusual numbers in common"),
    N_("alike in wording"),
    N_("the day is not told by both, reported days apart"),
    N_("a place is told by one report at most"),
    N_("no rare word, name or number in common"),
    N_("the day is not told by both, reported weeks apart"),
    N_("it is not known when one of them was"),
    N_("one report came before the other's day"),
    N_("other sexes"),
    N_("the earlier report tells of deaths, the later one does not"),
    N_("another number of perpetrators"),
    N_("possession legal in one, illegal in the other"),
    N_("one report alone tells of victims"),
    N_("different days"),
    N_("a day apart"),
    N_("one report says wounded, the later one died"),
    N_("the later report tells of deaths"),
    N_("one report tells of deaths, another does not"),
    N_("one person hurt in both"),
    N_("%(number)s days apart"),
    N_("%(number)s people hurt in both"),
    N_("%(number)s and %(other)s victims"),
    N_("%(one)s and %(other)s are %(distance)s km apart"),
    N_("ages differ: %(one)s and %(other)s"),
    N_("ages told by one report alone: %(one)s"),
    N_("weapons differ: %(one)s and %(other)s"),
    N_("seized numbers differ: %(pieces)s"),
    N_("seized: %(pieces)s"),
    N_("both %(one)s"),
    N_("%(one)s in both"),
    N_("%(one)s and %(other)s"),
)
"""The first that matches counts."""

VICTIM, PERPETRATOR = N_("victim %(age)s"), N_("perpetrator %(age)s")
PIECES = {"firearms": N_("firearms"), "rounds": N_("rounds"), "explosives": N_("explosives")}
_AGED = re.compile(r"(victim|perpetrator) (\d+(?: [mf])?)")
_PIECE = re.compile(r"(.+) (firearms|rounds|explosives)")
_LISTS = ("incident_type", "subtype", "weapon", "time_of_day")


def reason(words: str) -> str:
    """A reason in the language of the request."""
    if spoken() == ENGLISH:
        return words
    for pattern, text in _patterns():
        found = pattern.fullmatch(words)
        if found:
            return gettext(text, **{name: _listed(value) for name, value in found.groupdict().items()})
    return _listed(words)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Numbers are of digits, the rest is of anything."""
    return [(re.compile(_pattern(text)), text) for text in PATTERNS]


def _pattern(text: str) -> str:
    parts = re.split(r"%\((\w+)\)s", text)
    return "".join(
        re.escape(part) if place % 2 == 0 else rf"(?P<{part}>{'[0-9]+' if part in ('number', 'distance') else '.+?'})"
        for place, part in enumerate(parts)
    )


def _listed(words: str) -> str:
    """Names of codes, persons and pieces in a row, each translated by itself."""
    return ", ".join(map(_named, words.split(", ")))


def _named(words: str) -> str:
    aged, piece = _AGED.fullmatch(words), _PIECE.fullmatch(words)
    if aged:
        person = VICTIM if aged[1] == "victim" else PERPETRATOR
        return gettext(person, age=aged[2])
    if piece:
        one, _, other = piece[1].partition(" and ")
        number = gettext("%(one)s and %(other)s", one=one, other=other) if other else one
        return f"{number} {gettext(PIECES[piece[2]])}"
    return word(*_codes()[words]).lower() if words in _codes() else words


@cache
def _codes() -> dict[str, tuple[str, str]]:
    """The list and the printed name of a code by that name in small letters."""
    return {code.name.lower(): (name, code.name) for name in _LISTS for code in code_list(name).codes.values()}

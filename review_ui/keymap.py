"""Which key does what: the usual ones, and those a person has chosen instead."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from codebook.errors import BadInput
from review_ui.translation.speaking import word

FILE = Path(__file__).parent / "data" / "keys.toml"

EVERYWHERE = "everywhere"

ALLOWED = re.compile(r"[!-0:-@\[-~]|F([1-9]|1[0-2])")
"""One character of a keyboard that is neither space nor the digits 1 to 9, which choose from a list, or F1 to F12."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does, and on which pages; `key` is the usual one."""

    name: str
    key: str
    pages: tuple[str, ...]
    does: str

    def meets(self, other: Action) -> bool:
        """Whether the two are on one page, so that they need different keys."""
        return EVERYWHERE in (*self.pages, *other.pages) or not set(self.pages).isdisjoint(other.pages)


@cache
def actions() -> Mapping[str, Action]:
    """Every action by name, in the order a person reads them."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: Action(name, row["key"], tuple(row["pages"]), row["does"]) for name, row in told.items()}


def keymap(own: Mapping[str, str]) -> dict[str, str]:
    """The key of each action for a person with these own keys. One for an action that there is no more is passed
    over, as is one that a newer action's usual key now stands in the way of."""
    usual = {name: action.key for name, action in actions().items()}
    chosen = usual | {name: key for name, key in own.items() if name in usual}
    while clashing := [name for name in own if name in usual and chosen[name] != usual[name] and _taken(chosen, name)]:
        chosen[clashing[0]] = usual[clashing[0]]
    return chosen


def own_keys(typed: Mapping[str, str], before: Mapping[str, str] | None = None) -> dict[str, str]:
    """Of the keys a person typed, by action, those that differ from the usual. Where two clash, the one that was
    changed is told as wrong: the one that differs from `before`, by default from the usual.

    Raises:
        BadInput: a key is none that can be used, or two actions of one page share it.
    """
    chosen = {name: _normal(name, typed.get(name, action.key)) for name, action in actions().items()}
    had = before or keymap({})
    for name, key in sorted(chosen.items(), key=lambda each: each[1] == had[each[0]]):
        other = _taken(chosen, name)
        if other is not None:
            raise BadInput(
                "keys",
                actions()[name].does,
                key,
                "choose another, since it is also that of '%(other)s' on the same page",
                other=word("key", actions()[other].does),
            )
    return {name: key for name, key in chosen.items() if key != actions()[name].key}


def _normal(name: str, typed: str) -> str:
    key = typed.strip()
    key = key.upper() if len(key) > 1 else key.lower()
    if not ALLOWED.fullmatch(key):
        raise BadInput(
            "keys",
            actions()[name].does,
            typed,
            "choose one letter or sign of a keyboard, not 1 to 9, or one of F1 to F12",
        )
    return key


def _taken(chosen: Mapping[str, str], name: str) -> str | None:
    """Another action that would answer the same key on the same page."""
    mine = actions()[name]
    return next(
        (o for o, key in chosen.items() if o != name and key == chosen[name] and mine.meets(actions()[o])), None
    )

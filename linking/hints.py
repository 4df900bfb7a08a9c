"""Hints: what an article's words tell of its event, kept without the words.

A private person's name is never stored, yet two reports that name the same person, street or village most likely tell
one event. So a word is kept as a keyed hash beside the mention, with how rare it is; without the key nobody can tell
which word it was, nor try words out. Hints go when the candidate is decided.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codebook.records import Evidence
from languages.other_articles import without_other_articles
from linking.clues import KINDS, Clue, clues
from linking.passages import told_in
from linking.rarity import rarity

DIGITS = 16
"""Hexadecimal digits of a hash: 64 bits."""
LEAST = 3.0
"""Rarity a word must have to be kept: one in twenty articles has it."""
MOST = 48
"""Hints of one kind that a mention keeps, the rarest: a long text's many words tell little more."""


@dataclass(frozen=True, slots=True)
class Hints:
    """Keyed hashes of each kind with their rarity: the logarithm of one in how many articles has such a word.

    `person` are initials, `name` what is written with a capital (persons, villages, streets, institutions), `town` the
    names of larger municipalities, `number` what is written in digits, `word` the rarer other words.
    """

    person: Mapping[str, float] = field(default_factory=dict)
    name: Mapping[str, float] = field(default_factory=dict)
    town: Mapping[str, float] = field(default_factory=dict)
    number: Mapping[str, float] = field(default_factory=dict)
    word: Mapping[str, float] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(tuple(frozenset(getattr(self, kind).items()) for kind in KINDS))

    def __bool__(self) -> bool:
        return bool(self.person or self.name or self.town or self.number or self.word)

    def to_json(self) -> dict[str, dict[str, float]]:
        """An object for JSON, empty without hints: a kind's name to its hashes with their rarity."""
        return {kind: dict(getattr(self, kind)) for kind in KINDS if getattr(self, kind)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Hints:
        """The hints of such an object; none from null. Kinds of an earlier or later program are left out."""
        return cls(**{kind: stored[kind] for kind in KINDS if kind in stored}) if stored else cls()


def hints(
    title: str,
    text: str,
    lang: str | None,
    key: bytes,
    *,
    own: Iterable[Evidence] = (),
    others: Iterable[Evidence] = (),
) -> Hints:
    """The hints of one mention. Pure.

    `lang` is the reading language of the article (`Reading.lang`). `own` is the evidence of the mention, `others` that
    of the article's other mentions: with others, only the passages that tell this one count. `key` is secret, and the
    same for all mentions that are to be linked.
    """
    passages = told_in(title, without_other_articles(text), tuple(own), tuple(others))
    found = {clue for passage in passages for clue in clues(passage, lang)}
    return Hints(**{kind: _rarest(found, kind, lang, key) for kind in KINDS})


def _rarest(found: Iterable[Clue], kind: str, lang: str | None, key: bytes) -> Mapping[str, float]:
    weighed = ((rarity(clue, lang), clue) for clue in found if clue.kind == kind)
    rarest = sorted((one for one in weighed if one[0] > LEAST), key=lambda one: (-one[0], one[1]))[:MOST]
    return dict(sorted((hashed(clue, key), round(rare, 1)) for rare, clue in rarest))


def hashed(clue: Clue, key: bytes) -> str:
    """HMAC-SHA256 of a clue, cut to `DIGITS`."""
    return hmac.new(key, f"{clue.kind}:{clue.key}".encode(), hashlib.sha256).hexdigest()[:DIGITS]

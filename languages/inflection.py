"""The inflected forms of place names."""

from __future__ import annotations

import re

from languages.canonical import canonical
from languages.packs import pack
from languages.packs.schema import Ending, PlaceRules

_WORD = re.compile(r"[^\W\d_]+")


def word_forms(name: str, lang: str) -> tuple[frozenset[str], ...]:
    """For each word of the place name `name` its forms in `lang`, itself among them, in canonical Latin with
    diacritics.

    `name` is the base form in any script. Names of several words inflect word by word (Novi Pazar → Novom
    Pazaru). Forms that do not exist may be among them; forms that news texts use should not be missing.
    Raises `KeyError` for a language without a pack.
    """
    rules = pack(lang).places
    words = _WORD.findall(canonical(name, lang).text)
    inflected = next((n for n, word in enumerate(words) if word in rules.fixed_after), len(words))
    return tuple(_forms(word, n - inflected, rules) for n, word in enumerate(words))


def _forms(word: str, place: int, rules: PlaceRules) -> frozenset[str]:
    """The forms of one word; `place` is -1 for the last word that inflects, from 0 for those that do not."""
    if place >= 0:
        return frozenset({word, *rules.linking.get(word, ())})
    special = rules.irregular.get(word)
    if special:
        return frozenset({word, *special})
    endings: tuple[Ending, ...] = rules.noun if place == -1 else rules.modifier
    fitting = [rule for rule in endings if word.endswith(rule.ending)]
    if not fitting:
        return frozenset({word})
    rule = max(fitting, key=lambda rule: len(rule.ending))
    stem = word[: len(word) - len(rule.ending)]
    return frozenset({word, *(stem + form for form in rule.forms)})

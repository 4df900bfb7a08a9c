"""The inflected forms of place names, and the adjectives and inhabitants made of them."""

from __future__ import annotations

import re

from languages.canonical import canonical
from languages.packs import pack
from languages.packs.places import DerivationRules, Ending, PlaceRules

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


def adjective_forms(name: str, lang: str) -> frozenset[str]:
    """The forms of the adjective of a town (Novi Sad → novosadski, novosadske, …), in lower case and canonical
    Latin; empty for a language that has none. Raises `KeyError` for a language without a pack.
    """
    return _derived(name, lang, pack(lang).places.adjective)


def inhabitants_forms(name: str, lang: str) -> frozenset[str]:
    """Those of the forms of `inhabitant_forms` that tell of several."""
    rules = pack(lang).places.inhabitant
    return _derived(name, lang, rules and rules.model_copy(update={"endings": rules.plural}))


def inhabitant_forms(name: str, lang: str) -> frozenset[str]:
    """The forms of the inhabitants of a town (Subotica → subotičanin, subotičanka, …), in lower case and canonical
    Latin; empty for a language whose pack does not know them. Raises `KeyError` for a language without a pack.
    """
    return _derived(name, lang, pack(lang).places.inhabitant)


def _derived(name: str, lang: str, rules: DerivationRules | None) -> frozenset[str]:
    """What `rules` make of a town's name."""
    if rules is None:
        return frozenset()
    base = canonical(name, lang).text
    regular = _regular_stems(_WORD.findall(base), rules) if len(base) >= rules.shortest else []
    stems = rules.irregular.get(base) or regular
    return frozenset(stem + ending for stem in stems if stem not in rules.not_towns for ending in rules.endings)


def has_irregular_adjective(name: str, lang: str) -> bool:
    """Whether the pack knows the adjective of this very name."""
    rules = pack(lang).places.adjective
    return rules is not None and canonical(name, lang).text in rules.irregular


def _regular_stems(words: list[str], rules: DerivationRules) -> list[str]:
    """The stems for a name of one word, or of an adjective and a noun, which grow together."""
    if not words or len(words) > 2:
        return []
    last = words[-1].lower()
    rule = max((r for r in rules.stems if last.endswith(r.ending)), key=lambda r: len(r.ending), default=None)
    if rule is None:
        return []
    before = words[0].lower()[:-1] + "o" if len(words) == 2 else ""
    return [before + last[: len(last) - len(rule.ending)] + form for form in rule.forms]


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

"""Stage 1, recall first: one compiled pattern over the raw text drops what cannot be a firearm incident.

The pattern is made of every word for a weapon, a shot or a blast in every language's lexicon, in both scripts where a
language has two. It runs before language identification and before spaCy, on the text in lower case and without
diacritics, which many outlets leave out, and with each word in one script: some write "пyкале" with a Latin y.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from classifiers.lexicon import LANGUAGES, alike_words, written_terms
from languages.canonical import INVISIBLE, in_one_script
from languages.serbian_cyrillic import in_serbian_cyrillic

GATE_CONCEPTS = {"weapon": None, "event": ("shooting", "blast"), "slang": None}
"""Kind → the concepts whose words open the gate; `None` means every concept of the kind."""


ALSO = ("plotun*", in_serbian_cyrillic("plotun*"), "7,62")
"""A volley and a calibre, which tell a shooting and no type: they stand in no lexicon."""


def may_tell_an_incident(title: str, text: str) -> bool:
    """Whether the article names a weapon, a shot or a blast at all. False means: not relevant."""
    return bool(_pattern().search(_plain(f"{title}\n{text}")))


def _plain(text: str) -> str:
    return in_one_script(text).lower().translate(_plain_letters())


@cache
def _plain_letters() -> dict[int, str | None]:
    """Every letter of Latin and Cyrillic that has a plainer one, and the invisible characters, which go."""
    hidden = re.compile(f"[{INVISIBLE}]")
    plain: dict[int, str | None] = dict.fromkeys(code for code in range(0x10000) if hidden.match(chr(code)))
    plain |= dict.fromkeys(range(0x300, 0x370))  # accents set beside their letters
    for code in (*range(0xC0, 0x250), *range(0x400, 0x530)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base != chr(code):
            plain[code] = base
    return plain | {ord("đ"): "dj"}


@cache
def _pattern() -> re.Pattern[str]:
    tree: _Tree = {}
    for spelling in _spellings():
        node = tree
        stem = _plain(spelling.removesuffix("*"))
        for letter in stem:
            node = node.setdefault(_UNITS.get(letter, re.escape(letter)), {})
        node["" if spelling.endswith("*") else r"\b"] = {}
    return re.compile(rf"\b(?!{'|'.join(_alike())}){_alternatives(tree)}")


def _alike() -> list[str]:
    """The beginnings of everyday words that begin as a weapon's or a blast's word does (a minister and a mine). They
    opened the gate to every third article of an ordinary day."""
    written = {word for lang in LANGUAGES for word in alike_words(lang)}
    written |= {in_serbian_cyrillic(word) for word in alike_words("hbs")}
    return sorted(re.escape(_plain(word.removesuffix("*"))) + r"\b" * (not word.endswith("*")) for word in written)


def _spellings() -> set[str]:
    spellings: set[str] = set(ALSO)
    for lang in LANGUAGES:
        for kind, chosen in GATE_CONCEPTS.items():
            for concept, terms in written_terms(lang).get(kind, {}).items():
                if chosen is None or concept in chosen:
                    spellings.update(terms)
                    if lang == "hbs":
                        spellings.update(map(in_serbian_cyrillic, terms))
    return spellings


_Tree = dict[str, "_Tree"]
_UNITS = {"*": r"\w*", " ": r"\W{1,3}"}


def _alternatives(tree: _Tree) -> str:
    """The tree of spellings as one regular expression, common beginnings shared."""
    if "" in tree or not tree:
        return ""
    branches = [unit + _alternatives(rest) for unit, rest in sorted(tree.items())]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

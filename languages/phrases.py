"""The words and phrases of the packs as they are looked for: search keys, and regular expressions over folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from languages.canonical import folded


@cache
def keys_of(words: tuple[str, ...], lang: str) -> frozenset[str]:
    """The search keys of some words."""
    return frozenset(folded(word, lang) for word in words)


def any_of(phrases: Iterable[str], lang: str | None) -> str:
    """A pattern for any of `phrases`, longest first, as whole words; one that never matches when there are none.

    In a phrase, `a|b` are alternatives for one word, `abc*` is any word that begins so, `abc?` may be missing.
    """
    patterns = sorted({_pattern(folded(phrase, lang)) for phrase in phrases}, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)" if patterns else r"(?!)"


def _pattern(phrase: str) -> str:
    pattern, space = "", ""
    for word in phrase.split():
        choices = f"(?:{'|'.join(_word(choice) for choice in word.removesuffix('?').split('|'))})"
        if not word.endswith("?"):
            pattern, space = pattern + space + choices, r"\s+"
        elif pattern:
            pattern += rf"(?:\s+{choices})?"
        else:
            pattern = rf"(?:{choices}\s+)?"
    return pattern


def _word(word: str) -> str:
    return re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")

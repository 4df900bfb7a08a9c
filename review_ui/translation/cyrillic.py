"""Serbian texts in Cyrillic letters, made of those in Latin ones: what is no Serbian keeps its letters."""

from __future__ import annotations

import re

from languages.serbian_cyrillic import in_serbian_cyrillic

LATIN = (
    "AVMP", "JSON-LD", "CSV", "Excel", "robots.txt", "trafilatura", "Esc", "Enter", "Ctrl", "SEE", "WB", "CET", "CEST",
)  # fmt: skip
"""Words that stay in Latin letters: names of programs and formats, what stands on keys."""

_KEPT = re.compile(
    r"<code>.*?</code>|<kbd>.*?</kbd>|<[^>]*>|%\(\w+\)s|%%|https?://\S+|`[^`]*`|\bF\d+\b|"
    + "|".join(rf"\b{re.escape(word)}\b" for word in LATIN)
)
"""Markup, what is filled in, addresses, commands, and the words of `LATIN`."""


def in_cyrillic(text: str) -> str:
    """`text` in Cyrillic letters, with what must stay as it is."""
    made, at = [], 0
    for kept in _KEPT.finditer(text):
        made += [in_serbian_cyrillic(text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*made, in_serbian_cyrillic(text[at:])])

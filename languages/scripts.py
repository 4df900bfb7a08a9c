"""Which script a text is written in."""

from __future__ import annotations

import re
from typing import Literal

Script = Literal["Latn", "Cyrl"]

CYRILLIC = "\u0400-\u052f"
"""The Cyrillic and Cyrillic Supplement blocks, as a regular expression range."""

LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
"""The letters of Basic Latin to Latin Extended-B and of Latin Extended Additional, likewise."""

_CYRILLIC_LETTER = re.compile(f"[{CYRILLIC}]")
_LATIN_LETTER = re.compile(f"[{LATIN}]")


def script_of(text: str) -> Script:
    """The script that most letters of `text` are in; "Latn" when it has none or as many of each."""
    cyrillic = len(_CYRILLIC_LETTER.findall(text))
    return "Cyrl" if cyrillic > len(_LATIN_LETTER.findall(text)) else "Latn"

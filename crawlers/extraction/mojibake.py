"""Text that was UTF-8 and was read as something else before the site stored it: "PuÅ¡ka" was "Puška".

Only a run that was certainly spoilt is mended: its characters, written back in the wrong charset, must be UTF-8 of the
region's letters or of a typesetter's signs. What is right already is no such run.
"""

from __future__ import annotations

import re
from functools import partial

from crawlers.extraction.regional_letters import LETTERS, SIGNS

WRONG_CHARSETS = ("cp1252", "cp1250", "cp1251", "iso8859-2")
"""As which UTF-8 is misread here, the most frequent first."""

LONGEST_RUN = 4_000

DEPTH = 2
"""Some texts were spoilt twice."""

CYRILLIC_RUNS = 5
"""Where so many runs are misread windows-1251, those of one letter are, too; fewer may be two real letters."""


def _runs(charset: str) -> re.Pattern[str]:
    """Runs of the characters as which bytes beyond ASCII are read; a byte without one is read as its number."""
    high = "".join({bytes([byte]).decode(charset, "ignore") or chr(byte) for byte in range(0x80, 0x100)})
    return re.compile(f"[{re.escape(high)}\x80-\x9f]{{2,{LONGEST_RUN}}}")


RUNS = {charset: _runs(charset) for charset in WRONG_CHARSETS}
LEADS = {charset: frozenset(bytes(range(0xC2, 0xF0)).decode(charset, "ignore")) for charset in WRONG_CHARSETS}


def _bytes_of(charset: str) -> dict[int, str]:
    """For `str.translate`: the characters of a charset beyond ASCII as those of their bytes' numbers. What it does not
    have becomes what no byte is."""
    table = {number: chr(number) if number < 0xA0 else "\uffff" for number in range(0x80, 0x100)}
    for byte in range(0x80, 0x100):
        if character := bytes([byte]).decode(charset, "ignore"):
            table[ord(character)] = chr(byte)
    return table


BYTES = {charset: _bytes_of(charset) for charset in WRONG_CHARSETS}
SECONDS = {
    charset: frozenset(chr(number) for number, byte in table.items() if "\x80" <= byte < "\xc0")
    for charset, table in BYTES.items()
}
"""What may stand behind a lead: most runs of Cyrillic letters are told right by that."""
BEGINNINGS = {
    charset: re.compile(f"[{re.escape(''.join(LEADS[charset]))}][{re.escape(''.join(SECONDS[charset]))}]")
    for charset in WRONG_CHARSETS
}
"""How a spoilt run begins; most texts have nothing of the kind."""


def mended(text: str) -> str:
    """The text with spoilt runs as they were."""
    spoilt = {charset: count for charset in WRONG_CHARSETS if (count := _spoilt_runs(text, charset))}
    for charset in sorted(spoilt, key=lambda name: -spoilt[name]):
        least = 1 if charset != "cp1251" or spoilt[charset] >= CYRILLIC_RUNS else 2
        text = RUNS[charset].sub(partial(_mended_run, charset, least), text)
    return text


def _spoilt_runs(text: str, charset: str) -> int:
    if BEGINNINGS[charset].search(text) is None:
        return 0
    return sum(_right(run[0], charset, DEPTH) is not None for run in RUNS[charset].finditer(text))


def _mended_run(charset: str, least: int, run: re.Match[str]) -> str:
    right = _right(run[0], charset, DEPTH)
    return run[0] if right is None or len(right) < least else right


def _right(run: str, charset: str, depth: int) -> str | None:
    """What a run was before it was misread, once or `depth` times; None where it is not spoilt."""
    if run[0] not in LEADS[charset] or run[1:2] not in SECONDS[charset]:
        return None
    try:
        right = run.translate(BYTES[charset]).encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    if all(character in LETTERS or character in SIGNS for character in right):
        inner = _right(right, charset, depth - 1) if depth > 1 and len(right) > 1 else None
        return inner or right
    return _right(right, charset, depth - 1) if depth > 1 else None

"""From bytes to text: which of BOM, header, meta tag and the bytes themselves tells the truth.

The region's older sites mix up windows-1250, windows-1251 and ISO-8859-2, or send a server's default that is none of
them. Bytes beyond ASCII that are valid UTF-8 are UTF-8, whatever is declared. Otherwise the declared and the region's
charsets are tried, and the one that yields the most letters of the region's languages and the fewest others wins; a
declared one wins a tie. A page put together from parts in UTF-8 and parts in another charset is read part by part, and
text that was misread before it was stored is mended.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from crawlers.extraction.mojibake import mended
from crawlers.extraction.regional_letters import LETTERS, SIGNS

REGIONAL = ("windows-1250", "windows-1251", "iso-8859-2")

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

ASCII = bytes(range(0x80))

SAMPLE = 20_000
"""Characters beyond ASCII that are weighed; more do not change the verdict."""

UNREADABLE_WEIGHT, FOREIGN_WEIGHT = -5, -2
"""Beside 1 for a letter of the region: what no text holds, and letters of other languages."""

META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:-]+)""")
HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)

UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}")
UTF8_RUN = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+")
UTF8_EXPECTED = LETTERS | SIGNS

BYTE_ITSELF = "avmp-byte-itself"

EVERY_BYTE = b"\\u0041 ~{!! \x1b$B!! " + bytes(range(0x80, 0x100))
"""As many characters as bytes in a charset of one byte a letter alone: escapes of others begin it."""

HEAD_BYTES = 4096
"""Where a declaration may stand: HTML asks for the first 1024 bytes, many pages take more."""


def decoded(body: bytes, content_type: str | None) -> tuple[str, str]:
    """The text of a page and the Python codec that gave it. `content_type` is the header as sent."""
    text, codec = _decoded(body, content_type)
    return mended(text), codec


def _decoded(body: bytes, content_type: str | None) -> tuple[str, str]:
    for mark, name in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    alone, letters = _outside_utf8(body)
    declared = _declared(body, content_type)
    candidates = dict.fromkeys([*declared, *REGIONAL])
    best = max(candidates, key=lambda name: (_score(alone, name), name in declared))
    broken = len(alone.translate(None, ASCII))
    if letters >= broken:
        return "".join(_mixed(body, best)), "utf-8"
    return body.decode(best, BYTE_ITSELF), best


def _outside_utf8(body: bytes) -> tuple[bytes, int]:
    """What is no letter or sign in UTF-8, and how many are."""
    found = [match for match in UTF8_LETTER.finditer(body) if match[0].decode("utf-8", "replace") in UTF8_EXPECTED]
    pieces, end = [], 0
    for match in found:
        pieces.append(body[end : match.start()])
        end = match.end()
    return b"".join([*pieces, body[end:]]), len(found)


def _itself(error: UnicodeError) -> tuple[str, int]:
    """A byte that a charset does not have, as the character of its number: `mended` may need it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error(BYTE_ITSELF, _itself)


def _mixed(body: bytes, codec: str) -> Iterator[str]:
    """The parts in UTF-8 as such, those between them in another charset."""
    end = 0
    for part in UTF8_RUN.finditer(body):
        yield body[end : part.start()].decode(codec, BYTE_ITSELF)
        yield part[0].decode("utf-8", "replace")
        end = part.end()
    yield body[end:].decode(codec, BYTE_ITSELF)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    head = body[:HEAD_BYTES]
    names = [match[1] for match in [HEADER.search(content_type or "")] if match]
    names += [match[1].decode("ascii") for match in (META.search(head), XML_DECLARATION.search(head)) if match]
    return [codec for codec in map(_single_byte_codec, names) if codec]


def _single_byte_codec(name: str) -> str | None:
    """The codec a label means, as browsers read it: Latin-1 is windows-1252. None where it is unknown or not one
    byte a letter, which these bytes have been shown not to be."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    codec = {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(codec, codec)
    return codec if not codec.startswith("utf") and _is_single_byte(codec) else None


@lru_cache(maxsize=200)
def _is_single_byte(codec: str) -> bool:
    """Whether a codec is a charset of one byte a letter; many of Python's are none at all, as rot13 and base64."""
    try:
        return len(EVERY_BYTE.decode(codec, "replace")) == len(EVERY_BYTE)
    except (LookupError, UnicodeError):
        return False


def _score(body: bytes, codec: str) -> int:
    counted = Counter(body.translate(None, ASCII)[:SAMPLE])
    return sum(times * sum(map(_weight, bytes([byte]).decode(codec, "replace"))) for byte, times in counted.items())


def _weight(character: str) -> int:
    if character in LETTERS:
        return 1
    category = unicodedata.category(character)
    if character == "\ufffd" or category == "Cc":
        return UNREADABLE_WEIGHT
    return FOREIGN_WEIGHT if category.startswith("L") else 0

"""From bytes to text: which of BOM, header, meta tag and the bytes themselves tells the truth.

The region's older sites mix up windows-1250, windows-1251 and ISO-8859-2, or send a server's default that is none of
them. Bytes beyond ASCII that are valid UTF-8 are UTF-8, whatever is declared. Otherwise the declared and the region's
charsets are tried, and the one that yields the most letters of the region's languages and the fewest others wins; a
declared one wins a tie.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

REGIONAL = ("windows-1250", "windows-1251", "iso-8859-2")

LETTERS = frozenset("čćšžđëçăâîșțşţČĆŠŽĐËÇĂÂÎȘȚŞŢ") | frozenset(map(chr, range(0x400, 0x460)))
"""Letters beyond ASCII of the region's languages: Latin (hbs, sq, ro) and Cyrillic (hbs, mk, ru)."""

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

SAMPLE = 20_000
"""Characters beyond ASCII that are weighed; more do not change the verdict."""

META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:-]+)""")
HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)

HEAD_BYTES = 4096
"""Where a declaration may stand: HTML asks for the first 1024 bytes, many pages take more."""


def decoded(body: bytes, content_type: str | None) -> tuple[str, str]:
    """The text of a page and the Python codec that gave it. `content_type` is the header as sent."""
    for mark, name in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        is_utf8 = _is_mostly_utf8(body, error)
    if is_utf8:
        return body.decode("utf-8", "replace"), "utf-8"
    declared = _declared(body, content_type)
    candidates = dict.fromkeys([*declared, *REGIONAL])
    best = max(candidates, key=lambda name: (_score(body, name), name in declared))
    return body.decode(best, "replace"), best


def _is_mostly_utf8(body: bytes, error: UnicodeDecodeError) -> bool:
    """Whether a few broken bytes spoil what is otherwise UTF-8, as where a text was cut in a letter."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(1 for character in text if "\x80" <= character != "\ufffd")
    return error.start > 0 and good > 10 * broken


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
    if codec.startswith(("utf", "iso2022", "hz", "gb", "big5", "shift", "euc")):
        return None
    return codec


def _score(body: bytes, codec: str) -> int:
    sample = bytes(byte for byte in body if byte >= 0x80)[:SAMPLE]
    return sum(map(_weight, sample.decode(codec, "replace")))


def _weight(character: str) -> int:
    if character in LETTERS:
        return 1
    category = unicodedata.category(character)
    if character == "\ufffd" or category == "Cc":
        return -5
    return -2 if category.startswith("L") else 0

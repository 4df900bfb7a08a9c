"""From the bytes of a feed to a text that an XML parser takes: what is wrong with it is mended where its meaning is
plain, and told.

What the region's sites send: a charset other than the declared one, control characters, warnings of PHP before the
document, `&nbsp;` and bare ampersands. The prolog is dropped altogether, and with it every entity that a document
declares: none is ever expanded or fetched.
"""

from __future__ import annotations

import html
import re
import zlib
from dataclasses import dataclass
from itertools import islice

from crawlers.extraction.charset import decoded
from crawlers.feeds.listing import NotAFeed

LONGEST = 20_000_000
"""Bytes of a document that are read, after decompression."""

MOST_MARKUP, MOST_MARKUP_OF_SITEMAPS = 150_000, 3_000_000
"""Tags and references of a feed, and of a sitemap, that are read: each costs time, and a hostile document is made of
nothing else."""

HEAD = 50_000
"""Characters at the beginning in which the first element of a feed is looked for."""

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ENTRY = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry|url|sitemap)(?=[\s>])", re.IGNORECASE)
ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry|url|sitemap)\s*>", re.IGNORECASE)
MARKUP = re.compile("[<&]")
SITEMAP_NAMES = ("urlset", "sitemapindex")
ROOT_NAMES = ("rss", "rdf", "feed", *SITEMAP_NAMES)
ROOT = re.compile(rf"<(?:[A-Za-z_][\w.-]{{0,40}}:)?({'|'.join(ROOT_NAMES)})(?=[\s>/])", re.IGNORECASE)
TAG_NAME = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})")
REFERENCE = re.compile(r"&(?:#([0-9]{1,8}|[xX][0-9A-Fa-f]{1,7});|([A-Za-z][A-Za-z0-9]{0,31});)?")
XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
PROLOG = (("<?", "?>"), ("<!--", "-->"))


@dataclass(frozen=True, slots=True)
class Repaired:
    """The document from its first element on. `root` is that element's local name in lower case, "html" for a page,
    "" where there is none. `notes` say what was mended."""

    text: str
    root: str
    notes: tuple[str, ...]


def repaired(body: bytes, content_type: str | None) -> Repaired:
    """Mends a document.

    Raises:
        NotAFeed: it is empty, or a broken gzip file.
    """
    body, notes = _inflated(body)
    text = _text(body, content_type)
    if not text.strip():
        raise NotAFeed("the document is empty")
    if CONTROL.search(text):
        text = CONTROL.sub("", text)
        notes.append("control characters in it")
    beginning = _after_prolog(text)
    root = _root(text[beginning : beginning + HEAD], html_doctype="<!doctype html" in text[:beginning].lower())
    if root not in ROOT_NAMES and (embedded := ROOT.search(text, beginning, beginning + HEAD)):
        before = "an HTML page" if root == "html" else "something else"
        notes.append(f"{before} stands before the feed")
        beginning, root = embedded.start(), embedded[1].lower()
    if root not in ROOT_NAMES:
        return Repaired(text[beginning:], root, tuple(notes))
    text = text[beginning:]
    most = MOST_MARKUP_OF_SITEMAPS if root in SITEMAP_NAMES else MOST_MARKUP
    if text.count("<") + text.count("&") > most:
        notes.append(f"it has more than {most:,} tags: its beginning is read")
        text = text[: next(islice(MARKUP.finditer(text), most, None)).start()]
    whole = _without_broken_end(text)
    if len(whole) < len(text):
        notes.append("it breaks off: its last entry is left out")
    text, mended = _with_known_entities(whole)
    return Repaired(text, root, (*notes, *mended))


def _inflated(body: bytes) -> tuple[bytes, list[str]]:
    """The content of a .gz document; not more than `LONGEST` bytes of any."""
    notes = []
    if body.startswith(b"\x1f\x8b"):
        inflater = zlib.decompressobj(wbits=31)
        try:
            body = inflater.decompress(body, LONGEST + 1)
        except zlib.error as error:
            raise NotAFeed(f"a broken gzip file: {error}") from None
        if not inflater.eof and len(body) <= LONGEST:
            notes.append("the gzip file breaks off")
    if len(body) > LONGEST:
        notes.append(f"it is longer than {LONGEST // 1_000_000} MB: its beginning is read")
    return body[:LONGEST], notes


def _text(body: bytes, content_type: str | None) -> str:
    for start, codec in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if body.startswith(start):  # UTF-16 without its mark
            return body.decode(codec, "replace")
    return decoded(body, content_type)[0]


def _after_prolog(text: str) -> int:
    """Where the declaration, comments, processing instructions and the document type end."""
    at = 0
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == "\ufeff"):
            at += 1
        if text[at : at + 9].lower() == "<!doctype":
            end = _after_doctype(text, at)
        else:
            close = next((close for begin, close in PROLOG if text.startswith(begin, at)), None)
            end = text.find(close, at) + len(close) if close and text.find(close, at) >= 0 else at
        if end == at:
            return at
        at = end


def _after_doctype(text: str, at: int) -> int:
    close, subset = text.find(">", at), text.find("[", at)
    if 0 <= subset < close:
        close = text.find("]", subset)
        while close >= 0 and text[close + 1 : close + 20].lstrip()[:1] != ">":
            close = text.find("]", close + 1)
        close = text.find(">", close) if close >= 0 else -1
    return close + 1 if close >= 0 else at


def _root(head: str, *, html_doctype: bool) -> str:
    if html_doctype:
        return "html"
    match = TAG_NAME.search(head)
    return match[1].lower() if match else ""


def _without_broken_end(text: str) -> str:
    """The document without a last entry that does not end while others do: its address may be cut, too."""
    last_end = max((match.end() for match in ENTRY_END.finditer(text)), default=len(text))
    return text[:last_end] if ENTRY.search(text, last_end) else text


def _with_known_entities(text: str) -> tuple[str, list[str]]:
    """The text with every reference one that XML knows; what stands in CDATA is no reference."""
    mended: dict[str, str] = {}

    def known(match: re.Match[str]) -> str:
        number, name = match[1], match[2]
        if number:
            return _character(number, match[0], mended)
        if name in XML_NAMES:
            return match[0]
        character = html.unescape(match[0]) if name else match[0]
        if character == match[0]:
            mended["ampersand"] = "an ampersand that is not escaped"
            return "&amp;" + match[0][1:]
        mended["entity"] = f"&{name};, which XML does not know"
        return html.escape(character)

    outside, *others = text.split("<![CDATA[")
    pieces = [REFERENCE.sub(known, outside)]
    for other in others:
        inside, close, outside = other.partition("]]>")
        pieces.append(f"<![CDATA[{inside}{close}{REFERENCE.sub(known, outside)}")
    return "".join(pieces), list(mended.values())


def _character(number: str, reference: str, mended: dict[str, str]) -> str:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    if code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF:
        return reference
    mended["character"] = f"{reference}, which is no character of XML"
    return ""

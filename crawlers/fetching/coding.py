"""Content codings undone within limits: gzip, deflate, br and zstd (RFC 9110, section 8.4.1)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import brotli
from backports import zstd

from crawlers.fetching.answers import FetchFailed, one_line

ACCEPTED = "gzip, deflate, br, zstd"
"""What the Accept-Encoding header offers."""

MAX_CODINGS = 2
"""Codings one on another: two are an oversight of some servers, more are an attack."""

MAX_RATIO = 200
"""Bytes that one byte may inflate to. Pages stay below 50; what inflates to more holds no text."""

RATIO_FREE_BYTES = 1_000_000
"""So much may be inflated at any ratio: a page of nothing but blanks harms nobody."""

CHUNK = 65_536

_GZIP_OR_ZLIB, _RAW_DEFLATE = 47, -15
"""`wbits` of zlib."""

_BROKEN = (zlib.error, brotli.error, zstd.ZstdError, EOFError)


def uncoded(body: bytes, headers: Sequence[str], max_bytes: int) -> bytes:
    """The body without the codings that its Content-Encoding headers name. A coding that is no compression
    (`identity`, `utf-8`, `none`) is passed over: servers do write such. A body that is cut off gives what is there.

    Raises:
        FetchFailed: too_large where it inflates beyond `max_bytes` or too steeply; server where it is not so coded.
    """
    codings = [coding.strip().lower() for header in headers for coding in header.split(",") if coding.strip()]
    codings = [coding.removeprefix("x-") for coding in codings]
    known = [coding for coding in codings if coding in _CHUNKS]
    if len(known) > MAX_CODINGS:
        raise FetchFailed("too_large", f"it is compressed {len(known)} times over")
    for coding in reversed(known):
        body = _inflated(body, coding, max_bytes)
    return body


def _inflated(body: bytes, coding: str, max_bytes: int) -> bytes:
    if not body:
        return body
    parts: list[bytes] = []
    size, steepest = 0, max(RATIO_FREE_BYTES, len(body) * MAX_RATIO)
    try:
        for part in _CHUNKS[coding](body):
            size += len(part)
            if size > max_bytes:
                raise FetchFailed("too_large", f"{len(body)} bytes of {coding} inflate to more than {max_bytes}")
            if size > steepest:
                raise FetchFailed("too_large", f"{len(body)} bytes of {coding} inflate more than {MAX_RATIO} times")
            parts.append(part)
    except _BROKEN as error:
        if not parts:
            raise FetchFailed("server", f"its body is not {coding}, as its header says: {one_line(error)}") from None
        raise FetchFailed("server", f"its body is broken {coding}: {one_line(error)}") from None
    return b"".join(parts)


def _gzip(body: bytes) -> Iterator[bytes]:
    """All members one after another; what follows them and is none is left, as browsers do."""
    while body:
        stream = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
        yield from _zlib_parts(stream, body)
        body = stream.unused_data if stream.unused_data[:2] == b"\x1f\x8b" else b""


def _deflate(body: bytes) -> Iterator[bytes]:
    """With the header of zlib or, as some servers write it, without."""
    try:
        zlib.decompressobj(wbits=_GZIP_OR_ZLIB).decompress(body[:CHUNK], CHUNK)
        stream = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
    except zlib.error:
        stream = zlib.decompressobj(wbits=_RAW_DEFLATE)
    yield from _zlib_parts(stream, body)


def _zlib_parts(stream: zlib._Decompress, body: bytes) -> Iterator[bytes]:
    while body and not stream.eof:
        yield stream.decompress(body, CHUNK)
        body = stream.unconsumed_tail


def _br(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    part = stream.process(body, output_buffer_limit=CHUNK)
    while part:
        yield part
        part = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=CHUNK)


def _zstd(body: bytes) -> Iterator[bytes]:
    while body:
        stream = zstd.ZstdDecompressor()
        yield stream.decompress(body, CHUNK)
        while not stream.eof and not stream.needs_input:
            yield stream.decompress(b"", CHUNK)
        body = stream.unused_data if stream.eof else b""


_CHUNKS = {"gzip": _gzip, "deflate": _deflate, "br": _br, "zstd": _zstd}

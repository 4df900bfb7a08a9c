"""Sound documents spoilt: cut, doubled, spliced and mis-encoded, as a broken server or a hostile one sends them."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

LONGEST = 20_000
"""Bytes of an input."""

CODECS = ("utf-8", "windows-1250", "windows-1251", "utf-16", "utf-16-be", "utf-32", "iso-8859-2", "utf-7")
CONTENT_TYPES = st.sampled_from(
    (
        None, "", "text/html", "text/html; charset=windows-1250", "application/rss+xml; charset=windows-1251",
        "text/xml;charset=utf-16", "text/html; charset=utf-7", "text/html; charset=rot13", "text/html; charset=undefined",
        "a;charset=x\0", "application/json",
    )
)  # fmt: skip

PIECES = (
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0' encoding='utf-16'?>", b"&", b"&nbsp;", b"&#0;", b"&#xD800;",
    b"&#99999999;", b"<!DOCTYPE x [", b"]>", b"<!ENTITY a SYSTEM 'file:///etc/passwd'>", b"&a;", b"\0", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\x1f\x8b", b"<rss>", b"</rss>", b"<item>", b"</item>", b"<url><loc>", b"<urlset>", b"</channel>", b"<link>", b"http://[",
    b"//", b"\xed\xa0\x80", b"<script>", b"</script", b"<template>", b"<svg>", b"<math>", b"<table>", b"<frameset>", b"<noscript>",
    b"<plaintext>", b"<title>", b"<article>", b"<div>", b"<p>", b"<a href='", b"xmlns:a='", b"<a:b>", b"'", b'"', b">", b"<",
    b"\xff", b"\xc5", b"\xe2\x80", b"\x9a\x8a", b"\x1b$B", b"\r", b" ",
)  # fmt: skip

Mutation = Callable[[bytes, int, int, bytes], bytes]
"""Given a document, two places in it (the second no less than the first) and a piece."""

MUTATIONS: tuple[Mutation, ...] = (
    lambda data, start, end, _: data[:start] + data[end:],
    lambda data, start, _end, _: data[:start],
    lambda data, start, end, piece: data[:end] + data[start:end] * (1 + len(piece) % 5) + data[end:],
    lambda data, start, _end, piece: data[:start] + piece + data[start:],
    lambda data, start, _end, piece: data[:start] + piece * 50 + data[start:],
    lambda data, start, end, piece: data[:start] + piece + data[end:],
    lambda data, start, end, _: data[:start] + bytes(byte ^ 0x80 for byte in data[start : start + 1 + (end - start) % 9]) + data[start + 1 + (end - start) % 9 :],
    lambda data, start, _end, _: data[:start] + data[data.find(b">", start) + 1 :],
    lambda data, start, _end, _: data.decode("utf-8", "replace").encode(CODECS[start % len(CODECS)], "replace"),
    lambda data, start, end, _: data[start:] + data[:end],
)  # fmt: skip

PLACES = 64
STEPS = st.lists(st.integers(0, len(MUTATIONS) * len(PIECES) * PLACES**2 - 1), max_size=3)


def spoilt(documents: SearchStrategy[str]) -> SearchStrategy[bytes]:
    """The documents as bytes, after up to three mutations."""
    return st.tuples(documents, STEPS).map(_mutated)


def _mutated(drawn: tuple[str, list[int]]) -> bytes:
    data = drawn[0].encode("utf-8", "replace")
    for number in drawn[1]:
        number, kind = divmod(number, len(MUTATIONS))
        number, piece = divmod(number, len(PIECES))
        start, end = sorted(len(data) * place // PLACES for place in divmod(number, PLACES))
        data = MUTATIONS[kind](data, start, end, PIECES[piece])[:LONGEST]
    return data[:LONGEST]

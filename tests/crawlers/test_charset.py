"""Charset repair."""

from __future__ import annotations

import codecs

import pytest

from crawlers.extraction.charset import decoded

SERBIAN = "Полиција је у Шапцу ухапсила осумњиченог, који је имао пушку и пиштољ. Ђорђе, Љиљана, Џеп."
CROATIAN = "Policija je u Širokom Brijegu pronašla pušku, šest noževa i žičane čahure. Đuro, ćup, žaba."
ROMANIAN = "Poliția a găsit o armă în mașină, lângă râu."
ALBANIAN = "Policia gjeti një armë në banesë; është arrestuar një burrë në Shkodër. Çështja vazhdon."


@pytest.mark.parametrize("text", [SERBIAN, CROATIAN, ROMANIAN, ALBANIAN])
@pytest.mark.parametrize(
    "declared", [None, "text/html", "text/html; charset=iso-8859-1", "text/html; charset=windows-1250"]
)
def test_valid_utf8_is_utf8(text: str, declared: str | None) -> None:
    assert decoded(text.encode(), declared) == (text, "utf-8")


@pytest.mark.parametrize(
    ("text", "true", "declared"),
    [
        (SERBIAN, "windows-1251", "windows-1251"),
        (SERBIAN, "windows-1251", None),
        (SERBIAN, "windows-1251", "iso-8859-1"),
        (SERBIAN, "windows-1251", "utf-8"),
        (SERBIAN, "windows-1251", "nonsense"),
        (CROATIAN, "windows-1250", "windows-1250"),
        (CROATIAN, "windows-1250", None),
        (CROATIAN, "windows-1250", "iso-8859-1"),
        (CROATIAN, "windows-1250", "iso-8859-2"),
        (CROATIAN, "iso-8859-2", "iso-8859-2"),
        (CROATIAN, "iso-8859-2", "windows-1250"),
        (CROATIAN, "iso-8859-2", None),
        (ALBANIAN, "iso-8859-1", None),
        (ALBANIAN, "iso-8859-1", "iso-8859-1"),
    ],
)
def test_single_byte_charsets_whatever_is_declared(text: str, true: str, declared: str | None) -> None:
    header = f"text/html; charset={declared}" if declared else None
    assert decoded(text.encode(true), header)[0] == text


def test_meta_where_the_header_says_nothing() -> None:
    page = f'<html><head><meta charset="windows-1251"></head><body>{SERBIAN}</body></html>'
    assert decoded(page.encode("windows-1251"), "text/html")[0] == page


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_wins(mark: bytes, codec: str) -> None:
    assert decoded(mark + SERBIAN.encode(codec), "text/html; charset=windows-1250") == (SERBIAN, codec)


def test_a_cut_letter_does_not_spoil_utf8() -> None:
    text, codec = decoded((SERBIAN * 3).encode()[:-2] + b"</p>", None)
    assert codec == "utf-8"
    assert text.startswith(SERBIAN)


REGIONAL = [SERBIAN, CROATIAN, ROMANIAN, ALBANIAN]


def misread(text: str, charset: str) -> str:
    """UTF-8 read as another charset; a byte that it does not have stands for its number, as browsers read it."""
    return "".join(bytes([byte]).decode(charset, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("text", REGIONAL)
@pytest.mark.parametrize("wrong", ["cp1252", "cp1250", "cp1251", "iso-8859-1"])
def test_text_misread_before_it_was_stored_is_mended(text: str, wrong: str) -> None:
    assert decoded(misread(text, wrong).encode(), None) == (text, "utf-8")


@pytest.mark.parametrize("text", REGIONAL)
def test_text_misread_twice_is_mended(text: str) -> None:
    assert decoded(misread(misread(text, "cp1252"), "cp1252").encode(), None)[0] == text


@pytest.mark.parametrize(
    ("text", "charset"), [(SERBIAN, "windows-1251"), (CROATIAN, "windows-1250"), (CROATIAN, "iso-8859-2")]
)
def test_parts_in_utf8_and_parts_in_another_charset(text: str, charset: str) -> None:
    page = f"<p>{text}</p>"
    assert decoded(page.encode() + page.encode(charset) + page.encode(), None)[0] == page * 3
    assert decoded(page.encode(charset) * 3 + page.encode(), "text/html; charset=utf-8")[0] == page * 4


@pytest.mark.parametrize(
    "text", ["ПОЛИЦИЈА У ПОТРАЗИ ЗА ОСУМЊИЧЕНИМ", "РЈ СЈ Ој, Еј! „ЉУБАВ“", "Ă la carte, Ç. Ë. «Ëndrra»"]
)
def test_what_is_right_is_not_mended(text: str) -> None:
    assert decoded(text.encode(), None)[0] == text


def test_capitals_in_cyrillic_are_not_taken_for_utf8() -> None:
    text = f"{SERBIAN} ПОЛИЦИЈА: РЕПУБЛИКА, ЧИЈИ ЈЕ МАЈОР? МЕЂАШ, ЊИВА"
    assert decoded(text.encode("windows-1251"), None)[0] == text


@pytest.mark.parametrize(
    "label", ["rot13", "base64", "hex", "zlib", "idna", "undefined", "unicode-escape", "shift_jis", "hz"]
)
def test_what_python_calls_a_codec_and_no_page_is_written_in_is_not_believed(label: str) -> None:
    text = "Полиција је у Шапцу запленила пушку \\u0041"
    assert decoded(text.encode("windows-1251"), f"text/html; charset={label}") == (text, "windows-1251")

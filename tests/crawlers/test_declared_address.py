"""Which address a page says is its own, and when that is believed."""

from __future__ import annotations

import pytest
from lxml import html

from crawlers.identity.declared_address import declared_address

PAGE = "https://www.example.rs/vesti/hronika/123456-puska-u-kuli?ref=x"


def said(head: str, url: str = PAGE) -> str | None:
    return declared_address(html.document_fromstring(f"<html><head>{head}</head><body><p>x</p></body></html>"), url)


def canonical(address: str) -> str:
    return f'<link rel="canonical" href="{address}">'


def og(address: str) -> str:
    return f'<meta property="og:url" content="{address}">'


@pytest.mark.parametrize(
    ("head", "url", "address"),
    [
        (canonical("https://example.rs/2024/03/puska-u-kuli/"), "https://example.rs/?p=12", "/2024/03/puska-u-kuli"),
        (canonical("/2024/03/puska-u-kuli/"), "https://example.rs/?p=12", "/2024/03/puska-u-kuli"),
        (og("https://example.rs/2024/03/puska-u-kuli/"), "https://example.rs/?p=12", "/2024/03/puska-u-kuli"),
        (canonical("http://m.example.rs/vesti/123456-puska/"), PAGE, "/vesti/123456-puska"),
        (canonical("https://example.rs/vest/123456"), "https://example.rs/vest/123456/puska-u-kuli", "/vest/123456"),
        (canonical("https://example.rs/vest-123456"), "https://example.rs/vest-123456?id_sekcije=4", "/vest-123456"),
        (canonical("https://example.rs/vest.php?id=12"), "https://example.rs/vest.php?id=12&x=1", "/vest.php?id=12"),
        (canonical("https://example.rs/") + og("https://example.rs/puska-u-kuli-123"), PAGE, "/puska-u-kuli-123"),
        (canonical("https://example.rs/cir/puska-u-kuli"), "https://example.rs/lat/puska-u-kuli", "/puska-u-kuli"),
    ],
)
def test_believed(head: str, url: str, address: str) -> None:
    assert said(head, url) == f"https://example.rs{address}"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("", PAGE),
        (canonical(""), PAGE),
        (canonical("https://example.rs/"), PAGE),
        (canonical("https://www.example.rs/index.php"), PAGE),
        (canonical("https://other.rs/vesti/hronika/123456-puska-u-kuli"), PAGE),
        (canonical("https://co.rs/123456"), "https://example.co.rs/123456"),
        (canonical("https://example.rs:8443/123456"), PAGE),
        (canonical("https://example.rs/vesti/hronika"), PAGE),
        (canonical("https://example.rs/vest.php"), "https://example.rs/vest.php?id=12"),
        (canonical("https://example.rs/bilteni"), "https://example.rs/bilteni?id=12"),
        (canonical("https://example.rs/dnevni-bilten-uprave"), "https://example.rs/dnevni-bilten-uprave?strana=2"),
        (canonical("https://example.rs/en/123456"), "https://example.rs/sr/123456"),
        (canonical("https://en.example.rs/123456"), "https://ru.example.rs/123456"),
        (canonical("https://example.rs/1?lang=en"), "https://example.rs/1?lang=sr"),
        (canonical("https://example.rs/puska-u-kuli-1") + canonical("https://example.rs/puska-u-adi-2"), PAGE),
        (canonical("javascript:void(0)"), PAGE),
        (canonical("http://[::1"), PAGE),
        (canonical("https://example.rs/" + "x" * 3000), PAGE),
    ],
)
def test_not_believed(head: str, url: str) -> None:
    assert said(head, url) is None

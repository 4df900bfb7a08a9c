"""Which addresses are the same article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.identity import NotAnAddress, article_id, normalised

SAME = [
    ("https://www.example.rs/vest/1", "http://example.rs/vest/1/"),
    ("https://example.rs:443/vest/1", "https://example.rs/vest/1#comments"),
    ("https://m.example.rs/vest/1", "https://example.rs/vest/1"),
    ("https://example.rs/vest/1?utm_source=rss&utm_medium=feed", "https://example.rs/vest/1"),
    ("https://example.rs/?p=12&fbclid=abc", "https://example.rs/index.php?p=12"),
    ("https://example.rs/vest?b=2&a=1", "https://example.rs/vest?a=1&b=2"),
    ("https://example.rs/lat/vest/1", "https://example.rs/cir/vest/1"),
    ("https://lat.example.rs/vest/1", "https://example.rs/vest/1"),
    ("https://example.rs/vest/1/amp/", "https://example.rs/vest/1"),
    ("https://example.rs/vest/1?amp=1", "https://amp.example.rs/vest/1"),
    ("https://example.rs/%D0%B2%D0%B5%D1%81%D1%82", "https://example.rs/вест"),
    ("https://example.rs/%7Edesk/%d0%b0", "https://example.rs/~desk/%D0%B0"),
    ("https://EXAMPLE.rs/vest", "https://example.rs./vest"),
    ("https://example.rs/a/../vest//1", "https://example.rs/vest/./1"),
    ("https://вести.срб/1", "https://xn--b1agj9af.xn--90a3ac/1"),
]

DIFFERENT = [
    ("https://example.rs/vest/1", "https://example.rs/vest/2"),
    ("https://example.rs/?p=12", "https://example.rs/?p=13"),
    ("https://example.rs/Vest", "https://example.rs/vest"),
    ("https://hronika.example.rs/1", "https://example.rs/1"),
    ("https://example.rs:8443/1", "https://example.rs/1"),
    ("https://example.rs/a%2Fb", "https://example.rs/a/b"),
    ("http://127.0.0.1:8000/lat", "http://127.0.0.2:8000/lat"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_article(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)
    assert article_id(one) == article_id(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_articles(one: str, other: str) -> None:
    assert article_id(one) != article_id(other)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "vest/1",
        "ftp://example.rs/1",
        "http://",
        "http://[::1",
        "https://a:x/",
        "mailto:a@b.c",
        "https://a.rs/" + "x" * 2000,
    ],
)
def test_no_address(address: str) -> None:
    with pytest.raises(NotAnAddress):
        normalised(address)


segments = st.sampled_from(
    ["lat", "cir", "amp", "vest", "..", ".", "", "index.php", "č", "%41", "%2541", "%", "%%34", "a b", "print", "+"]
)
addresses = st.builds(
    lambda scheme, host, port, path, query, fragment: f"{scheme}://{host}{port}/{'/'.join(path)}{query}{fragment}",
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        ["example.rs", "WWW.m.Example.rs", "lat.amp.example.rs", "ћирилица.срб", "10.0.0.1", "[::1]", "m.rs"]
    ),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(st.one_of(segments, st.text(max_size=5)), max_size=5),
    st.one_of(st.just(""), st.text(max_size=12).map(lambda text: f"?utm_x=1&b=%7e&{text}")),
    st.sampled_from(["", "#top", "#?a"]),
)


@given(addresses)
def test_idempotent(address: str) -> None:
    try:
        once = normalised(address)
    except NotAnAddress:
        return
    assert normalised(once) == once


@given(st.permutations(["a=1", "b=2", "utm_source=x", "c", "a=3", "fbclid=9"]))
def test_order_of_parameters_is_nothing(parameters: list[str]) -> None:
    assert normalised("https://example.rs/x?" + "&".join(parameters)) == "https://example.rs/x?a=1&a=3&b=2&c"


def test_article_id_is_pinned() -> None:
    """Ids are stored and must never change."""
    assert article_id("https://www.example.rs/vest/1?utm_source=rss") == "a798d658d4593515f26bb"

"""Which addresses are the same article."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.identity.address_rules import RULES, Rule
from crawlers.identity.normal_form import NotAnAddress, article_id, normalised

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
    ("http://example.rs:80/vest/1?", "https://example.rs/vest/1/"),
    # AMP
    ("https://example.rs/amp/vest/1", "https://example.rs/vest/1"),
    ("https://example.rs/vest/1/amp.html", "https://example.rs/vest/1"),
    ("https://example.rs/vest-1.amp.html", "https://example.rs/vest-1.html"),
    ("https://example.rs/vest-1.amp", "https://example.rs/vest-1"),
    ("https://example.rs/vest-1?outputType=amp", "https://example.rs/vest-1?noamp=mobile"),
    ("https://www.google.com/amp/s/example.rs/vest/1/amp/", "https://example.rs/vest/1"),
    ("https://example-rs.cdn.ampproject.org/c/s/example.rs/vest/1?amp_js_v=0.1", "https://example.rs/vest/1"),
    # mobile
    ("https://mobile.example.rs/vest/1", "https://www.example.rs/m/vest/1"),
    ("https://wap.example.com.mk/vest/1", "https://example.com.mk/vest/1"),
    # mirrors, staging hosts, former names
    ("https://direct.botasot.info/lajme/1", "https://www.botasot.info/lajme/1"),
    ("https://gale.karakorum.avaz.ba/vijesti/1", "https://avaz.ba/vijesti/1"),
    ("https://m.beta.avaz.ba/vijesti/1", "https://avaz.ba/vijesti/1"),
    ("https://publika.md/stire_1.html", "https://publika.press/stire_1.html"),
    # scripts of one language
    ("https://example.rs/sr-lat/vest/1", "https://example.rs/sr-Cyrl/vest/1"),
    ("https://example.rs/sr_RS@latin/vest/1", "https://example.rs/sr/vest/1"),
    ("https://example.rs/sr/lat/vest/1", "https://example.rs/sr/cir/vest/1"),
    ("https://example.rs/vest?id=12&lang=lat", "https://example.rs/vest?lang=cir&id=12"),
    ("https://example.rs/vest?id=12&lang=sr-lat", "https://example.rs/vest?id=12&lang=sr-cyr"),
    ("https://example.rs/vest/1?pismo=lat", "https://example.rs/vest/1"),
    # print views
    ("https://example.rs/vest/1/print/", "https://example.rs/vest/1?print=1"),
    ("https://example.rs/index.php?id=7&tmpl=component&print=1", "https://example.rs/?id=7"),
    # sessions
    ("https://example.rs/vest/1;jsessionid=0A1B2C?x=1", "https://example.rs/vest/1?x=1"),
    ("https://example.rs/(S(abcdefghijklmnopqrstuvwx))/vest.aspx?id=1", "https://example.rs/vest.aspx?id=1"),
    ("https://example.rs/vest?id=1&PHPSESSID=ab12", "https://example.rs/vest?id=1"),
    ("https://example.rs/vest?id=1&sid=0123456789abcdef0123456789abcdef", "https://example.rs/vest?id=1"),
    # what feeds do to addresses
    ("https://example.rs/?p=12&amp;utm_source=rss", "https://example.rs/?p=12"),
    ("https://www.google.com/url?rct=j&url=https%3A%2F%2Fexample.rs%2Fvest%2F1&ct=ga", "https://example.rs/vest/1"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.rs%2Fvest%2F1&h=AT0", "https://example.rs/vest/1"),
]

DIFFERENT = [
    ("https://google.xy.ru/amp/s/example.rs/vest/1", "https://example.rs/vest/1"),
    ("https://example.rs/vest/1", "https://example.rs/vest/2"),
    ("https://example.rs/?p=12", "https://example.rs/?p=13"),
    ("https://example.rs/Vest", "https://example.rs/vest"),
    ("https://hronika.example.rs/1", "https://example.rs/1"),
    ("https://example.rs:8443/1", "https://example.rs/1"),
    ("https://example.rs/a%2Fb", "https://example.rs/a/b"),
    ("http://127.0.0.1:8000/lat", "http://127.0.0.2:8000/lat"),
    # languages of one story are articles of their own
    ("https://example.rs/sr/vest/1", "https://example.rs/en/vest/1"),
    ("https://example.md/ro/stire/1", "https://example.md/ru/stire/1"),
    ("https://ru.publika.press/1", "https://en.publika.press/1"),
    ("https://example.rs/vest?id=1&lang=sr", "https://example.rs/vest?id=1&lang=en"),
    ("https://example.rs/sr-lat/vest/1", "https://example.rs/en/vest/1"),
    ("https://republika.mk/1", "https://english.republika.mk/1"),
    # numbers that only look like what is dropped
    ("https://example.rs/modules.php?name=News&sid=12", "https://example.rs/modules.php?name=News&sid=13"),
    ("https://example.rs/vest.php?ref=12", "https://example.rs/vest.php?ref=13"),
    ("https://example.rs/?source=12", "https://example.rs/?source=13"),
    ("https://example.rs/vest?strana=1", "https://example.rs/vest?strana=2"),
    ("https://mvr.gov.mk/dnevni-bilteni?page=1", "https://mvr.gov.mk/dnevni-bilteni?page=2"),
    ("https://example.rs/vest?id=1&id=2", "https://example.rs/vest?id=1"),
    ("https://example.rs/a?b=1%26c=2", "https://example.rs/a?b=1&c=2"),
    ("https://example.rs/a%3Fb=1", "https://example.rs/a?b=1"),
    # words that only look like a view or a script
    ("https://example.rs/latinoamerika/1", "https://example.rs/1"),
    ("https://example.rs/vesti/lat/1", "https://example.rs/vesti/1"),
    ("https://example.rs/tehnika/amp/pojacalo", "https://example.rs/tehnika/pojacalo"),
    ("https://example.rs/lat", "https://example.rs/"),
    ("https://example.rs/lat/amp", "https://example.rs/amp"),
    ("https://example.rs/vest-amplituda", "https://example.rs/vest-"),
    ("https://m.co.rs/1", "https://co.rs/1"),
    # hosts that are related and no mirrors
    ("https://arhiva.kurir.mk/?p=12", "https://kurir.mk/?p=12"),
    ("https://tip.rs/hronika/123/naslov", "https://novosti.rs/hronika/123/naslov"),
    ("https://n1info.ba/vijesti/1", "https://n1info.rs/vijesti/1"),
    ("https://a2news.mediadesk.ai/1", "https://vna.mediadesk.ai/1"),
    # what is carried by others
    ("https://www.google.com/url?url=https://example.rs/1", "https://www.google.com/url?url=https://example.rs/2"),
    ("https://www.google.com/amp/s/example.rs/1", "https://www.google.com/amp/s/example.rs/2"),
    ("https://bit.ly/3abcDE", "https://bit.ly/3abcDe"),
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
    [
        "lat",
        "cir",
        "amp",
        "vest",
        "..",
        ".",
        "",
        "index.php",
        "č",
        "%41",
        "%2541",
        "%",
        "%%34",
        "a b",
        "print",
        "+",
        "m",
        "sr",
        "en",
        "sr-lat",
        "lat.amp",
        "...amp",
        "x.amp.html",
        "amp.html",
        "..;jsessionid=1",
        "lat;sid=2",
        "s",
        "(S(abcdefghijklmnopqrstuvwx))",
        "example.rs",
        "vest.php",
        "l.php",
        "c",
    ]
)
pairs = st.sampled_from(
    [
        "p=12",
        "ref=1",
        "print=1",
        "lang=lat",
        "lang=sr-lat",
        "lang=en",
        "utm_x=1",
        "b=%7e",
        "amp;a=1",
        "amp;amp;ref=2",
        "sid=0123456789abcdef0123456789abcdef",
        "sid=1",
        "a=2",
        "",
        "=",
        "amp",
        "u=https://m.example.rs/amp/1?ref=1",
    ]
)
addresses = st.builds(
    lambda scheme, host, port, path, query, fragment: f"{scheme}://{host}{port}/{'/'.join(path)}{query}{fragment}",
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(
        [
            "example.rs",
            "WWW.m.Example.rs",
            "lat.amp.example.rs",
            "ћирилица.срб",
            "10.0.0.1",
            "[::1]",
            "m.rs",
            "m.beta.avaz.ba",
            "www.google.com",
            "e.cdn.ampproject.org",
            "l.facebook.com",
            "m.co.rs",
            "www.gov.rs",
        ]
    ),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(st.one_of(segments, st.text(max_size=5)), max_size=5),
    st.one_of(
        st.lists(pairs, max_size=5).map(lambda pairs: "?" + "&".join(pairs)),
        st.text(max_size=12).map(lambda text: f"?utm_x=1&b=%7e&{text}"),
    ),
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


@given(addresses, st.permutations(RULES))
def test_order_of_rules_is_nothing(address: str, rules: list[Rule]) -> None:
    try:
        expected = normalised(address)
    except NotAnAddress:
        return
    assert normalised(address, tuple(rules)) == expected


@given(st.lists(pairs, max_size=6), st.randoms(use_true_random=False))
def test_order_of_telling_and_idle_parameters_is_nothing(query: list[str], random: Random) -> None:
    shuffled = list(query)
    random.shuffle(shuffled)
    assert normalised(f"https://example.rs/?{'&'.join(query)}") == normalised(
        f"https://example.rs/?{'&'.join(shuffled)}"
    )


@pytest.mark.parametrize("url", [url for pair in SAME + DIFFERENT for url in pair])
def test_every_example_is_stable(url: str) -> None:
    assert normalised(normalised(url)) == normalised(url)


HOSTILE = [
    "https://example.rs/" + "a" * 1_000_000,
    "https://example.rs/x" + ".amp" * 1_900 + "x",
    "https://example.rs/(" + "A(x)" * 1_900,
    "https://a.cdn.ampproject.org/c/s/" * 240 + "example.rs/x",
    "https://" + "www.google.com/amp/s/" * 380 + "example.rs/x",
    "https://" + "č." * 3_900 + "rs/x",
]


@pytest.mark.parametrize("url", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_address_is_refused_at_once(url: str) -> None:
    """One link of one feed must not hold up the thread that reads all of them."""
    began = time.process_time()
    with pytest.raises(NotAnAddress):
        normalised(url)
    assert time.process_time() - began < 2


def test_article_id_is_pinned() -> None:
    """Ids are stored and must never change."""
    assert article_id("https://www.example.rs/vest/1?utm_source=rss") == "a798d658d4593515f26bb"

"""Feed documents as sites really send them."""

from __future__ import annotations

import datetime as dt
import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.feeds.formats import Child, NotAFeed, parse
from crawlers.fetching.answers import FetchFailed

URL = "https://example.rs/feed"


def links(body: bytes, kind: str = "rss", url: str = URL, content_type: str | None = None) -> list[str]:
    return [item.link for item in parse(body, content_type, url, kind, 100).items]


RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0"><channel><title>Пример</title><language>sr</language>
<item><title>Пуцњава у граду</title><link>https://example.rs/1?utm_source=rss</link><guid>g1</guid>
<pubDate>Tue, 12 Mar 2024 12:30:00 +0100</pubDate></item>
<item><title>Druga</title><link>/2</link></item>
<item><title>Bez adrese</title></item>
<item><title>Pošta</title><link>mailto:desk@example.rs</link></item>
</channel></rss>"""


def test_rss() -> None:
    document = parse(RSS.format(encoding="utf-8").encode(), None, URL, "rss", 100)
    first, second = document.items
    assert (first.url, first.link) == ("https://example.rs/1", "https://example.rs/1?utm_source=rss")
    assert (first.title, first.guid) == ("Пуцњава у граду", "g1")
    assert first.published == dt.datetime(2024, 3, 12, 11, 30, tzinfo=dt.UTC)
    assert (second.link, second.published) == ("https://example.rs/2", None)
    assert document.title == "Пример"
    assert document.note == "2 of 4 entries have no address to fetch"


def test_rss_in_windows_1251() -> None:
    body = RSS.replace("š", "s").format(encoding="windows-1251").encode("windows-1251")
    assert parse(body, "application/rss+xml", URL, "rss", 100).items[0].title == "Пуцњава у граду"


def test_atom() -> None:
    body = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
    <entry><title>a</title><id>tag:1</id><link rel="alternate" href="a/1"/>
    <published>2024-03-12T12:30:00+01:00</published><updated>2024-03-13T12:30:00+01:00</updated></entry></feed>"""
    [item] = parse(body, None, "https://example.rs/x/atom.xml", "atom", 100).items
    assert item.link == "https://example.rs/x/a/1"
    assert item.published == dt.datetime(2024, 3, 12, 11, 30, tzinfo=dt.UTC)
    assert item.updated == dt.datetime(2024, 3, 13, 11, 30, tzinfo=dt.UTC)


def test_malformed_rss_is_recovered() -> None:
    body = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>a & b</title>
    <item><title>x <b> y</title><link>https://example.rs/1</link></item>
    <item><title>z</title><link>https://example.rs/2</link></item>"""
    document = parse(body, None, URL, "rss", 100)
    assert [item.link for item in document.items] == ["https://example.rs/1", "https://example.rs/2"]
    assert document.note is not None


@pytest.mark.parametrize(
    ("body", "kind", "complaint"),
    [
        (b"<!doctype html><html><body>404</body></html>", "rss", "an HTML page instead of a feed"),
        (b"\xef\xbb\xbf\n<!-- x --><HTML><body/></HTML>", "atom", "an HTML page instead of a feed"),
        (b"<html><body/></html>", "sitemap", "an HTML page instead of a feed"),
        (b"", "rss", "the document is empty"),
        (b"  \n", "section", "the document is empty"),
        (b"Service unavailable", "rss", "no RSS or Atom"),
        (b'{"items": []}', "rss", "no RSS or Atom"),
        (b"<urlset/>", "rss", "declare kind sitemap"),
        (b"<rss version='2.0'><channel/></rss>", "sitemap", "no sitemap but rss"),
        (b"plain", "sitemap", "no XML"),
        (b"\x1f\x8bbroken", "sitemap", "a broken gzip file"),
        (b"<html><body><a href='/'>Home</a></body></html>", "section", "without headlines"),
    ],
)
def test_what_is_no_feed(body: bytes, kind: str, complaint: str) -> None:
    with pytest.raises(NotAFeed, match=complaint):
        parse(body, None, URL, kind, 100)


def test_entities_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>'
    rss = f"{bomb}<rss version='2.0'><channel><item><title>&l9;</title><link>https://example.rs/1</link></item></channel></rss>"
    sitemap = f"{bomb}<urlset><url><loc>https://example.rs/1?&l9;</loc></url></urlset>"
    [item] = parse(rss.encode(), None, URL, "rss", 100).items
    assert len(item.title or "") < 1000
    assert all(len(link) < 1000 for link in links(sitemap.encode(), "sitemap"))


NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://example.rs/old</loc><lastmod>2024-03-01</lastmod></url>
<url><loc> https://example.rs/new </loc><news:news><news:publication><news:name>Example</news:name></news:publication>
<news:publication_date>2024-03-12T10:00:00+01:00</news:publication_date><news:title>Novo</news:title></news:news></url>
</urlset>"""


def test_news_sitemap_newest_first() -> None:
    first, second = parse(NEWS.encode(), None, URL, "sitemap", 100).items
    assert (first.link, first.title) == ("https://example.rs/new", "Novo")
    assert first.published == dt.datetime(2024, 3, 12, 9, tzinfo=dt.UTC)
    assert (second.published, second.updated) == (None, dt.datetime(2024, 3, 1, tzinfo=dt.UTC))


def test_gzipped_sitemap() -> None:
    assert links(gzip.compress(NEWS.encode()), "sitemap") == ["https://example.rs/new", "https://example.rs/old"]


def test_sitemap_index_names_its_newest_first() -> None:
    entries = "".join(
        f"<sitemap><loc>/posts-{month}.xml</loc><lastmod>2024-{month:02}-01</lastmod></sitemap>"
        for month in range(1, 8)
    )
    document = parse(f"<sitemapindex>{entries}</sitemapindex>".encode(), None, URL, "sitemap", 100)
    assert document.children == tuple(
        Child(f"https://example.rs/posts-{month}.xml", dt.datetime(2024, month, 1, tzinfo=dt.UTC))
        for month in (7, 6, 5, 4, 3, 2, 1)
    )


def test_section_page_lists_headlines_below_its_path() -> None:
    body = """<html lang="sr"><body><nav><a href="/hronika">Hronika i sve što u nju spada</a></nav>
    <a href="/hronika/1">Pucnjava u centru grada</a><a href="/hronika/1#komentari">Pucnjava u centru grada (3)</a>
    <a href="/sport/2">Naslov iz sporta, dovoljno dug</a>
    <a href="https://other.rs/hronika/3">Tuđi naslov, dovoljno dug</a>
    <a href="/hronika/4">Dalje</a></body></html>""".encode()
    [item] = parse(body, "text/html; charset=utf-8", "https://example.rs/hronika", "section", 100).items
    assert (item.link, item.title) == ("https://example.rs/hronika/1", "Pucnjava u centru grada")


@pytest.mark.parametrize("element", ["author", "managingEditor", "dc:creator", "itunes:author", "link"])
def test_a_word_of_a_megabyte_holds_nobody_up(element: str) -> None:
    word = "a" * 1_000_000
    body = (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>"
        f"<item><{element}>http://example.rs/{word}</{element}></item>"
        "<item><link>http://example.rs/1</link></item></channel></rss>"
    )
    began = time.process_time()
    assert links(body.encode())[-1:] == ["http://example.rs/1"]
    assert time.process_time() - began < 5


def test_limit() -> None:
    items = "".join(f"<item><link>https://example.rs/{n}</link></item>" for n in range(50))
    body = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    assert len(parse(body, None, URL, "rss", 7).items) == 7


@given(st.binary(max_size=300), st.sampled_from(["rss", "atom", "sitemap", "section"]))
def test_any_bytes_are_a_feed_or_are_not(body: bytes, kind: str) -> None:
    try:
        document = parse(body, None, URL, kind, 10)
    except NotAFeed:
        return
    assert len(document.items) <= 10


markup = st.lists(
    st.sampled_from(
        ["<rss version='2.0'>", "<channel>", "<item>", "<link>", "</link>", "</item>", "<urlset>", "<url>", "<loc>",
         "https://example.rs/1", "</loc>", "</url>", "&amp;", "&", "<![CDATA[", "]]>", "<title>", "\ud7ff",
         "\x00", "<a href='//['>"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@given(markup, st.sampled_from(["rss", "sitemap", "section"]))
def test_any_markup_is_a_feed_or_is_not(text: str, kind: str) -> None:
    try:
        parse(text.encode(), "text/xml", URL, kind, 10)
    except NotAFeed:
        return


def test_no_title_speaks_to_a_terminal_or_turns_its_direction() -> None:
    body = (
        "<rss version='2.0'><channel><item><title>Pucnjava\x7f31m \u202eu selu\u2066</title>"
        "<link>http://example.rs/a\x7fb</link><guid>g\u202e1</guid></item></channel></rss>"
    )
    item = parse(body.encode(), None, URL, "rss", 10).items[0]
    assert (item.title, item.link, item.guid) == ("Pucnjava31m u selu", "http://example.rs/a%7Fb", "g1")


def test_words_of_a_site_are_escaped_in_what_is_told_of_it() -> None:
    assert str(NotAFeed("begins with \x1b[31m\u202e\r\nxx")) == r"begins with \x1b[31m\u202e xx"
    assert FetchFailed("server", "HTTP \x9b2J\x07").reason == r"HTTP \x9b2J\x07"

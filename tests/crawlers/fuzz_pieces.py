"""What feeds, sitemaps, sections and pages of the fuzz run are put together from: pieces as sites send them, sound ones
first and then strange ones, so that what hypothesis finds shrinks to a sound document with one fault.

A draw costs hypothesis more than reading a document costs us: one number chooses several pieces (`choices`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.crawlers.sites import words

BASE = "https://example.rs"
Text = SearchStrategy[str]

TITLES = (
    "Pucnjava u centru grada", "Пуцњава у центру Шапца", "Të shtëna me armë në qendër", "Împușcături în centrul orașului",
    "<![CDATA[Kum & <b>kuma</b>&nbsp;]]>", "Kum &amp;amp; kuma", "Kum & kuma &scaron;", "&lt;script&gt;", "", "  ",
    "puška " * 300, "\u202eokrenuto\u0007", "&#xD800;", "&#0;&#x1F;", "&e;",
)  # fmt: skip

PATHS = (
    "/hronika/1", "/hronika/2?utm_source=rss&x=1", "/?p=7", "/2024/03/12/pucnjava", "/lat/hronika/1", "/a b", "/ш/ђ", "",
    "//", "//[", "http://[", "http://[::1", "http://example.rs:99999/", "http://example.rs:x/", "https://xn--/", "www.x.rs/a",
    "mailto:a@b", "javascript:1", "http://10.0.0.1/", "//a@b:c@d/", "?", "#x", "/long-" + "a" * 3000, "http://\u2100/", "https://./", "%zz%00",
)  # fmt: skip
LINKS = tuple(BASE + path for path in PATHS) + PATHS

MOMENTS = (
    "Tue, 12 Mar 2024 12:30:00 +0100", "2024-03-12T12:30:00Z", "2024-03-12", "12.03.2024. 12:30", "12 март 2024", "acum 2 ore",
    "12 Mars, ora 12:30", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 12 Mar 2099 12:30:00 +0100", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+14:00", "Mon, 99 Foo 99999 99:99:99 +9999", "2024-13-45T99:99", "-1", "1" * 400, "", "četvrtak", "2024-W11", "now",
)  # fmt: skip

JSON_VALUES = (
    '"https://example.rs/2"', '"/hronika/1"', '"2024-03-12T12:30:00+25:00"', "7", "null", "[]", "{}", "[[[1e999]]]", '"\\ud800"', "true",
)  # fmt: skip

MOST_EVENLY_DRAWN = 2**24
"""Of larger ranges hypothesis draws the small numbers much more often."""


def choices(*lists: Sequence[str]) -> SearchStrategy[tuple[str, ...]]:
    """One piece out of each list."""
    combinations = prod(map(len, lists))
    assert combinations <= MOST_EVENLY_DRAWN

    def chosen(number: int) -> tuple[str, ...]:
        pieces = []
        for one in lists:
            number, index = divmod(number, len(one))
            pieces.append(one[index])
        return tuple(pieces)

    return st.integers(0, combinations - 1).map(chosen)


def filled(templates: Sequence[str], *lists: Sequence[str]) -> Text:
    """One of the templates, whose $1, $2, … stand for pieces out of the lists."""

    def written(chosen: tuple[str, ...]) -> str:
        text, *pieces = chosen
        for number, piece in enumerate(pieces, 1):
            text = text.replace(f"${number}", piece)
        return text

    return choices(templates, *lists).map(written)


def several(piece: Text, most: int) -> Text:
    return st.lists(piece, max_size=most).map("".join)


ENTRIES = filled(
    (
        "<item><title>$1</title><link>$2</link><guid>$2</guid><pubDate>$3</pubDate></item>",
        "<item><title>$1</title><link>$2</link><description>$1</description><dc:date>$3</dc:date></item>",
        "<item><link>$2</link><guid isPermaLink='true'>1</guid><content:encoded>$1</content:encoded></item>",
        "<item><title>$1</title><guid>$2</guid></item>",
        "<entry><title type='html'>$1</title><link rel='alternate' href='$2'/><id>$2</id><updated>$3</updated></entry>",
        "<entry><link href='$2'/><link rel='self' href='x'/><published>$3</published><summary>$1</summary></entry>",
    ),
    TITLES,
    LINKS,
    MOMENTS,
)  # fmt: skip
FRAMES = (
    "<rss version='2.0'><channel>$1$2</channel></rss>",
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>$1$2</channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>$1$2</feed>",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>$1$2</rdf:RDF>",
    "<!DOCTYPE rss [<!ENTITY e 'ha'><!ENTITY f '&e;&e;&e;&e;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss><channel>&x;&f;$1$2</channel></rss>",
)
CHANNELS = (
    "<title>Hronika</title>", "<ttl>60</ttl>", "<ttl>-1e400</ttl>", f"<ttl>{'9' * 400}</ttl>", "<language>sr-Latn</language>",
    "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", "<skipHours><hour>25</hour></skipHours>", "",
    "<sy:updatePeriod>yearly</sy:updatePeriod><sy:updateFrequency>99999999999999999999</sy:updateFrequency>",
)  # fmt: skip
XML_FEEDS = st.tuples(filled(FRAMES, CHANNELS), several(ENTRIES, 5)).map(lambda found: found[0].replace("$2", found[1]))

JSON_ENTRIES = filled(
    (
        '{"id": $1, "url": $2, "title": $3, "date_published": $4}',
        '{"url": $1, "external_url": $2, "date_modified": $3}',
        '{"id": $1}',
    ),
    *([JSON_VALUES] * 4),
)
JSON_FEEDS = st.lists(JSON_ENTRIES, max_size=4).map(
    lambda entries: f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{", ".join(entries)}]}}'
)
FEEDS = st.one_of(XML_FEEDS, XML_FEEDS, XML_FEEDS, JSON_FEEDS)

ADDRESSES = filled(
    (
        "<url><loc>$1</loc><lastmod>$2</lastmod></url>",
        "<url><loc>$1</loc><news:news><news:publication_date>$2</news:publication_date><news:title>$3</news:title></news:news></url>",
        "<url><lastmod>$2</lastmod></url>",
        "<sitemap><loc>$1</loc><lastmod>$2</lastmod></sitemap>",
        "<sitemap><loc>$1</loc></sitemap><url><loc>$1</loc></url>",
    ),
    LINKS,
    MOMENTS,
    TITLES,
)
SITEMAPS = st.tuples(
    st.sampled_from(
        (
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='n'>$1</urlset>",
            "<sitemapindex>$1</sitemapindex>",
            "<urlset>$1</urlset>",
        )
    ),
    several(ADDRESSES, 5),
).map(lambda found: found[0].replace("$1", found[1]))

HEADS = filled(
    (
        '<meta property="article:published_time" content="$1"><link rel="canonical" href="$2">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "$1", "author": [{"name": "R"}, 7, null]}</script>',
        '<link rel="alternate" type="application/rss+xml" href="$2"><meta property="og:url" content="$2">',
        '<base href="$2"><meta property="og:title" content="$3"><meta name="description" content="$3">',
        '<meta charset="utf-7"><meta name="generator" content="$3">',
        '<meta charset="windows-1251"><script type="application/ld+json">[[[',
        '<meta http-equiv="refresh" content="0;url=$2"><noscript>JavaScript</noscript>',
    ),
    MOMENTS,
    PATHS,
    TITLES,
)
PARAGRAPHS = tuple(paragraph for number in range(4) for paragraph in words(number).split("\n\n"))
BLOCKS = filled(
    (
        "<p>$1</p>", "<p>$1</p><p>$2</p>", "<div>$1</div>", "<h1>$2</h1>", "<h3><a href='/hronika$3'>$2, piše hronika</a></h3>",
        "<a href='$3'>Policija zaplenila pušku u selu</a>", "<time datetime='$4'>$4</time>", "<span class='date'>$4</span>",
        "<table><tr><td>$1", "</table>", "<div class='paywall'>Samo za pretplatnike</div>", "<aside>$1", "</article>",
        "<ul><li>Pročitajte još <a href='$3'>$2</a>", "<iframe src='//['></iframe>", "<svg><a/><title>$2</title></svg>", "<template><p>$1",
        "<select><option>", "<p>Ovaj sajt koristi kolačiće. Prihvatam</p>",
    ),
    PARAGRAPHS, TITLES, PATHS, MOMENTS,
)  # fmt: skip
PAGES = st.tuples(choices(TITLES, TITLES), several(HEADS, 2), several(BLOCKS, 6)).map(
    lambda found: (
        f"<!doctype html><html><head><title>{found[0][0]} | Outlet</title>{found[1]}</head><body><nav><a href='/'>Home</a></nav><article><h1>{found[0][1]}</h1><p>{PARAGRAPHS[0]}</p>{found[2]}</article><footer>Sva prava zadržana</footer></body></html>"
    )
)
SECTIONS = st.tuples(several(HEADS, 1), several(BLOCKS, 5)).map(
    lambda found: (
        f"<html><head>{found[0]}</head><body><h3><a href='/hronika/prvi'>Policija zaplenila pušku</a></h3>{found[1]}<a class='next' href='?page=2'>»</a></body></html>"
    )
)

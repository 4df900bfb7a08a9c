"""Feeds as the region's sites send them when something is wrong, each with what is to become of it.

`BASE` in a document stands for the address of the site that serves it, `HOST` for its host and port. Two bear the
name of their codec.
"""

from __future__ import annotations

import codecs
import gzip
from dataclasses import dataclass

TITLES = ("Pucnjava u centru grada", "Policija zaplenila pušku", "Пуцњава у Шапцу")
XML_TYPE = "application/rss+xml"


@dataclass(frozen=True)
class BadFeed:
    """`items` are the paths listed, None for a document that is no feed; `said` is in the note or in the complaint."""

    name: str
    body: bytes
    items: tuple[str, ...] | None
    said: str = ""
    kind: str = "rss"
    content_type: str = XML_TYPE

    def served(self, base: str) -> bytes:
        """The document as the site at this address sends it."""
        codec = self.name if self.name in ("utf-16-le", "utf-16-be") else "latin-1"
        text = self.body.decode(codec).replace("BASE", base).replace("HOST", base.removeprefix("http://"))
        return text.encode(codec)


def item(path: str, title: str = TITLES[0], more: str = "") -> str:
    return f"<item><title>{title}</title><link>BASE{path}</link>{more}</item>"


def rss(*items: str, prolog: str = "<?xml version='1.0' encoding='UTF-8'?>") -> bytes:
    return f"{prolog}<rss version='2.0'><channel><title>Hronika</title>{''.join(items)}</channel></rss>".encode()


def urlset(*entries: str, prolog: str = "") -> bytes:
    return f"{prolog}<urlset>{''.join(entries)}</urlset>".encode()


GOOD = rss(item("/a"), item("/b", TITLES[2]))
BOTH = ("/a", "/b")
HTML = b"<!doctype html><html><head><title>Naslovna</title></head><body><p>Dobro do\xc5\xa1li</p></body></html>"
CAPTCHA = (
    b"<!doctype html><html><head><title>Just a moment...</title></head><body><div id='cf-chl'></div></body></html>"
)
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
BOMB = f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{LAUGHS}]>"
OUTSIDE = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY y SYSTEM 'BASE/entity'>]>"
MANY = 3_000

BAD_FEEDS = [
    BadFeed("empty", b" \n", None, "the document is empty"),
    BadFeed("truncated", rss(item("/a"), item("/b"), item("/c"))[:-30], BOTH, "it breaks off: its last entry is left out"),
    BadFeed("truncated at once", b"<?xml version='1.0'?><rss version='2.0'><chan", None, "nothing could be read"),
    BadFeed("wrong type", GOOD, BOTH, content_type="text/html; charset=utf-8"),
    BadFeed("a page", HTML, None, "an HTML page instead of a feed of kind rss"),
    BadFeed("a page for a sitemap", HTML, None, "an HTML page instead of a feed of kind sitemap", kind="sitemap"),
    BadFeed("a captcha", CAPTCHA, None, "a page that keeps programs out"),
    BadFeed("a captcha for a section", CAPTCHA, None, "a page that keeps programs out", kind="section"),
    BadFeed("a feed for a section", GOOD, None, "a feed instead of a section page", kind="section"),
    BadFeed("a sitemap for a feed", urlset(), None, "declare kind sitemap"),
    BadFeed("a feed for a sitemap", GOOD, None, "no sitemap but rss", kind="sitemap"),
    BadFeed("json", b'{"items": []}', None, "no JSON Feed", content_type="application/json"),
    BadFeed("broken json", b'{"items": [', None, "broken JSON", content_type="application/json"),
    BadFeed("json too deep", b"[" * 200_000, None, "broken JSON", content_type="application/json"),
    BadFeed(
        "a JSON Feed",
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "BASE/a", "title": "Pucnjava",'
        b' "date_published": "2026-03-12T12:30:00+01:00"}, 7, {"title": "Bez adrese"}]}',
        ("/a",),
        "1 of 2 entries have no address",
        content_type="application/feed+json",
    ),
    BadFeed(
        "comments",
        rss(*(item(f"/a#comment-{n}", f"Komentar {n}") for n in range(9))),
        None,
        "a feed of comments",
    ),
    BadFeed("bare ampersands", rss(item("/a?x=1&y=2", "Kum & kuma")), ("/a?x=1&y=2",), "an ampersand"),
    BadFeed("an open element", rss(item("/a", "Pucnjava <b> u gradu"), item("/b")), BOTH, "malformed, read all the same"),
    BadFeed("entities of HTML", rss(item("/a", "Pucnjava&nbsp;&ndash;&scaron;"), item("/b")), BOTH, "&scaron;, which XML"),
    BadFeed(
        "the same entity twice",
        rss(item("/a", "&e;"), item("/b"), prolog="<!DOCTYPE rss [<!ENTITY e 'x'><!ENTITY e 'y'>]>"),
        BOTH,
        "an ampersand",
    ),
    BadFeed("a billion laughs", rss(item("/a", "&l9;"), item("/b"), prolog=BOMB), BOTH, "an ampersand"),
    BadFeed("laughs in a sitemap", urlset("<url><loc>BASE/a</loc></url><url><loc>mailto:&l9;</loc></url>", prolog=BOMB), ("/a",), "1 of 2 entries have no address", kind="sitemap"),
    BadFeed("entities from outside", rss(item("/a", "&x;&y;"), item("/b"), prolog=OUTSIDE), BOTH, "an ampersand"),
    BadFeed("a sitemap with entities from outside", urlset("<url><loc>BASE/a</loc><news><title>&x;&y;</title></news></url>", prolog=OUTSIDE), ("/a",), "an ampersand", kind="sitemap"),
    BadFeed("a mark", codecs.BOM_UTF8 + GOOD, BOTH),
    BadFeed("utf-16-le", "\ufeff{}".format(GOOD.decode().replace("UTF-8", "UTF-16")).encode("utf-16-le"), BOTH),
    BadFeed("utf-16-be", GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16-be"), BOTH),
    BadFeed("windows-1251 that says UTF-8", rss(*(item(f"/{n}", f"{TITLES[2]} број {n}") for n in "ab")).decode().encode("windows-1251"), BOTH),
    BadFeed("NUL and other controls", GOOD.replace(b"Pucnjava", b"Puc\0njava\x0b&#2;"), BOTH, "control characters"),
    BadFeed("warnings of PHP", b"<br />\n<b>Warning</b>: mysql_connect() in <b>/www/a.php</b><br />\n" + GOOD, BOTH, "stands before the feed"),
    BadFeed("nested in a page", b"<!doctype html><html><body>" + GOOD + b"</body></html>", BOTH, "an HTML page stands before"),
    BadFeed("a page with a drawing", b"<html><body><svg><metadata><rdf:RDF xmlns:rdf='x'><cc/></rdf:RDF></metadata></svg></body></html>", None, "an HTML page"),
    BadFeed("no guid", GOOD, BOTH),
    BadFeed("the same guid for all", rss(*(item(path, more="<guid isPermaLink='false'>1</guid>") for path in BOTH)), BOTH, "2 items share their guid"),
    BadFeed("dates of 2099 and 1970", rss(item("/a", more="<pubDate>Thu, 12 Mar 2099 12:30:00 +0100</pubDate>"), item("/b", more="<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>")), BOTH),
    BadFeed("dates in the region's languages", rss(item("/a", more="<pubDate>четврток, 12 март 2026, 12:30</pubDate>"), item("/b", more="<pubDate>E enjte, 12 Mars 2026 12:30</pubDate>")), BOTH),
    BadFeed("items twice", rss(item("/a"), item("/b"), item("/a?utm_source=rss"), item("/a")), BOTH),
    BadFeed("relative links", rss(item("/a"), item("/b")).replace(b"BASE", b""), BOTH),
    BadFeed("links without a scheme", rss(item("/a"), item("/b")).replace(b"BASE", b"HOST"), BOTH),
    BadFeed("links with spaces", rss(item("/a b"), item("/\nb\n")), ("/a%20b", "/b")),
    BadFeed("links to other sites", rss(item("/a")).replace(b"BASE", b"http://127.0.4.250:1"), ("http://127.0.4.250:1/a",), "lead to other sites"),
    BadFeed("links to no address", rss(item("/a")).replace(b"BASE", b"mailto:x"), None, "1 of 1 entries have no address"),
    BadFeed("CDATA titles", rss(item("/a", "<![CDATA[Kum & <b>kuma</b>&nbsp;]]>"), item("/b")), BOTH),
    BadFeed("titles of 100 kB", rss(item("/a", "puška " * 17_000), item("/b")), BOTH),
    BadFeed("more items than are read", rss(*(item(f"/n/{n}") for n in range(MANY))), tuple(f"/n/{n}" for n in range(1000)), f"it lists {MANY} entries"),
    BadFeed("a broken gzip file", b"\x1f\x8bbroken", None, "a broken gzip file", kind="sitemap"),
    BadFeed("a gzip file that breaks off", gzip.compress(urlset("<url><loc>/a</loc></url>", "<url><loc>/b</loc></url>", *(f"<url><loc>/{n * n}</loc></url>" for n in range(9))), mtime=0)[:-60], None, "the gzip file breaks off", kind="sitemap"),
    BadFeed("the name of a file", b"/dev/zero", None, "no RSS or Atom"),
]  # fmt: skip

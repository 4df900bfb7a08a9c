"""What is wrong with the outlets of the simulated week: each name of `TROUBLES` with how it shows.

Those of `while_ill` last two days, and the crawler's log of the feed must tell that they were met; the others last.
"""

from __future__ import annotations

import codecs
import gzip
import socket
import ssl
import struct
import time
from collections.abc import Mapping
from contextlib import suppress

from tests.crawlers.bad_feeds import BOMB, CAPTCHA, TITLES, item, rss
from tests.crawlers.sites import Answer, Page, Raw, page_html, words
from tests.crawlers.week import DAYS, XML, Outlet, Trouble, while_ill
from tests.crawlers.week_moves import MOVES

MAX_BODY_BYTES = 1_000_000
LARGE = b"<rss><!--" + b"x" * (MAX_BODY_BYTES + 100_000) + b"--></rss>"
HTML = b"<!doctype html><html><head><title>%s</title></head><body>%s</body></html>"
COMMENTS = rss(*(item(f"/a#comment-{n}", f"Komentar {n}") for n in range(9))).replace(b"BASE", b"")
SHORT = TITLES[0].encode() + b" u subotu."
HALF_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<rss><channel>"


# -- broken connections


def reset(connection: socket.socket) -> None:
    """Half an answer, then an RST."""
    connection.sendall(HALF_ANSWER)
    time.sleep(0.1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(connection: socket.socket) -> None:
    """A byte now and then, until the client goes."""
    with suppress(OSError):
        connection.sendall(HALF_ANSWER)
        while True:
            connection.sendall(b" ")
            time.sleep(0.2)


def at_first(outlet: Outlet, first: Answer | Raw) -> None:
    """The page of the day gives this to who asks first, and then is there."""
    page, answers = outlet.home.pages[outlet.todays_path()], iter([first])
    assert isinstance(page, Answer)
    outlet.home.pages[outlet.todays_path()] = lambda _: next(answers, page)


def dripping_dawn(outlet: Outlet) -> None:
    if outlet.day == 0:
        at_first(outlet, Raw(drip))
        outlet.lead_nowhere("/hronika/kaplje", Raw(drip), ("failed", "no complete answer within"))
        outlet.site.pages[outlet.feed_path] = outlet.usual()


def closed_dawn(outlet: Outlet) -> None:
    """The server is not there on the days of illness."""
    if outlet.day == 2:
        outlet.site.down()
    if outlet.day == 4:
        outlet.site.up()


# -- feeds


def lying(outlet: Outlet) -> Page:
    """From the second day on "not modified", with a body, whatever was published since."""
    full = Answer(outlet.rss(), headers=XML | {"ETag": '"for ever"'})
    return lambda asked: Answer(full.body, 304) if asked.get("if-none-match") else full


def malformed(outlet: Outlet) -> Page:
    """Every day another fault, of which the whole list can be read on the last."""
    text = outlet.rss()
    spoilt = (
        b"<br />\n<b>Warning</b>: mysql_connect()\n" + text,
        text.replace(b'<?xml version="1.0" encoding="UTF-8"?>', BOMB.encode()),
        text.decode().replace('"UTF-8"', '"utf-16"').encode("utf-16"),
        text.replace("š".encode(), "š".encode("windows-1250")),
        text[:-20],
        text.replace(b"<guid>", b"<pubDate>Thu, 12 Mar 2099 12:30:00 +0100</pubDate><x>").replace(b"</guid>", b"</x>"),
        codecs.BOM_UTF8 + text.replace(b"Policija", b"Policija & \x00"),
    )
    return Answer(spoilt[outlet.day % DAYS], headers=XML)


def same_guid(outlet: Outlet) -> Page:
    text = outlet.rss()
    for url in outlet.listed:
        text = text.replace(f"<guid>{url}<".encode(), b"<guid>1<")
    return Answer(text, headers=XML)


def twice(outlet: Outlet) -> Page:
    """Every item in several spellings of its address."""
    spelt = dict(outlet.listed)
    for url, title in outlet.listed.items():
        path = url.removeprefix(outlet.site.base)
        for tail in ("?utm_source=rss", "?fbclid=1", "/amp"):
            outlet.site.pages[path + tail] = outlet.site.pages[path]
            spelt[url + tail] = title
    return Answer(_rss(spelt), headers=XML)


def _rss(listed: Mapping[str, str]) -> bytes:
    return rss(*(f"<item><title>{title}</title><link>{url}</link></item>" for url, title in listed.items()))


def urlset(outlet: Outlet) -> Answer:
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in outlet.listed)
    return Answer(f"<urlset>{listed}</urlset>".encode(), headers=XML)


def index(outlet: Outlet) -> Page:
    outlet.site.pages["/posts.xml"] = urlset(outlet)
    return Answer(b"<sitemapindex><sitemap><loc>/posts.xml</loc></sitemap></sitemapindex>", headers=XML)


def section(outlet: Outlet) -> Page:
    links = "".join(f"<h3><a href='{url}'>{title}</a></h3>" for url, title in outlet.listed.items())
    return Answer(f"<html><body>{links}</body></html>".encode())


# -- pages


def new_layout(outlet: Outlet) -> None:
    """From the fourth day on pages are built in another way."""
    if outlet.day < 3:
        return
    path, title, text = outlet.todays()
    paragraphs = "".join(f"<div class='para'><p>{part}</p></div>" for part in text.split("\n\n"))
    body = f"<div id='nova'><h2>{title}</h2>{paragraphs}</div>"
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    outlet.home.pages[path] = Answer(page.encode())


def mixed_encodings(outlet: Outlet) -> None:
    """Pages in windows-1250 whose server says UTF-8, with a box in UTF-8."""
    path, title, text = outlet.todays()
    page = page_html(title, text).encode("windows-1250")
    outlet.home.pages[path] = Answer(page.replace(b"<nav>", "<nav><p>Najčitanije</p>".encode()))


def bulletin(outlet: Outlet) -> None:
    """One page, every few days another text; on the fourth day that of the third is longer."""
    title = f"Dnevni bilten policijske uprave {outlet.number} od dana {2 if outlet.day == 3 else outlet.day}"
    if outlet.day in (0, 2, 5):
        outlet.write("/bilten", title, words(5000 + outlet.number * 10 + outlet.day))
    if outlet.day == 3:
        outlet.wordings[title] = 2
        outlet.day = 2  # the day that it states
        outlet.write("/bilten", title, outlet.articles[title] + "\n\nPolicija je u petak podnela i krivičnu prijavu.")


def no_articles(outlet: Outlet) -> None:
    """Addresses that lead to no article, each for another reason."""
    if outlet.day:
        return
    text = {"Content-Type": "text/plain"}
    outlet.site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /zabranjeno", headers=text)
    packed = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    pages: dict[str, tuple[Answer, tuple[str, str]]] = {
        "/hronika/gone": (Answer(status=410), ("failed", "HTTP 410")),
        "/hronika/never": (Answer(status=404), ("failed", "HTTP 404")),
        "/hronika/pdf": (
            Answer(b"%PDF", headers={"Content-Type": "application/pdf"}),
            ("unusable", "application/pdf is no page"),
        ),
        "/hronika/loop": (Answer(status=302, headers={"Location": "/hronika/loop"}), ("failed", "redirect")),
        "/hronika/inside": (
            Answer(status=302, headers={"Location": "http://10.0.0.1/"}),
            ("refused", "is not public"),
        ),
        "/zabranjeno/1": (Answer(b"secret"), ("refused", "robots.txt disallows it")),
        "/hronika/large": (Answer(LARGE), ("failed", "it is larger than")),
        "/hronika/bomb": (Answer(gzip.compress(bytes(5_000_000)), headers=packed), ("failed", "of gzip inflate")),
        "/hronika/empty": (Answer(b" "), ("unusable", "the page is empty")),
        "/hronika/soft": (Answer(HTML % (b"404", b"<h1>Stranica ne postoji</h1>")), ("unusable", "is not there")),
        "/hronika/paid": (
            Answer(HTML % (SHORT, b"<h1>%s</h1><p>Samo za pretplatnike: pretplatite se.</p>" % SHORT)),
            ("unusable", "behind a paywall"),
        ),
        "/hronika/cookies": (
            Answer(HTML % (SHORT, "<p>Ovaj sajt koristi kolačiće. Prihvatam korišćenje kolačića.</p>".encode())),
            ("unusable", "a consent wall"),
        ),
        "/hronika/frames": (
            Answer(b"<html><head><title>%s</title></head><frameset><frame src='/a'></frameset></html>" % SHORT),
            ("unusable", "made of frames"),
        ),
    }
    for path, (answer, reason) in pages.items():
        outlet.lead_nowhere(path, answer, reason)
    outlet.site.pages[outlet.feed_path] = outlet.usual()


def no_rules(outlet: Outlet) -> None:
    """robots.txt answers an error until the fifth day: nothing may be fetched."""
    outlet.site.pages["/robots.txt"] = Answer(status=404 if outlet.day >= 4 else 500)


def certified(mended: ssl.SSLContext, expired: ssl.SSLContext) -> Trouble:
    """A site whose certificate has expired on the days of illness, and is renewed."""

    def dawn(outlet: Outlet) -> None:
        outlet.site.context = expired if outlet.ill else mended

    return Trouble(dawn=dawn, met="its certificate has expired")


TROUBLES: dict[str, Trouble] = {
    "dead": Trouble(while_ill(Answer(status=500)), met="HTTP 500"),
    "not found": Trouble(while_ill(Answer(status=404)), met="HTTP 404"),
    "gone and back": Trouble(while_ill(Answer(status=410)), met="HTTP 410"),
    "a page instead": Trouble(while_ill(Answer(HTML % (b"Odrzavanje", b""))), met="an HTML page instead"),
    "a captcha": Trouble(while_ill(Answer(CAPTCHA)), met="keeps programs out"),
    "empty": Trouble(while_ill(Answer(b"")), met="the document is empty"),
    "throttling": Trouble(while_ill(Answer(status=429, headers={"Retry-After": "1"})), met="HTTP 429"),
    "barred": Trouble(while_ill(Answer(status=403)), met="HTTP 403"),
    "comments": Trouble(while_ill(Answer(COMMENTS, headers=XML)), met="a feed of comments"),
    "large": Trouble(while_ill(Answer(LARGE, headers=XML)), met="it is larger than"),
    "circle": Trouble(while_ill(Answer(status=302, headers={"Location": "/feed"})), met="redirects in a circle"),
    "reset": Trouble(while_ill(Raw(reset)), lambda one: at_first(one, Raw(reset)), met="the connection broke off"),
    "dripping": Trouble(while_ill(Raw(drip)), dripping_dawn, met="no complete answer within"),
    "closed": Trouble(dawn=closed_dawn, met="the connection was refused"),
    "no rules": Trouble(dawn=no_rules, met="robots.txt answers HTTP 500"),
    "old tag": Trouble(lambda one: Answer(one.rss(), headers=XML | {"ETag": '"for ever"'})),
    "lying": Trouble(lying),
    "malformed": Trouble(malformed),
    "same guid": Trouble(same_guid),
    "twice": Trouble(twice),
    "sitemap": Trouble(urlset, kind="sitemap"),
    "index": Trouble(index, kind="sitemap"),
    "section": Trouble(section, kind="section"),
    "no articles": Trouble(dawn=no_articles),
    "late pages": Trouble(dawn=lambda one: at_first(one, Answer(status=503, headers={"Retry-After": "1"}))),
    "mixed encodings": Trouble(dawn=mixed_encodings),
    "wire": Trouble(),
    "layout": Trouble(dawn=new_layout),
    "bulletin": Trouble(dawn=bulletin, kind="page", dated=True),
    **MOVES,
}

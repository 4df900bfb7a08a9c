"""`check` and the search for feeds, over real servers that are every kind of site the region has."""

from __future__ import annotations

import email.utils
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.crawlers.sites import Answer, Site, rss, serving

ROOT = Path(__file__).parents[2]
DAY = 86_400
HEADLINES = {
    f"/vesti/hronika/{number}": f"Policija je u selu {number} zaplenila pušku i pedeset metaka, istragu vodi tužilaštvo"
    for number in range(4)
}
ROMANIAN = {
    f"/stiri/{number}": f"Poliția a reținut un bărbat care a tras cu arma în curtea vecinului său, cazul {number}"
    for number in range(4)
}
HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/xml"}
PAGE = b"<!doctype html><html><head><title>Outlet</title></head><body><p>Nothing here.</p></body></html>"


def dated(base: str, links: Mapping[str, str], days_ago: float) -> Answer:
    moment = email.utils.formatdate(time.time() - days_ago * DAY, usegmt=True)
    return Answer(rss(base, links, dict.fromkeys(links, moment)), headers=XML)


def sitemap(base: str, links: Mapping[str, str]) -> Answer:
    listed = "".join(f"<url><loc>{base}{path}</loc></url>" for path in links)
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'
    return Answer(text.encode(), headers=XML)


def front(head: str = "", body: str = "") -> Answer:
    page = f"<!doctype html><html><head><title>T</title>{head}</head><body>{body}</body></html>"
    return Answer(page.encode(), headers=HTML)


def section(links: Mapping[str, str]) -> Answer:
    return front(body="".join(f"<h3><a href='{path}'>{title}</a></h3>" for path, title in links.items()))


def source(name: str, base: str, *feeds: tuple[str, str], **keys: Any) -> dict[str, Any]:
    listed = [{"url": base + path, "kind": kind} for path, kind in feeds]
    common = {"id": name, "name": name, "url": f"{base}/", "jurisdiction": "RS", "kind": "media", "languages": ["sr"]}
    return {**common, "feeds": listed, **keys}


class Everywhere(dict[str, Any]):
    """Pages of a site that gives one answer to whatever is asked for."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def get(self, _: str, __: Any = None) -> Answer:
        return self._answer


def checked(sources: list[dict[str, Any]], **settings: Any) -> dict[str, Any]:
    given = {
        "sources": sources,
        "settings": {
            "archive_dir": "/nonexistent",
            "contact": "desk@example.org",
            "allow_loopback": True,
            "min_gap_seconds": 0.01,
            "timeout_seconds": 4,
            **settings,
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawlers.check_once"],
        cwd=ROOT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=390,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


NAMES = (
    *("feed", "index", "links", "page", "croatian", "future"),
    *("usual", "declared", "robots", "platform", "chronicle", "anchor"),
    *("broken", "nothing", "comments", "soft", "refused", "busy", "blank"),
    *("moved", "target", "foreign", "silent"),
)


@pytest.fixture(scope="module")
def answer() -> Iterator[dict[str, Any]]:
    """Every kind of site, checked in one go; `mute` accepts connections and says nothing."""
    with ExitStack() as stack:
        sites = stack.enter_context(serving(*(f"127.0.31.{number}" for number in range(1, len(NAMES) + 1))))
        mute = stack.enter_context(closing(socket.create_server(("127.0.31.200", 0))))
        at = dict(zip(NAMES, sites, strict=True))
        _furnish(at)
        base = {name: site.base for name, site in at.items()}
        base["mute"] = f"http://127.0.31.200:{mute.getsockname()[1]}"
        yield checked(_sources(base)) | {"base": base, "sites": at}


def _furnish(at: dict[str, Site]) -> None:
    pages = {name: site.pages for name, site in at.items()}
    base = {name: site.base for name, site in at.items()}
    pages["feed"]["/feed/"] = dated(base["feed"], HEADLINES, 0.5)
    child = f"<sitemapindex><sitemap><loc>{base['index']}/news.xml</loc></sitemap></sitemapindex>"
    pages["index"]["/sitemap.xml"] = Answer(child.encode(), headers=XML)
    pages["index"]["/news.xml"] = sitemap(base["index"], HEADLINES)
    pages["links"]["/bilteni"] = section({path.replace("/vesti", "/dokument"): t for path, t in HEADLINES.items()})
    for name in ("usual", "broken"):
        pages[name]["/"] = front()
        pages[name]["/feed/"] = dated(base[name], HEADLINES, 1)
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    pages["declared"]["/"] = front(link.format("/comments/feed/") + link.format("/izvor.php?vrsta=sve"))
    pages["declared"]["/comments/feed/"] = dated(base["declared"], HEADLINES, 1)
    pages["declared"]["/izvor.php?vrsta=sve"] = dated(base["declared"], HEADLINES, 1)
    pages["robots"]["/"] = front()
    pages["robots"]["/robots.txt"] = Answer(f"Sitemap: {base['robots']}/maps/news-7.xml\n".encode())
    pages["robots"]["/maps/news-7.xml"] = sitemap(base["robots"], HEADLINES)
    pages["platform"]["/"] = front()
    pages["platform"]["/ro/rss.xml"] = dated(base["platform"], HEADLINES, 1)
    pages["nothing"]["/"] = front()
    at["soft"].pages = Everywhere(Answer(PAGE, headers=HTML))
    at["refused"].pages = Everywhere(Answer(b"no", 403))
    pages["busy"]["/rss"] = Answer(b"slow down", 429)
    pages["comments"]["/"] = front(link.format("/comments/feed/"))
    pages["comments"]["/comments/feed/"] = dated(base["comments"], HEADLINES, 1)
    pages["moved"]["/feed/"] = Answer(status=301, headers={"Location": f"{base['target']}/feed/"})
    pages["target"]["/feed/"] = dated(base["target"], HEADLINES, 1)
    pages["foreign"]["/feed/"] = dated(base["foreign"], ROMANIAN, 1)
    pages["silent"]["/feed/"] = dated(base["silent"], HEADLINES, 200)
    pages["future"]["/feed/"] = dated(base["future"], HEADLINES, -800)
    pages["page"]["/bilten"] = front(body="".join(f"<p>{title}</p>" for title in HEADLINES.values()))
    pages["blank"]["/bilten"] = front(body="<nav>" + "Naslovna " * 40 + "</nav><p>-</p>")
    pages["chronicle"]["/"] = front(body="<a href='/sport'>Спорт</a><a href='/vesti/hronika'>Хроника</a>")
    pages["chronicle"]["/vesti/hronika"] = section(HEADLINES)
    pages["croatian"]["/feed/"] = dated(base["croatian"], HEADLINES, 1)
    pages["anchor"]["/"] = front(body="<a href='/kanali/rss.php'>RSS</a>")
    pages["anchor"]["/kanali/rss.php"] = dated(base["anchor"], HEADLINES, 1)


def _sources(base: dict[str, str]) -> list[dict[str, Any]]:
    of = {name: source(name, url, ("/feed/", "rss")) for name, url in base.items() if name != "target"}
    of["mute"] = source("mute", base["mute"], ("/feed/", "rss"))
    of["index"] = source("index", base["index"], ("/sitemap.xml", "sitemap"))
    of["links"] = source("links", base["links"], ("/bilteni", "section"))
    of["links"]["feeds"][0]["links"] = "h3 a"
    for name in ("usual", "declared", "robots", "nothing", "comments", "chronicle", "anchor"):
        of[name]["feeds"] = []
    of["platform"] |= {"feeds": [], "platform": "state-md"}
    for name in ("soft", "refused", "busy", "broken"):
        of[name] = source(name, base[name], ("/rss", "rss"))
    for name in ("page", "blank"):
        of[name] = source(name, base[name], ("/bilten", "page"))
    of["croatian"] |= {"jurisdiction": "BA", "languages": ["hr", "bs"]}
    return list(of.values())


def report(answer: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [told for told in answer["told"] if told["source_id"] == name]
    return dict(found)


OK = {"future": 4, "feed": 4, "index": 4, "links": 4, "page": 1, "croatian": 4}


@pytest.mark.parametrize(("name", "items"), OK.items())
def test_what_works_is_ok(answer: dict[str, Any], name: str, items: int) -> None:
    told = report(answer, name)
    assert (told["status"], told["items"], told["fix"]) == ("ok", items, "")
    assert answer["reached"][name] == []


def test_newest_item_and_language_are_told(answer: dict[str, Any]) -> None:
    assert report(answer, "future")["newest"] is None
    assert report(answer, "feed")["newest"] is not None
    assert report(answer, "feed")["language"] == "sr"
    assert report(answer, "croatian")["language"] == "hr"


FOUND = {
    "usual": ("/feed/", "rss"),
    "declared": ("/izvor.php?vrsta=sve", "rss"),
    "robots": ("/maps/news-7.xml", "sitemap"),
    "platform": ("/ro/rss.xml", "rss"),
    "chronicle": ("/vesti/hronika", "section"),
    "anchor": ("/kanali/rss.php", "rss"),
}


@pytest.mark.parametrize(("name", "expected"), FOUND.items())
def test_feeds_of_a_source_without_any_are_found(answer: dict[str, Any], name: str, expected: tuple[str, str]) -> None:
    told, (path, kind) = report(answer, name), expected
    address = answer["base"][name] + path
    assert told["status"] == "failed"
    assert told["fix"] == f'no feed is declared; this works: feeds = [{{ url = "{address}", kind = "{kind}" }}]'
    assert answer["reached"][name] == [address]


def test_a_known_platform_is_tried_first(answer: dict[str, Any]) -> None:
    paths = answer["sites"]["platform"].paths()
    assert paths[:2] == ["/", "/ro/rss.xml"]
    assert "/feed/" not in paths


def test_a_broken_feed_is_told_what_works_instead_but_not_replaced(answer: dict[str, Any]) -> None:
    told = report(answer, "broken")
    assert told["fix"].startswith("HTTP 404: look for the feed's new address; this works: feeds = [")
    assert f'{answer["base"]["broken"]}/feed/"' in told["fix"]
    assert "broken" not in answer["reached"]


FAILED = {
    "nothing": "no feed is declared; none was found at the usual places: declare a section page",
    "comments": "no feed is declared; none was found at the usual places",
    "soft": "an HTML page instead of a feed of kind rss; none was found at the usual places",
    "refused": "HTTP 403: the site keeps programs out; ask the outlet for access; the front page: HTTP 403",
    "busy": "HTTP 429: the site wants fewer requests; try again later",
    "mute": "look whether the outlet still exists",
    "blank": "a page without a text: name another, or set render = true",
}


@pytest.mark.parametrize(("name", "line"), FAILED.items())
def test_what_fails_says_what_to_do(answer: dict[str, Any], name: str, line: str) -> None:
    told = report(answer, name)
    assert (told["status"], told["items"]) == ("failed", 0)
    assert line in told["fix"]
    assert name not in answer["reached"]


WARNED = {
    "moved": "it redirects to another site: write ",
    "foreign": "its headlines are in ro: correct languages, or choose another feed",
    "silent": "nothing new for over 30 days",
}


@pytest.mark.parametrize(("name", "line"), WARNED.items())
def test_what_works_with_a_flaw_is_a_warning(answer: dict[str, Any], name: str, line: str) -> None:
    told = report(answer, name)
    assert (told["status"], told["items"]) == ("warning", 4)
    assert told["fix"].startswith(line)
    assert name in answer["reached"]


def test_no_comment_feed_is_asked_for(answer: dict[str, Any]) -> None:
    for name in ("declared", "comments"):
        assert "/comments/feed/" not in answer["sites"][name].paths()


def test_a_busy_or_mute_site_is_left_alone(answer: dict[str, Any]) -> None:
    assert answer["sites"]["busy"].paths() == ["/rss"]


def test_a_mute_site_holds_no_other(answer: dict[str, Any]) -> None:
    at = {told["source_id"]: told["at"] for told in answer["told"]}
    assert at["mute"] == max(at.values())
    assert at["feed"] < at["mute"]
    assert answer["ordered"][-1] == "mute"


class Crowd(BaseHTTPRequestHandler):
    """Hundreds of sites: one server on every loopback address. Each fifth one hangs."""

    def do_GET(self) -> None:
        number = int(self.connection.getsockname()[0].rsplit(".", 1)[1])
        if number % 5 == 0:
            time.sleep(100)
        body = rss(f"http://{self.headers['Host']}", HEADLINES) if self.path == "/feed/" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_hundreds_of_sources_do_not_wait_for_those_that_hang() -> None:
    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 512

        def handle_error(self, *_: object) -> None:
            """A check that has waited long enough closes its connection."""

    with Server(("0.0.0.0", 0), Crowd) as server:  # that is every address of 127/8
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        bases = [
            f"http://127.0.{32 + third}.{fourth}:{server.server_port}" for third in (0, 1) for fourth in range(1, 201)
        ]
        sources = [source(base.split("//")[1].split(":")[0], base, ("/feed/", "rss")) for base in bases]
        began = time.monotonic()
        answer = checked(sources, min_gap_seconds=0.2, timeout_seconds=25)
        took = time.monotonic() - began
        server.shutdown()
    hung = [told["at"] for told in answer["told"] if told["source_id"] not in answer["reached"]]
    good = sorted(told["at"] for told in answer["told"] if told["source_id"] in answer["reached"])
    assert (len(good), len(hung)) == (320, 80)
    assert good[288] < min(hung), "nine in ten of those that answer are told before the first that hangs is given up"
    assert took < 300, "one after another the silent ones would take half an hour"

"""Pages that show their text by script, in a real Chromium: what it may ask for, and that it ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from store.schema import FetchOutcome, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.render_once import rendered
from tests.crawlers.sites import Answer, Site, serving, words
from tests.crawlers.test_politeness import assert_polite

SCRIPT = {"Content-Type": "text/javascript"}
SHELL = b"<!doctype html><html><head><title>Outlet</title><link rel=stylesheet href=/style.css></head><body><main id=app></main><script src=/app.js></script></body></html>"
APP = b"""
fetch('/api' + location.pathname).then(answer => answer.json()).then(story => {
  document.title = story.title;
  document.getElementById('app').innerHTML = '<article><h1>' + story.title + '</h1>' +
    story.text.map(part => '<p>' + part + '</p>').join('') + '</article>';
});
"""


def application(site: Site, *paths: str) -> None:
    """An outlet whose pages are empty until their script has run."""
    site.pages["/app.js"] = Answer(APP, headers=SCRIPT)
    for number, path in enumerate(paths):
        site.pages[path] = Answer(SHELL)
        paragraphs = ", ".join(f'"{part}"' for part in words(number).split("\n\n"))
        story = f'{{"title": "Naslov broj {number} o pucnjavi", "text": [{paragraphs}]}}'
        site.pages[f"/api{path}"] = Answer(story.encode(), headers={"Content-Type": "application/json; charset=utf-8"})


def test_a_page_is_shown_politely_and_its_scripts_are_fetched_once() -> None:
    gap = 0.2
    with serving("127.0.6.1") as [site]:
        application(site, "/a/0", "/a/1")
        told = rendered([f"{site.base}/a/0", f"{site.base}/a/1"], min_gap_seconds=gap)
        assert [one.path for one in site.asked] == ["/robots.txt", "/a/0", "/app.js", "/api/a/0", "/a/1", "/api/a/1"]
        assert {one.headers["user-agent"] for one in site.asked} == {"avmp-crawler/0.1 (+desk@example.org)"}
        assert_polite(site, gap)
    for number in range(2):
        one = told[f"{site.base}/a/{number}"]
        assert f"<h1>Naslov broj {number} o pucnjavi</h1>" in one["text"]
        assert (one["type"], one["by"], one["left"]) == ("text/html", "chromium", 0)


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A UDP port of loopback and what came to it."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(("127.0.6.9", 0))
        port.settimeout(0.2)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    heard.append(port.recv(2000))
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield port.getsockname()[1], heard
        finally:
            ended.set()
            thread.join()


def test_nothing_of_the_page_reaches_another_host_or_a_barred_path() -> None:
    with serving("127.0.6.2", "127.0.6.3") as [site, inner], listening() as (udp, heard):
        away, local = inner.base, inner.base.replace("http", "ws")
        site.pages["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /barred\n")
        site.pages["/worker.js"] = Answer(f"importScripts('{away}/worker-import.js');".encode(), headers=SCRIPT)
        site.pages["/moved"] = Answer(status=302, headers={"Location": "http://10.0.0.1/x"})
        page = f"""<!doctype html><html><head><link rel=preconnect href={away}><link rel=prefetch href={away}/prefetch>
        <link rel=stylesheet href={away}/style.css><script src={away}/script.js></script></head><body>
        <img src={away}/picture.png><iframe src={away}/frame></iframe><iframe src=/framed></iframe>
        <video src=/film.mp4></video><img src=/picture.png><form id=f method=post action=/post></form>
        <p id=told>nothing</p><script>
        const call = async place => {{
          const peer = new place.RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.6.9:{udp}'}}]}});
          peer.createDataChannel('x');
          await peer.setLocalDescription(await peer.createOffer());
        }};
        const tries = [() => fetch('{away}/fetch', {{mode: 'no-cors'}}), () => fetch('/barred/data'),
          () => fetch('/moved'), () => fetch('/post', {{method: 'POST', body: 'x'}}),
          () => fetch('file:///etc/passwd'), () => navigator.sendBeacon('{away}/beacon', 'x'),
          () => new WebSocket('{local}/socket'), () => new EventSource('{away}/events'),
          () => new Worker('/worker.js'), () => window.open('{away}/popup'),
          () => call(window), () => {{ const frame = document.createElement('iframe');
            document.body.append(frame); return call(frame.contentWindow); }},
          () => navigator.serviceWorker.register('/service.js')];
        Promise.allSettled(tries.map(one => {{ try {{ return Promise.resolve(one()); }} catch (e) {{ return Promise.reject(e); }} }}))
          .then(all => {{ document.getElementById('told').textContent = all.map(one => one.status).join(' ');
            setTimeout(() => {{ location.href = '{away}/navigation'; }}, 50); }});
        </script></body></html>"""
        site.pages["/a"] = Answer(page.encode())
        told = rendered([f"{site.base}/a"])[f"{site.base}/a"]
        assert inner.connections == []
        assert heard == []
        assert {one.path for one in site.asked} <= {"/robots.txt", "/a", "/moved", "/worker.js"}
    assert "rejected rejected rejected rejected rejected" in told.get("text", ""), told
    assert told["left"] == 0


HUNG = b"<!doctype html><p>start</p><script>for (;;) {}</script>"
ASKING = b"<!doctype html><p>There</p><script>setInterval(() => fetch('/data?' + Math.random()), 20)</script>"
HUGE = b"<!doctype html><body><script>document.body.innerHTML = '<p>' + 'x'.repeat(2e6)</script>"


def test_a_page_without_end_ends() -> None:
    with serving("127.0.6.4") as [site]:
        site.pages |= {"/hung": Answer(HUNG), "/asking": Answer(ASKING), "/huge": Answer(HUGE)}
        urls = [f"{site.base}/{name}" for name in ("hung", "asking", "huge")]
        told = rendered(urls, render_seconds=3.0, max_body_bytes=1_000_000)
        asked = sum(path.startswith("/data") for path in site.paths())
    hung, asking, huge = (told[url] for url in urls)
    assert (hung["kind"], hung["reason"]) == ("network", "its scripts did not end within 18 seconds")
    assert "<p>There</p>" in asking["text"]
    assert asked <= 40
    assert (huge["kind"], huge["reason"]) == ("too_large", "as rendered it is larger than 1000000 characters")
    assert [one["left"] for one in (hung, asking, huge)] == [0, 0, 0]


def test_a_browser_that_is_not_there() -> None:
    with serving("127.0.6.5") as [site]:
        site.pages["/a"] = Answer(SHELL)
        told = rendered([f"{site.base}/a"], browser="/nowhere/chromium")[f"{site.base}/a"]
    assert told["kind"] == "server"
    assert told["reason"].startswith("the browser failed: ")


@pytest.mark.parametrize("render", [True, False])
def test_a_source_that_needs_a_browser(crawler: Crawler, render: bool) -> None:
    with serving("127.0.6.6") as [site]:
        application(site, "/a/0")
        site.feed("/feed", {"/a/0": "Naslov broj 0 o pucnjavi"})
        crawler.watch(site, [("/feed", "rss")])
        registered = crawler.sources / "RS.toml"
        registered.write_text(registered.read_text() + "render = true\n")
        summary = crawler.crawl(render=render)
    with crawler.database.session() as session:
        [outcome] = session.scalars(select(FetchOutcome))
        articles = list(session.scalars(select(StoredArticle)))
    if render:
        assert summary["new"] == 1
        assert [article.title for article in articles] == ["Naslov broj 0 o pucnjavi"]
        assert words(0).split("\n\n")[2].strip() in articles[0].text
    else:
        assert (outcome.outcome, outcome.attempts) == ("unusable", 1)
        assert outcome.reason is not None
        assert outcome.reason.endswith("the page needs a browser: set crawl.render = true")

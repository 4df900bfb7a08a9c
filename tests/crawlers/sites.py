"""Outlets of the tests: real HTTP servers on loopback addresses, with what they were asked on record."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Connection:
    """One connection, from when it was taken until the site has closed its side."""

    opened: float
    closed: float | None = None


@dataclass(frozen=True)
class Asked:
    """One request: when it came, when it was answered, what for and with which headers."""

    began: float
    ended: float
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Raw:
    """Instead of an answer: what is done with the connection, which is closed behind it."""

    behave: Callable[[socket.socket], None]


Page = Answer | Raw | Callable[[Mapping[str, str]], Answer | Raw]


class Site:
    """One outlet. `pages` maps a path to its answer, or to a function of the request's headers; with a `context` it
    speaks TLS."""

    def __init__(self, address: str, context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self.connections: list[Connection] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                connection = Connection(time.monotonic())
                site.connections.append(connection)
                try:
                    super().handle()
                finally:
                    connection.closed = time.monotonic()

            def do_GET(self) -> None:
                began = time.monotonic()
                page = site.pages.get(self.path, Answer(b"not found", 404))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = page if isinstance(page, Answer | Raw) else page(headers)
                site.asked.append(Asked(began, time.monotonic(), self.path, headers))
                if isinstance(answer, Raw):
                    self.close_connection = True
                    answer.behave(self.connection)
                    self.rfile.close()  # it holds the socket open
                    self.connection.close()
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A crawler that is killed, or has seen enough, closes its connections."""

            def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
                connection, client = super().get_request()
                if site.context is None:
                    return connection, client
                # the handshake is made in the connection's own thread, with the first read
                return site.context.wrap_socket(connection, True, do_handshake_on_connect=False), client

        self._listen: Callable[[int], ThreadingHTTPServer] = lambda port: Server((address, port), Handler)
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.up()
        self.base = f"{'https' if context else 'http'}://{address}:{self._port}"

    def up(self) -> None:
        """Listens, where it did before, and serves what is asked for."""
        self._server = self._listen(self._port)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def down(self) -> None:
        """Nobody listens any more: connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def close(self) -> None:
        self.down()

    def paths(self) -> list[str]:
        """What was asked for, in order, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def article(self, path: str, title: str, text: str, head: str = "") -> None:
        self.pages[path] = Answer(page_html(title, text, head).encode())

    def feed(self, path: str, links: Mapping[str, str]) -> None:
        """An RSS feed of links and titles."""
        self.pages[path] = Answer(rss(self.base, links), headers={"Content-Type": "application/rss+xml"})


@contextmanager
def serving(*addresses: str) -> Iterator[list[Site]]:
    sites = [Site(address) for address in addresses]
    try:
        yield sites
    finally:
        for site in sites:
            site.close()


def rss(base: str, links: Mapping[str, str], dates: Mapping[str, str] | None = None) -> bytes:
    dates = dates or {}
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{escape(base + path)}</link><guid>{escape(path)}</guid>"
        + (f"<pubDate>{dates[path]}</pubDate>" if path in dates else "")
        + "</item>"
        for path, title in links.items()
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    return text.encode()


def page_html(title: str, text: str, head: str = "") -> str:
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
    return (
        f"<!doctype html><html><head><title>{escape(title)} | Outlet</title>{head}</head><body>"
        f"<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<main><article><h1>{escape(title)}</h1>{paragraphs}</article></main>"
        f"<aside><h3>Most read</h3><ul><li><a href='/x'>Another headline of the day</a></li></ul></aside>"
        f"<footer>All rights reserved</footer></body></html>"
    )


def words(number: int) -> str:
    """A text of three paragraphs that no other number gives."""
    sentence = "Policija je u selu broj {0} zatekla pušku i pedeset metaka, a istragu vodi tužilaštvo u gradu {0}. "
    return "\n\n".join(sentence.format(f"{number}-{part}") * 3 for part in range(3))


def wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)

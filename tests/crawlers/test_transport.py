"""Bad transport: whatever a server does, the request ends within its limits, with a kind and one line for people."""

from __future__ import annotations

import gzip
import re
import socket
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import brotli
import pytest
from backports import zstd
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from crawlers.fetching.downloading import CONNECT_SECONDS, ConnectionPool
from tests.crawlers.fetch_once import fetched
from tests.crawlers.raw_sites import (
    Authority,
    RawSite,
    is_silent,
    raw_site,
    sends,
    sends_after,
    sends_and_resets,
    sends_for_ever,
)
from tests.crawlers.sites import Answer, serving

MAX_BYTES = 3_000_000
PAGE = b"<!doctype html><html><body><p>A page.</p></body></html>"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
LONG = 60.0
"""Seconds: much less than for ever, and enough for a busy machine."""

ZEROS = b"\x00" * 20_000_000


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK", length: int | None = None) -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: text/html", *headers]
    lines.append(b"Content-Length: " + str(len(body) if length is None else length).encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def coded(coding: str, body: bytes) -> bytes:
    return answer(body, b"Content-Encoding: " + coding.encode())


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    parts = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    return HTML + b"Transfer-Encoding: chunked\r\n\r\n" + parts + end


RAW_DEFLATE = zlib.compressobj(wbits=-15)
RAW_DEFLATED = RAW_DEFLATE.compress(PAGE) + RAW_DEFLATE.flush()

GOOD: dict[str, bytes] = {
    "plain": answer(PAGE),
    "gzip": coded("gzip", gzip.compress(PAGE)),
    "x-gzip": coded("x-gzip", gzip.compress(PAGE)),
    "gzip in two members": coded("gzip", gzip.compress(PAGE[:20]) + gzip.compress(PAGE[20:])),
    "gzip and dirt": coded("gzip", gzip.compress(PAGE) + b"dirt"),
    "gzip twice": coded("gzip, gzip", gzip.compress(gzip.compress(PAGE))),
    "deflate": coded("deflate", zlib.compress(PAGE)),
    "raw deflate": coded("deflate", RAW_DEFLATED),
    "br": coded("br", brotli.compress(PAGE)),
    "zstd": coded("zstd", zstd.compress(PAGE)),
    "no coding at all": coded("utf-8", PAGE),
    "chunked": chunked(PAGE[:10], PAGE[10:]),
    "until it closes": HTML + b"\r\n" + PAGE,
    "longer than its length": answer(PAGE + b"<p>more</p>", length=len(PAGE)),
    "whole, and shorter than its length": answer(PAGE, length=5000),
    "whole, and its chunks do not end": chunked(PAGE, end=b""),
    "a header line without colon": HTML + b"nonsense\r\nContent-Length: 55\r\n\r\n" + PAGE,
}

BAD: dict[str, tuple[bytes, str, str]] = {
    "cut off behind many comments": (
        answer(PAGE + b"<!---->" * 270 + b"<!--", length=5000),
        "network",
        "the connection broke off in the middle of the page",
    ),
    "cut off": (answer(PAGE[:-20], length=5000), "network", "the connection broke off in the middle of the page"),
    "cut off in a chunk": (
        chunked(PAGE[:20], end=b"ff\r\nhalf"),
        "network",
        "the connection broke off in the middle of the page",
    ),
    "cut off before the end of chunks": (
        chunked(PAGE[:20], end=b""),
        "network",
        "the connection broke off in the middle of the page",
    ),
    "bad chunks": (
        chunked(PAGE[:20], end=b"zz\r\n"),
        "network",
        "the connection broke off in the middle of the page",
    ),
    "no answer": (b"", "network", "the connection broke off before the answer was complete"),
    "half a header": (HTML[:30], "network", "the connection broke off before the answer was complete"),
    "HTTP/0.9": (PAGE + b"\n", "server", "what answers does not speak HTTP"),
    "noise": (bytes(range(256)) * 20 + b"\n", "server", "what answers does not speak HTTP"),
    "SSH": (b"SSH-2.0-OpenSSH_9.7\r\n", "server", "what answers does not speak HTTP"),
    "no status": (b"HTTP/1.1 two hundred\r\n\r\n", "server", "what answers does not speak HTTP"),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", "server", "HTTP 204: an answer without a page"),
    "206": (
        answer(PAGE, status=b"206 Partial Content"),
        "server",
        "HTTP 206: a part of the page, which was not asked for",
    ),
    "not gzip": (coded("gzip", PAGE), "server", "its body is not gzip, as its header says: .+"),
    "not deflate": (coded("deflate", PAGE), "server", "its body is (not|broken) deflate.*"),
    "not br": (coded("br", PAGE * 50), "server", "its body is (not|broken) br.*"),
    "not zstd": (coded("zstd", PAGE), "server", "its body is not zstd, as its header says: .+"),
    "gzip bomb": (coded("gzip", gzip.compress(ZEROS)), "too_large", r"\d+ bytes of gzip inflate .+"),
    "deflate bomb": (coded("deflate", zlib.compress(ZEROS)), "too_large", r"\d+ bytes of deflate inflate .+"),
    "br bomb": (coded("br", brotli.compress(ZEROS)), "too_large", r"\d+ bytes of br inflate .+"),
    "zstd bomb": (coded("zstd", zstd.compress(ZEROS)), "too_large", r"\d+ bytes of zstd inflate .+"),
    "steep, below the size": (
        coded("gzip", gzip.compress(ZEROS[:2_500_000])),
        "too_large",
        r"\d+ bytes of gzip inflate more than 200 times",
    ),
    "gzip in gzip in gzip": (coded("gzip, gzip, gzip", b"x"), "too_large", "it is compressed 3 times over"),
    "30 MB announced": (answer(b"", length=30_000_000), "too_large", "it is larger than 3000000 bytes"),
    "a long header line": (HTML + b"X: " + b"x" * 200_000 + b"\r\n\r\n", "network", ".*broke off.*"),
    "many headers": (
        HTML + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 500) for n in range(2000)) + b"\r\n" + PAGE,
        "too_large",
        "its headers are larger than 65536 bytes",
    ),
}


@pytest.fixture(scope="module")
def outcomes() -> Iterator[tuple[RawSite, dict[str, Any]]]:
    """All cases in one process, one after another."""
    with raw_site("127.0.4.1") as site:
        cases = GOOD | {name: case[0] for name, case in BAD.items()}
        paths = {name: f"/{number}" for number, name in enumerate(cases)}
        for name, data in cases.items():
            site.behaviours[paths[name]] = sends(data)
        told = fetched([site.base + path for path in paths.values()], max_body_bytes=MAX_BYTES)
        yield site, {name: told[site.base + path] for name, path in paths.items()}


@pytest.mark.parametrize("name", GOOD)
def test_is_read(outcomes: tuple[RawSite, dict[str, Any]], name: str) -> None:
    assert outcomes[1][name].get("body") == PAGE.decode(), outcomes[1][name]


@pytest.mark.parametrize("name", BAD)
def test_is_refused_with_a_reason(outcomes: tuple[RawSite, dict[str, Any]], name: str) -> None:
    _, kind, reason = BAD[name]
    told = outcomes[1][name]
    assert told.get("kind") == kind, told
    assert re.fullmatch(reason, told["reason"]), told
    assert told["took"] < LONG


def test_each_is_asked_once(outcomes: tuple[RawSite, dict[str, Any]]) -> None:
    """Nothing is asked again behind the back of whoever counts attempts and gaps."""
    site, cases = outcomes
    assert sorted(site.asked) == sorted(["/robots.txt", *(f"/{number}" for number in range(len(cases)))])


def test_what_never_ends_ends_at_the_limit_of_the_page() -> None:
    limit = 2.0
    with raw_site("127.0.4.2") as drip, raw_site("127.0.4.3") as header_drip, raw_site("127.0.4.4") as silent:
        drip.behaviours["/"] = sends_for_ever(HTML + b"\r\n<p>", b"x", drip, pause=0.2)
        header_drip.behaviours["/"] = sends_for_ever(HTML, b"X: y\r\n", header_drip, pause=0.2)
        silent.behaviours["/"] = is_silent(silent)
        with raw_site("127.0.4.5") as body, raw_site("127.0.4.6") as headers, raw_site("127.0.4.7") as hints:
            body.behaviours["/"] = sends_for_ever(HTML + b"\r\n<p>", b"x" * 100_000, body)
            headers.behaviours["/"] = sends_for_ever(HTML, b"X: y\r\n" * 100, headers)
            hints.behaviours["/"] = sends_for_ever(b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 20, hints)
            sites = [drip, header_drip, silent, body, headers, hints]
            told = fetched(*([f"{site.base}/"] for site in sites), timeout_seconds=limit, max_body_bytes=MAX_BYTES)
    reasons = [(told[f"{site.base}/"]["kind"], told[f"{site.base}/"]["reason"]) for site in sites]
    late = ("network", "no complete answer within 2 seconds")
    large = ("too_large", "its headers are larger than 65536 bytes")
    assert reasons == [late, late, late, ("too_large", "it is larger than 3000000 bytes"), large, large]
    assert all(one["took"] < LONG for one in told.values())


def test_the_time_of_a_page_is_that_of_all_its_redirects() -> None:
    with raw_site("127.0.4.8") as site:
        for number in range(5):
            moved = answer(b"", f"Location: /{number + 1}".encode(), status=b"302 Found")
            site.behaviours[f"/{number}"] = sends_after(0.6, moved, site)
        site.behaviours["/5"] = sends(answer(PAGE))
        told = fetched([f"{site.base}/0"], timeout_seconds=2.0)[f"{site.base}/0"]
    assert (told["kind"], told["reason"]) == ("network", "no complete answer within 2 seconds")
    assert told["took"] < LONG
    assert "/5" not in site.asked


def test_a_connection_that_is_reset() -> None:
    with raw_site("127.0.4.9") as site:
        site.behaviours["/early"] = sends_and_resets(b"")
        site.behaviours["/middle"] = sends_and_resets(answer(PAGE[:20], length=5000))
        told = fetched([f"{site.base}/early", f"{site.base}/middle"])
    assert {one["kind"] for one in told.values()} == {"network"}
    assert all("the connection broke off" in one["reason"] for one in told.values()), told


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.4.10", 0)) as closed:
        base = f"http://127.0.4.10:{closed.getsockname()[1]}/"
    assert fetched([base])[base] | {"took": 0} == {
        "kind": "network",
        "reason": "the connection was refused",
        "asked": True,
        "took": 0,
    }


def test_a_connection_that_does_not_come_about_is_given_up() -> None:
    clock, never = Clock(), Deferred[None]()
    endpoint: Any = SimpleNamespace(connect=lambda _: never)
    met: list[BaseException] = []
    connecting: Any = ConnectionPool(clock).getConnection("a key", endpoint)
    connecting.addErrback(lambda failure: met.append(failure.value))
    clock.advance(CONNECT_SECONDS - 1)
    assert met == []
    clock.advance(1)
    assert [str(error) for error in met] == ["no connection within 20 seconds"]


@pytest.mark.slow
def test_a_site_that_takes_no_connections() -> None:
    with ExitStack() as open_sockets:
        full = open_sockets.enter_context(socket.create_server(("127.0.4.12", 0), backlog=0))
        for _ in range(4):  # the system keeps some for it
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        base = f"http://127.0.4.12:{full.getsockname()[1]}/"
        told = fetched([base], timeout_seconds=120.0)[base]
    assert (told["kind"], told["reason"]) == ("network", "no connection within 20 seconds")


def test_redirects_end() -> None:
    with serving("127.0.4.11") as [site]:
        site.pages["/loop"] = Answer(status=302, headers={"Location": "/loop2"})
        site.pages["/loop2"] = Answer(status=302, headers={"Location": "/loop"})
        site.pages["/cookie"] = Answer(status=302, headers={"Location": "/cookie", "Set-Cookie": "seen=1"})
        site.pages["/many"] = Answer(status=302, headers={"Location": "/many?1"})
        for number in range(1, 10):
            site.pages[f"/many?{number}"] = Answer(status=302, headers={"Location": f"/many?{number + 1}"})
        for name, target in OUTSIDE.items():
            site.pages[f"/{name}"] = Answer(status=302, headers={"Location": target})
        urls = [f"{site.base}/{name}" for name in ("loop", "cookie", "many", *OUTSIDE)]
        told = fetched(urls, max_redirects=3)
        reasons = {url.removeprefix(f"{site.base}/"): (one["kind"], one["reason"]) for url, one in told.items()}
        asked = [asked for asked in site.asked if asked.path == "/cookie"]
    assert reasons.pop("loop") == ("redirects", "it redirects in a circle")
    assert reasons.pop("cookie") == ("redirects", "it redirects in a circle and asks for a cookie")
    assert reasons.pop("many") == ("redirects", "it redirects more than 3 times")
    assert set(reasons) == set(OUTSIDE)
    for name in ("file", "ftp", "data", "javascript", "gopher"):
        assert reasons.pop(name) == ("redirects", "HTTP 302 to no web address")
    assert reasons.pop("database") == ("refused", "no address to fetch: port 5432 is not the web's")
    assert reasons.pop("ssh") == ("refused", "no address to fetch: port 22 is not the web's")
    assert reasons.pop("password") == ("refused", "no address to fetch: it holds a name or password")
    assert all(kind == "refused" and "which is not public" in reason for kind, reason in reasons.values()), reasons
    assert len(asked) == 1
    assert "cookie" not in asked[0].headers


OUTSIDE = {
    "file": "file:///etc/passwd",
    "ftp": "ftp://127.0.4.11/x",
    "data": "data:text/html,<p>x</p>",
    "javascript": "javascript:alert(1)",
    "gopher": "gopher://127.0.4.11/",
    "database": "http://127.0.4.11:5432/",
    "ssh": "http://127.0.4.11:22/",
    "password": "http://name:word@127.0.4.11/",
    "private": "http://10.1.2.3/",
    "decimal": "http://167838211/",  # 10.1.2.3
    "octal": "http://012.01.02.03/",
    "hexadecimal": "http://0x0a010203/",
    "short": "http://10.66051/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "mapped": "http://[::ffff:10.1.2.3]/",
    "nat64": "http://[64:ff9b::a01:203]/",
    "sixtofour": "http://[2002:a01:203::1]/",
    "teredo": "http://[2001:0:a01:203::1]/",
    "compatible": "http://[::10.1.2.3]/",
    "local": "http://[fe80::1]/",
    "unique": "http://[fd00::1]/",
    "multicast": "http://224.0.0.1/",
    "zero": "http://0.0.0.0/",
    "broadcast": "http://255.255.255.255/",
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_certificates(authority: Authority) -> None:
    contexts = {
        "127.0.4.20": authority.context("127.0.4.20"),
        "127.0.4.21": authority.context("127.0.4.21", expired=True),
        "127.0.4.22": authority.context("127.0.4.22", self_signed=True),
        "127.0.4.23": authority.context("127.0.4.99"),
    }
    sites = [RawSite(address, context) for address, context in contexts.items()]
    with serving("127.0.4.24") as [plain]:
        try:
            for site in sites:
                site.behaviours["/"] = sends(answer(PAGE))
            urls = [f"{site.base}/" for site in sites] + [f"{plain.base}/".replace("http:", "https:")]
            trusting = {"SSL_CERT_FILE": str(authority.file)}
            told = fetched(urls, environment=trusting)
            lenient = fetched(urls[:4], environment=trusting, verify_certificates=False)
        finally:
            for site in sites:
                site.close()
    outcomes = [told[url] for url in urls]
    assert outcomes[0]["body"] == PAGE.decode()
    assert [one["kind"] for one in outcomes[1:]] == ["tls"] * 4, outcomes
    assert "expired" in outcomes[1]["reason"]
    assert "self-signed" in outcomes[2]["reason"]
    assert outcomes[3]["reason"] == "its certificate is for another name"
    assert all(one["body"] == PAGE.decode() for one in lenient.values())

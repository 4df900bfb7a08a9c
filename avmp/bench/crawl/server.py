"""The measured hosts, served by a process of its own that is not the bottleneck, and its log of who came when.

`python -m avmp.bench.crawl.server HOSTS ARTICLES LOG` prints what it serves as one line of JSON (`Offer`), serves until
its standard input ends, and then writes its log: one JSON list a line, `[seconds, what, host, connection, target]`, on
the machine's monotonic clock. `what` is "open", "request" or "close".
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from avmp.bench.crawl.corpus import Host, addresses, hosts
from avmp.demo.pages import Page
from crawlers.registry import FeedEntry, Registry, SourceEntry


class Offer(BaseModel):
    """What a server serves: the hosts as sources to crawl, and the address of every article."""

    registry: Registry
    articles: list[str]


class Logged(NamedTuple):
    """One line of the log."""

    seconds: float
    what: str
    host: str
    connection: int
    target: str


class Answers:
    """The ready answers of one host by request target, plain and, for a host that has it, in gzip."""

    def __init__(self, host: Host) -> None:
        self._plain = {target: _answer(page) for target, page in host.pages.items()}
        self._packed = (
            {target: _answer(page, packed=True) for target, page in host.pages.items()} if host.outlet.gzip else {}
        )
        self._missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def to(self, request: bytes) -> tuple[str, bytes]:
        """The target of a request, and its answer."""
        target = request.split(b" ", 2)[1].decode("latin-1")
        known = self._packed if self._packed and b"gzip" in request else self._plain
        answer = known.get(target) or known.get(target.split("&")[0]) or known.get(target.split("?")[0])
        return target, answer or self._missing


def _answer(page: Page, *, packed: bool = False) -> bytes:
    body = gzip.compress(page.body, mtime=0) if packed else page.body
    head = [
        f"HTTP/1.1 {page.status} OK",
        f"Content-Type: {page.content_type}",
        f"ETag: {page.etag}",
        f"Content-Length: {len(body)}",
        *(["Content-Encoding: gzip"] if packed else []),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Connection(asyncio.Protocol):
    """One connection, kept alive for as long as the client likes."""

    def __init__(self, host: str, answers: Answers, log: list[Logged]) -> None:
        self._host, self._answers, self._log = host, answers, log
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._note("open")

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            request, _, self._received = self._received.partition(b"\r\n\r\n")
            target, answer = self._answers.to(request)
            self._note("request", target)
            self._transport.write(answer)
            if b"connection: close" in request.lower():
                self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._note("close")

    def _note(self, what: str, target: str = "") -> None:
        self._log.append(Logged(time.monotonic(), what, self._host, id(self), target))


def read_log(path: Path) -> list[Logged]:
    """The log of a server that has ended."""
    with path.open(encoding="utf-8") as lines:
        return [Logged(*json.loads(line)) for line in lines]


def _listen(stack: ExitStack, count: int) -> dict[str, socket.socket]:
    """A listening socket on the same port of every address."""
    first, *others = addresses(count)
    listening = {first: stack.enter_context(socket.create_server((first, 0), backlog=256))}
    port = listening[first].getsockname()[1]
    for address in others:
        listening[address] = stack.enter_context(socket.create_server((address, port), backlog=256))
    return listening


def _offer(served: list[Host], port: int) -> Offer:
    sources, articles = [], []
    for host in served:
        base, outlet = f"http://{host.address}:{port}", host.outlet
        sources.append(
            SourceEntry(
                id=host.address,
                name=outlet.name,
                url=f"{base}/",
                jurisdiction=outlet.jurisdiction,
                kind=outlet.kind,
                languages=(outlet.language,),
                feeds=(FeedEntry(url=base + host.feed, kind=outlet.feeds[0].kind),),
                verified=True,
            )
        )
        articles += [base + target for target in host.pages if target not in ("/", "/robots.txt", host.feed)]
    return Offer(registry=Registry(sources=tuple(sources)), articles=articles)


async def _serve(count: int, articles_each: int, log: list[Logged]) -> None:
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        listening = _listen(stack, count)
        port = next(iter(listening.values())).getsockname()[1]
        served = list(hosts(count, articles_each, port))
        for host in served:
            answers = Answers(host)
            await loop.create_server(
                lambda host=host, answers=answers: Connection(host.address, answers, log),  # type: ignore[misc]
                sock=listening[host.address],
            )
        sys.stdout.write(_offer(served, port).model_dump_json() + "\n")
        sys.stdout.flush()
        await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serves until standard input ends."""
    count, articles_each, path = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    log: list[Logged] = []
    asyncio.run(_serve(count, articles_each, log))
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(line) + "\n" for line in log)


if __name__ == "__main__":
    main()

"""A model server on loopback that speaks the protocol of chat completions and answers as a test has it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.classifiers.instruct.answers import answer, written


@dataclass(frozen=True)
class Reply:
    """What the server sends: a body at once, or byte by byte with `drip` seconds between them. With `broken` it states
    a longer body than it sends, and drops the connection."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    broken: bool = False


def completion(
    content: str | None, *, finish: str = "stop", tokens: int | None = 700, refusal: str | None = None
) -> Reply:
    """A completion as servers send it."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    usage = None if tokens is None else {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": tokens}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return Reply(body=json.dumps(body, ensure_ascii=False).encode())


@dataclass
class ModelServer:
    """A running server. `replies` are sent in turn, the last one ever again; `asked` keeps what was sent to it."""

    address: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def model_server(*replies: Reply) -> Iterator[ModelServer]:
    """Serves until the block ends."""
    made = ModelServer(replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            made.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            made.headers.append(dict(self.headers))
            made.paths.append(self.path)
            reply = made.next_reply()
            time.sleep(reply.wait)
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) + reply.broken))
            self.end_headers()
            try:
                for at in range(0, len(reply.body), 1 if reply.drip else max(len(reply.body), 1)):
                    self.wfile.write(reply.body[at : at + 1] if reply.drip else reply.body)
                    self.wfile.flush()
                    time.sleep(reply.drip)
            except OSError:
                self.close_connection = True  # the client has gone
            self.close_connection = self.close_connection or reply.broken

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


KEY = "sk-geheim-0123456789"
RIGHT = completion(written(answer()))
UNANSWERED = "the instruction model did not answer: "
NO_USE = "the instruction model's answer was of no use: "

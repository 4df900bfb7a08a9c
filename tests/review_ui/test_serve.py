from __future__ import annotations

import signal
import socket
import subprocess
import sys

import httpx
import pytest

from codebook.errors import AvmpError
from review_ui.serve import listening_socket
from review_ui.settings import WebSettings
from store.database import Database
from store.users import add_user, disable


def test_beyond_loopback_only_once_an_administrator_exists(database: Database) -> None:
    settings = WebSettings(host="0.0.0.0", port=0)  # the refusal is what is tested
    with pytest.raises(AvmpError, match="avmp user add NAME --role administrator"):
        listening_socket(database, settings)
    with database.session() as session:
        add_user(session, "ana", "monitor", by="test")
        add_user(session, "ada", "administrator", by="test")
        disable(session, "ada", by="test")
    with pytest.raises(AvmpError, match="only once an administrator exists"):
        listening_socket(database, settings)
    with database.session() as session:
        add_user(session, "eva", "administrator", by="test")
    listening_socket(database, settings).close()


def test_a_taken_port_is_told_in_one_line(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AvmpError, match=rf"cannot listen on 127\.0\.0\.1:{port} .*choose another"):
            listening_socket(database, WebSettings(port=port))


def test_no_page_waits_for_an_acknowledgement(database: Database) -> None:
    with listening_socket(database, WebSettings(port=0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address), listener.accept()[0] as served:
            assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("example.org", False),
    ],
)
def test_cookies_are_secure_beyond_loopback(host: str, loopback: bool) -> None:
    settings = WebSettings(host=host)
    assert (settings.loopback, settings.secure_cookies) == (loopback, not loopback)


PROGRAM = """
import sys
from pipeline.stages.requeue import relink
from review_ui.serve import serve
from review_ui.settings import WebSettings
from store.database import Database
serve(Database(sys.argv[1]), WebSettings(port=0), relink, lambda address: print(address, flush=True))
"""


def test_the_process_says_where_it_serves_and_ends_when_asked(database_url: str) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, database_url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        answer = httpx.get(f"{address}/sign-in", timeout=30)
        assert (answer.status_code, "Sign in" in answer.text) == (200, True)
        process.terminate()
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)

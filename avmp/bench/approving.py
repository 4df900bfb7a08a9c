"""Approving items as a monitor does, one key an item, while a hundred thousand wait: what the web application takes.

A person's key sends the form as it stands, and the answer leads to the next item. Both requests go over loopback to the
application as it runs in life; the browser's own time is not measured.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from lxml import html

from avmp.bench.embedded import server
from avmp.bench.queue import A_DAY, fill
from avmp.wiring import migrate
from codebook.errors import AvmpError
from pipeline.stages.requeue import relink
from review_ui.access import SESSION_COOKIE
from review_ui.serve import in_background
from review_ui.settings import WebSettings
from store.database import Database
from store.users import add_user, create_session

OPEN = 100_000
"""Items that wait."""
APPROVED, FIRST = 30, 5
"""Items approved, and how many of them at first are not counted: they warm the caches of server and database."""
MONITOR = "bench"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def approving_figures() -> dict[str, float]:
    """Median and slowest milliseconds of the server from the key to the saved decision, and to the next item's page."""
    with server() as url:
        migrate(url, url)
        database = Database(url)
        fill(database, OPEN, max(OPEN // A_DAY, 1))
        with database.session() as session:
            add_user(session, MONITOR, "monitor", by=MONITOR)
            token = create_session(session, MONITOR)
        with in_background(database, WebSettings(port=0), relink) as port:
            saved, shown = zip(*_approvals(port, token), strict=True)
        database.close()
    return {
        f"approve_among_{OPEN}_ms": round(statistics.median(saved), 1),
        f"approve_and_see_the_next_among_{OPEN}_ms": round(statistics.median(shown), 1),
        f"approve_and_see_the_next_among_{OPEN}_at_most_ms": round(max(shown), 1),
    }


def _approvals(port: int, token: str) -> Iterator[tuple[float, float]]:
    """Milliseconds to the decision and to the next page, an item after the other."""
    cookie = {"Cookie": f"{SESSION_COOKIE}={token}"}
    page = _get(port, "/queue/next", cookie)
    for number in range(APPROVED):
        document = html.fromstring(page)
        for row in document.findall(".//template"):  # of persons that might be added: browsers do not send it
            row.drop_tree()
        form = document.get_element_by_id("decision")
        body = urlencode(form.form_values())
        begun = time.perf_counter()
        status, _, to = _asked(port, "POST", form.get("action"), cookie | FORM, body)
        saved = time.perf_counter()
        if status != 303:
            raise AvmpError(f"the application did not approve item {number + 1}: it answered {status}")
        page = _get(port, to, cookie)
        if number >= FIRST:
            yield 1000 * (saved - begun), 1000 * (time.perf_counter() - begun)


def _get(port: int, path: str, cookie: dict[str, str]) -> str:
    """A page, the redirections to it followed."""
    status, page, to = _asked(port, "GET", path, cookie)
    while status in (302, 303, 307):
        status, page, to = _asked(port, "GET", to, cookie)
    if status != 200:
        raise AvmpError(f"the application answered {status} at {path}")
    return page


def _asked(port: int, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, page, answer.getheader("Location", "")

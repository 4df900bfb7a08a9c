"""Two monitors at one queue of 200 items, each in a browser of their own and by keys alone: each item is decided once,
none is lost, none is shown to both; and an item whose holder went away comes to one of them."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import Counter
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Response, sync_playwright
from sqlalchemy import func, select

from store.decisions import incident_id
from store.review_queue import lease
from store.schema import AuditEntry, Candidate, CuratedIncident, OutboxMessage, Revision
from tests.review_ui import seed
from tests.review_ui.conftest import Site, launch, opened_context, sign_in
from tests.review_ui.test_deciding import start

pytestmark = pytest.mark.slow

ITEMS = 200
HELD = 5
"""Items at the top of the queue whose holder went away."""

EVERYTHING = [f"c{number}" for number in range(ITEMS)]
REJECTED = set(EVERYTHING[::3])


class Monitor(threading.Thread):
    """A person who decides what is shown until nothing is, at a browser that listens to this thread alone."""

    def __init__(self, site: Site, name: str, both: threading.Barrier) -> None:
        super().__init__(name=name)
        self._site, self._both = site, both
        self.shown: list[str] = []
        """The items whose page the browser was given, each time."""
        self.refused: list[str] = []
        self.complaints: list[str] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with sync_playwright() as playwright, launch(playwright) as browser:
                self._work(browser)
        except BaseException as error:  # noqa: BLE001  brought to the test's own thread
            self.failure = error
            self._both.abort()

    def _work(self, browser: Browser) -> None:
        page = sign_in(self._site, opened_context(browser, self.complaints), self.name)
        page.on("response", self._given)
        self._both.wait()
        start(page)
        while (candidate := _item(page.url)) is not None:
            here = page.url
            for key in ("r", "3", "Enter") if candidate in REJECTED else ("a",):
                page.keyboard.press(key)
            page.wait_for_url(lambda url: url != here)  # noqa: B023  it is asked before the next round
        assert urlsplit(page.url).path == "/queue/next", page.url

    def _given(self, response: Response) -> None:
        if not response.request.is_navigation_request():
            return  # of a page that is being left: its sign of life may come after the decision
        if response.status >= 400:
            self.refused.append(f"{response.status} {response.url}")
        elif (candidate := _item(response.url)) is not None:
            self.shown.append(candidate)


def _item(url: str) -> str | None:
    """The item of which this is the page."""
    found = re.fullmatch(r"/item/([^/]+)", urlsplit(url).path)
    return found and unquote(found[1])


def fill(site: Site) -> None:
    with site.database.session() as session:
        for number, candidate in enumerate(EVERYTHING):
            seed.simple(session, candidate, priority=float(number % 7))
    with site.database.session() as session:
        for candidate in EVERYTHING[6 : 6 + 7 * HELD : 7]:  # of the highest priority
            lease(session, candidate, "ada")
            session.get_one(Candidate, candidate).lease_until = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)


def test_each_of_200_items_is_decided_once(site: Site) -> None:
    fill(site)
    both = threading.Barrier(2)
    monitors = [Monitor(site, name, both) for name in ("ana", "boro")]
    for monitor in monitors:
        monitor.start()
    for monitor in monitors:
        monitor.join()
    assert [monitor.failure for monitor in monitors] == [None, None]
    assert [monitor.refused + monitor.complaints for monitor in monitors] == [[], []]

    shown = Counter(candidate for monitor in monitors for candidate in monitor.shown)
    assert set(shown) == set(EVERYTHING), "none is lost"
    assert max(shown.values()) == 1, "none is shown to both"
    assert all(len(monitor.shown) > ITEMS / 10 for monitor in monitors), "both work"
    with site.database.session() as session:
        states = Counter(session.scalars(select(Candidate.state)))
        approved = ITEMS - len(REJECTED)
        assert states == {"rejected": len(REJECTED), "approved": approved}
        incidents = set(session.scalars(select(CuratedIncident.id)))
        assert incidents == {incident_id(candidate) for candidate in EVERYTHING if candidate not in REJECTED}
        for table in (Revision, OutboxMessage):
            assert session.scalar(select(func.count()).select_from(table)) == approved
        decided = session.execute(
            select(AuditEntry.subject_id, func.count())
            .where(AuditEntry.action.in_(("approve", "reject")))
            .group_by(AuditEntry.subject_id)
        )
        assert dict(decided.all()) == dict.fromkeys(EVERYTHING, 1)
        by = dict(session.execute(select(Candidate.id, Candidate.decided_by)).all())
        for monitor in monitors:
            assert all(by[candidate] == monitor.name for candidate in monitor.shown)

"""Two monitors at one queue of 200 items, over the real pages: each item is decided once, none is lost, none is shown to
both; and an item whose holder went away comes to the other."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import Counter
from urllib.parse import unquote

import httpx
import pytest
from sqlalchemy import func, select

from store.decisions import incident_id
from store.review_queue import lease
from store.schema import AuditEntry, Candidate, CuratedIncident, OutboxMessage, Revision
from tests.review_ui import seed
from tests.review_ui.conftest import Site

pytestmark = pytest.mark.slow

ITEMS = 200
HELD = 5
"""Items at the top of the queue whose holder went away."""


class Monitor:
    """A person at a browser without scripts: opens what is next, approves or rejects, goes where that leads."""

    def __init__(self, site: Site, name: str) -> None:
        self._web = httpx.Client(base_url=site.url, follow_redirects=True, timeout=60)
        self.shown: list[str] = []
        self.refused = 0
        entry = self._web.get(site.link(name))
        token = re.search(r'name="csrf" value="([^"]+)"', entry.text)
        assert token is not None
        self._web.post(str(entry.url), data={"csrf": token[1]})

    def work(self) -> None:
        page = self._web.get("/queue/next")
        while found := re.fullmatch(r"/item/([^/]+)", page.url.path):
            candidate = unquote(found[1])
            self.shown.append(candidate)
            form = self._form(page.text)
            rejects = int(candidate.removeprefix("c")) % 3 == 0
            action = "reject" if rejects else "approve"
            query = f"?{page.url.query.decode()}" if page.url.query else ""
            page = self._web.post(f"/item/{candidate}/{action}{query}", data=form)
            assert page.status_code in (200, 409), page.text
            if page.status_code == 409:
                self.refused += 1
                page = self._web.get("/queue/next")
        assert page.url.path == "/queue/next", page.url

    def close(self) -> None:
        self._web.close()

    def _form(self, html: str) -> dict[str, str | list[str]]:
        """What the page's form would send, as a browser fills it in from the proposal."""
        decision = html[html.index('id="decision"') :]
        hidden = dict(re.findall(r'name="(csrf|version)" value="([^"]+)"', decision))
        return hidden | {
            "incident_type": "public_dispute",
            "date": "2025-03-03",
            "date_precision": "day",
            "time_of_day": "evening",
            "jurisdiction": "RS",
            "place": "Novi Pazar",
            "geo_precision": "1",
            "place_type": "bar_restaurant",
            "weapons": ["handgun"],
            "possession": "unreported",
            "victims.sex": ["male"],
            "victims.age": ["34"],
            "victims.outcome": ["injured"],
            "victims.relation": ["acquaintance"],
            "reason": "not_incident",
        }


def test_each_of_200_items_is_decided_once(site: Site) -> None:
    with site.database.session() as session:
        for number in range(ITEMS):
            seed.simple(session, f"c{number}", priority=float(number % 7))
    with site.database.session() as session:
        gone = [f"c{number}" for number in range(6, 6 + 7 * HELD, 7)]  # of the highest priority
        for candidate in gone:
            lease(session, candidate, "ada")
            session.get_one(Candidate, candidate).lease_until = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    monitors = [Monitor(site, name) for name in ("ana", "boro")]
    failures: list[BaseException] = []

    def work(monitor: Monitor) -> None:
        try:
            monitor.work()
        except BaseException as error:  # noqa: BLE001  brought to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(monitor,)) for monitor in monitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for monitor in monitors:
        monitor.close()
    assert failures == []

    shown = Counter(monitors[0].shown + monitors[1].shown)
    everything = {f"c{number}" for number in range(ITEMS)}
    assert set(shown) == everything, "none is lost"
    assert max(shown.values()) == 1, "none is shown to both"
    assert all(monitor.shown for monitor in monitors)
    assert [monitor.refused for monitor in monitors] == [0, 0]
    with site.database.session() as session:
        states = Counter(session.scalars(select(Candidate.state)))
        rejected = sum(number % 3 == 0 for number in range(ITEMS))
        assert states == {"rejected": rejected, "approved": ITEMS - rejected}
        incidents = set(session.scalars(select(CuratedIncident.id)))
        assert incidents == {incident_id(f"c{number}") for number in range(ITEMS) if number % 3}
        for table in (Revision, OutboxMessage):
            assert session.scalar(select(func.count()).select_from(table)) == ITEMS - rejected
        decided = session.execute(
            select(AuditEntry.subject_id, func.count())
            .where(AuditEntry.action.in_(("approve", "reject")))
            .group_by(AuditEntry.subject_id)
        )
        assert dict(decided.all()) == dict.fromkeys(everything, 1)
        by = dict(session.execute(select(Candidate.id, Candidate.decided_by)).all())
        for name, monitor in zip(("ana", "boro"), monitors, strict=True):
            assert all(by[candidate] == name for candidate in monitor.shown)

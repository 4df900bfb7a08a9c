"""A morning by keys alone: thirty items, approved and rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from store.schema import AuditEntry, Candidate
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start


def test_thirty_items_are_decided_by_keys_alone(site: Site, signed_in: Callable[..., Page]) -> None:
    ids = [f"c{number:02}" for number in range(30)]
    with site.database.session() as session:
        for number, candidate_id in enumerate(ids):
            seed.simple(session, candidate_id, priority=100.0 - number)
    page = signed_in()
    start(page)
    for number, candidate_id in enumerate(ids):
        page.wait_for_url(f"**/item/{candidate_id}**")
        expect(page.locator("#approve")).to_be_visible()
        for key in ("r", "3", "Enter") if number % 3 == 2 else ("a",):
            page.keyboard.press(key)
    page.wait_for_url("**/queue/next**")
    expect(page.get_by_text("every item has been decided")).to_be_visible()
    with site.database.session() as session:
        states = Counter(session.scalars(select(Candidate.state)))
        actions = Counter(session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "candidate")))
    assert states == {"approved": 20, "rejected": 10}
    assert (actions["approve"], actions["reject"]) == (20, 10)

"""The same work by plain forms, in a browser that runs no scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from store.schema import Candidate
from tests.review_ui import seed
from tests.review_ui.conftest import Site


@pytest.fixture
def page(site: Site, new_context: Callable[..., BrowserContext]) -> Page:
    with site.database.session() as session:
        seed.simple(session, "c1", priority=2.0)
        seed.simple(session, "c2")
    opened = new_context(java_script_enabled=False).new_page()
    opened.goto(site.link("ana"))
    opened.get_by_role("button", name="Sign in").click()
    opened.get_by_role("link", name="Start").click()
    opened.wait_for_url("**/item/c1")
    return opened


def stored(site: Site, candidate_id: str) -> Candidate:
    with site.database.session() as session:
        found = session.get(Candidate, candidate_id)
        assert found is not None
        return found


def test_an_item_is_approved_and_the_next_comes(site: Site, page: Page) -> None:
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status").first).to_contain_text("Approved")
    assert "/item/c2" in page.url
    assert stored(site, "c1").state == "approved"


def test_persons_are_added_and_removed_and_what_was_typed_stays(site: Site, page: Page) -> None:
    page.get_by_label("Comment", exact=True).fill("from the bulletin")
    page.locator("#perpetrators .add").click()
    page.locator("#victims .add").click()
    expect(page.locator("#victims .person")).to_have_count(2)
    expect(page.locator("#perpetrators .person")).to_have_count(1)
    page.locator("input[name='victims.age']").nth(1).fill("29")
    page.get_by_role("button", name="Remove this victim").first.click()
    expect(page.locator("input[name='victims.age']")).to_have_value("29")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("from the bulletin")
    assert stored(site, "c1").state == "open"
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("status").first.get_by_role("link").click()
    expect(page.locator(".facts")).to_contain_text("sex unreported, 29")
    expect(page.locator(".facts")).to_contain_text("perpetrator, sex unreported")
    expect(page.locator(".past")).to_contain_text("from the bulletin")


def test_an_item_is_rejected_with_a_reason(site: Site, page: Page) -> None:
    reject = page.get_by_role("button", name="Reject")
    reject.click()
    expect(page.get_by_role("alert").first).to_have_text("Not rejected yet: Choose a reason.")
    page.get_by_label("Duplicate").check()
    reject.click()
    expect(page.get_by_role("status").first).to_contain_text("Rejected")
    assert stored(site, "c1").rejection_reason == "duplicate"


def test_no_button_that_needs_a_script_is_shown(page: Page) -> None:
    for name in ("Keys", "Cancel", "Latin"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.locator("#rejection")).to_be_visible()


def test_what_keys_open_stands_open_and_works(site: Site, page: Page) -> None:
    page.locator("#note textarea").fill("seen in the bulletin")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator("#notes")).to_contain_text("seen in the bulletin")
    page.locator("#merge-find").fill("c2")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("article")).to_have_count(2)
    page.locator("#split").get_by_label("(c2)").check()
    page.get_by_role("button", name="Split", exact=True).click()
    expect(page.locator("article")).to_have_count(1)
    page.locator("#question textarea").fill("Robbery?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("comes back to you with the answer")).to_be_visible()


def test_a_decision_is_undone(site: Site, page: Page) -> None:
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("Undone: the item is open again")
    assert stored(site, page.url.split("/item/")[1].split("?")[0]).state == "open"

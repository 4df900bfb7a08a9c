"""The page of an item that nobody can decide here: what was decided stands there, and nothing can be typed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from store.review_queue import lease
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start, waiting_items

SignIn = Callable[..., Page]


def test_a_decided_item_shows_the_decision_and_is_read_only(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1", "c2")
    page = signed_in()
    start(page)
    page.get_by_label("Type of incident", exact=True).select_option("criminal_context")
    page.get_by_label("Municipality").fill("Čačak")
    page.get_by_label("Comment", exact=True).fill("from the bulletin")
    page.locator("input[name='victims.age']").fill("35")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_url("**/item/c2**")
    page.keyboard.press("k")
    page.wait_for_url("**/item/c1**")
    expect(page.locator("h1")).to_have_text("Criminal context, Čačak")
    expect(page.locator("figcaption")).to_contain_text("Čačak")
    for label, value in {
        "Type of incident": "criminal_context",
        "Municipality": "Čačak",
        "Comment": "from the bulletin",
    }.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
        expect(page.get_by_label(label, exact=True)).to_be_disabled()
    expect(page.locator("input[name='victims.age']")).to_have_value("35")
    expect(page.locator(".add, .remove")).to_have_count(0)


def test_an_item_that_a_colleague_holds_is_read_only(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    with site.database.session() as session:
        lease(session, "c1", "boro")
    page = signed_in()
    page.goto(f"{site.url}/item/c1")
    expect(page.get_by_role("alert").first).to_contain_text("Boro works on this item")
    expect(page.locator("input[name='victims.age']")).to_have_value(str(seed.DISPUTE.victims[0].age))
    expect(page.locator("input[name='victims.age']")).to_be_disabled()
    expect(page.locator(".add, .remove")).to_have_count(0)

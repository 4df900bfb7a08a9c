"""Notes beside an item, and questions that bring it before somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start, stored, waiting_items

SignIn = Callable[..., Page]


@pytest.fixture
def page(site: Site, signed_in: SignIn) -> Page:
    waiting_items(site, "c1")
    opened = signed_in()
    start(opened)
    return opened


def write(page: Page, key: str, words: str) -> None:
    """Write in the dialog of a key, and send it by keys."""
    page.keyboard.press(key)
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")


def test_a_note_stays_with_the_item_and_the_form_keeps_what_was_typed(site: Site, page: Page) -> None:
    page.locator("input[name='victims.age']").fill("35")
    page.keyboard.press("Escape")
    write(page, "c", "The mayor's office denies it <b>twice</b>.")
    expect(page.get_by_text("Your note is kept.")).to_be_visible()
    expect(page.locator("#notes")).to_contain_text("ana")
    expect(page.locator("#notes")).to_contain_text("denies it <b>twice</b>.")
    expect(page.locator("input[name='victims.age']")).to_have_value("35")
    assert stored(site, "c1").lease_owner == "ana"


def test_an_empty_note_is_refused(site: Site, page: Page) -> None:
    csrf = page.locator("input[name=csrf]").first.input_value()
    answer = page.request.post(f"{site.url}/item/c1/note", form={"csrf": csrf, "note": "  "})
    assert answer.status == 422
    assert "Not kept: write the note before you send it." in answer.text()


def test_a_question_brings_the_item_before_somebody_else_and_the_answer_back(
    site: Site, page: Page, signed_in: SignIn
) -> None:
    write(page, "e", "Dispute or robbery?")
    expect(page.get_by_text("comes back to you with the answer")).to_be_visible()
    expect(page.get_by_text("1 that you asked about waits for the answer of a colleague.")).to_be_visible()
    assert stored(site, "c1").lease_owner is None
    page.get_by_text("Your questions to colleagues").click()
    expect(page.locator("#own-questions li")).to_contain_text("Public dispute, Novi Pazar, question not answered")
    other = signed_in("boro")
    expect(other.locator("#own-questions")).to_have_count(0)
    expect(other.locator(".queue")).to_contain_text("opinion asked")
    start(other)
    expect(other.locator("p.asks")).to_have_text(re.compile(r"ana asks for a second opinion:\s+Dispute or robbery\?"))
    write(other, "c", "Robbery.")
    expect(other.get_by_text("Your note is kept.")).to_be_visible()
    expect(other.locator("h1")).to_have_text("Review queue")
    expect(other.locator(".queue .asks")).to_have_count(0)
    assert stored(site, "c1").lease_owner is None
    page.goto(f"{site.url}/queue")
    expect(page.locator(".queue .asks")).to_have_text("question answered")
    page.get_by_text("Your questions to colleagues").click()
    expect(page.locator("#own-questions li")).to_contain_text("question answered")
    page.locator("#own-questions").get_by_role("link").click()
    page.wait_for_url("**/item/c1")
    expect(page.locator(".lines .asks")).to_have_text(re.compile(r"Dispute or robbery\?.*boro.*Robbery\.", re.S))
    expect(page.locator("#notes")).to_contain_text("Robbery.")
    expect(page.get_by_text("for a second opinion:")).to_have_count(0)


def test_who_asked_can_decide_all_the_same(site: Site, page: Page) -> None:
    write(page, "e", "Dispute or robbery?")
    expect(page.get_by_text("comes back to you with the answer")).to_be_visible()
    page.goto(f"{site.url}/item/c1")
    expect(page.get_by_text("You ask for a second opinion:")).to_be_visible()
    write(page, "e", "Once more?")
    expect(page.get_by_role("alert").first).to_contain_text("Not kept. You have asked about this item already")
    page.keyboard.press("a")
    expect(page.get_by_text("Approved: incident")).to_be_visible()


def test_who_answers_goes_on_with_the_next_item(site: Site, page: Page, signed_in: SignIn) -> None:
    write(page, "e", "Dispute or robbery?")
    expect(page.get_by_text("comes back to you with the answer")).to_be_visible()
    with site.database.session() as session:
        seed.simple(session, "c2", priority=0.1)
    other = signed_in("boro")
    other.goto(f"{site.url}/item/c1")
    write(other, "c", "Robbery.")
    other.wait_for_url("**/item/c2**")
    expect(other.get_by_text("Your note is kept.")).to_be_visible()

"""Keys: what they do, where they are only letters, and on which keyboards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from store.schema import Candidate
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start

SignIn = Callable[..., Page]


@pytest.fixture
def page(site: Site, signed_in: SignIn) -> Page:
    with site.database.session() as session:
        seed.simple(session, "c1", priority=2.0)
        seed.simple(session, "c2")
    opened = signed_in()
    start(opened)
    return opened


def test_a_key_is_a_letter_while_one_writes(site: Site, page: Page) -> None:
    for field in (page.get_by_label("Municipality"), page.get_by_label("Comment", exact=True)):
        field.fill("")
        field.press_sequentially("arjkq?")
        expect(field).to_have_value("arjkq?")
    page.get_by_label("Type of incident", exact=True).focus()
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    assert page.url.endswith("/item/c1")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("a")  # behind an open dialog no key decides
    page.keyboard.press("Escape")
    with site.database.session() as session:
        found = session.get(Candidate, "c1")
        assert found is not None
        assert found.state == "open"


def test_a_key_in_the_frame_a_dialog_closes_in_is_not_lost_in_its_field(page: Page) -> None:
    """The browser takes the focus from a field that is hidden only with the next frame."""
    page.keyboard.press("c")
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    held = page.evaluate(
        """() => {
          document.querySelector("dialog[open]").close();
          const field = document.activeElement;
          field.dispatchEvent(new KeyboardEvent("keydown", { key: "r", code: "KeyR", bubbles: true }));
          return field.localName;
        }"""
    )
    assert held == "textarea"
    expect(page.get_by_role("dialog", name="Reject")).to_be_visible()


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_a_shortcut_of_the_browser_decides_nothing(page: Page, modifier: str) -> None:
    page.evaluate(
        "(m) => document.body.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'r', code: 'KeyR', bubbles: true, [m]: true}))",
        {"Control": "ctrlKey", "Alt": "altKey", "Meta": "metaKey"}[modifier],
    )
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(("letter", "code"), [("р", "KeyR"), ("R", "KeyR")])
def test_keys_work_on_a_cyrillic_keyboard_and_in_capitals(page: Page, letter: str, code: str) -> None:
    page.evaluate(
        "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))",
        [letter, code],
    )
    expect(page.get_by_role("dialog")).to_be_visible()


def test_back_returns_to_the_item_before_and_says_what_became_of_it(page: Page) -> None:
    page.keyboard.press("a")
    page.wait_for_url("**/item/c2**")
    page.go_back()
    page.wait_for_url("**/item/c1")
    expect(page.get_by_role("status").first).to_contain_text("Approved by ana")
    expect(page.locator("#approve")).to_have_count(0)
    page.keyboard.press("j")
    page.wait_for_url("**/item/c2**")


def test_unreported_is_no_weapon_beside_another(page: Page) -> None:
    unreported, grenade = page.locator("[name=weapons][value=unreported]"), page.get_by_label("Hand grenade")
    unreported.check()
    expect(page.get_by_label("Handgun")).not_to_be_checked()
    grenade.check()
    expect(unreported).not_to_be_checked()


def test_each_lit_word_names_the_field_it_supports(page: Page) -> None:
    titles = page.locator("mark").evaluate_all("ms => ms.map(m => [m.textContent, m.title])")
    assert ["Novom Pazaru", "Municipality"] in titles
    assert ["34", "Victim 1: age"] in titles
    page.get_by_text("34", exact=True).click()
    expect(page.locator("input[name='victims.age']")).to_be_focused()
    expect(page.locator("mark.lit")).to_have_text(["34"])


def test_a_key_leads_to_the_comment_of_the_incident(page: Page) -> None:
    page.keyboard.press("w")
    expect(page.get_by_label("Comment", exact=True)).to_be_focused()
    page.keyboard.press("w")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("w")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help tr", has_text="Comment on the incident")).to_contain_text("w")

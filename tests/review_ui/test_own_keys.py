"""A person's own keys: changed, refused where two clash, on every button, and the usual ones again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from codebook.errors import BadInput
from review_ui.keymap import actions, keymap, own_keys
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start, stored, waiting_items

SignIn = Callable[..., Page]

USUAL = {name: action.key for name, action in actions().items()}


def test_the_usual_keys_clash_nowhere() -> None:
    assert own_keys(USUAL) == {}
    assert keymap({}) == USUAL


@pytest.mark.parametrize("key", ["1", "9", " ", "", "ab", "F13", "Esc", "ш"])
def test_a_key_that_cannot_be_pressed_alone_is_refused(key: str) -> None:
    with pytest.raises(BadInput, match="choose one letter or sign"):
        own_keys(USUAL | {"approve": key})


def test_two_actions_of_a_page_need_two_keys_and_may_swap_theirs() -> None:
    with pytest.raises(BadInput, match="also that of 'Reject with a reason' on the same page"):
        own_keys(USUAL | {"approve": "r"})
    with pytest.raises(BadInput, match="also that of"):
        own_keys(USUAL | {"approve": "?"})
    assert own_keys(USUAL | {"approve": "R", "reject": "a"}) == {"approve": "r", "reject": "a"}
    assert own_keys(USUAL | {"incidents": "a"}) == {"incidents": "a"}


def test_the_action_that_was_changed_is_told_as_wrong() -> None:
    with pytest.raises(BadInput, match=r"Approve; .*: choose another, .* that of 'Next item; an open one is skipped'"):
        own_keys(USUAL | {"approve": "j"})
    mine = USUAL | {"approve": "z"}
    with pytest.raises(BadInput, match=r"Next item; .*: choose another, .* that of 'Approve; saves corrections first'"):
        own_keys(mine | {"next": "z"}, mine)


def test_keys_of_an_older_release_that_clash_give_way() -> None:
    assert keymap({"approve": "r", "gone": "z"}) == USUAL
    assert keymap({"approve": "r", "reject": "a"}) == USUAL | {"approve": "r", "reject": "a"}


def test_keys_are_changed_and_every_button_follows(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1", "c2")
    page = signed_in()
    page.keyboard.press("?")
    page.get_by_role("link", name="Change the keys").click()
    page.get_by_label("Approve; saves corrections first").fill("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(
        "Nothing was changed. Key 'j' for 'Approve; saves corrections first': choose another, "
        "since it is also that of 'Next item; an open one is skipped' on the same page."
    )
    page.get_by_label("Approve; saves corrections first").fill("z")
    page.get_by_label("Next item").fill("F2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your keys are changed.")).to_be_visible()
    page.goto(f"{site.url}/queue")
    page.keyboard.press("F2")
    page.wait_for_url("**/item/c1")
    expect(page.locator("#approve")).to_have_text("Approve z")
    page.keyboard.press("?")
    expect(page.locator("#help tr", has_text="Approve; saves")).to_contain_text("z")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("z")
    page.wait_for_url("**/item/c2**")
    assert stored(site, "c1").state == "approved"
    page.goto(f"{site.url}/keys")
    page.get_by_role("button", name="Back to the usual keys").click()
    expect(page.get_by_label("Approve; saves corrections first")).to_have_value("a")


def test_keys_are_each_persons_own(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    ana, boro = signed_in("ana"), signed_in("boro")
    ana.goto(f"{site.url}/keys")
    ana.get_by_label("Approve; saves corrections first").fill("z")
    ana.keyboard.press("Enter")
    expect(ana.get_by_text("Your keys are changed.")).to_be_visible()
    start(boro)
    expect(boro.locator("#approve")).to_have_text("Approve a")

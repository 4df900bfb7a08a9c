"""Where the form stands below the reports, the words that the field in focus rests on are quoted under it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from store.workplace import arrange
from tests.review_ui import samples
from tests.review_ui.conftest import Site
from tests.review_ui.test_layout import COVERED, DESK, PHONE


@pytest.fixture
def open_item(site: Site, signed_in: Callable[..., Page]) -> Callable[..., Page]:
    def opened(screen: dict[str, int] = PHONE, *, covered: bool = False) -> Page:
        with site.database.session() as session:
            samples.morning(session, "boro")
            arrange(session, "ana", theme="system", cover=covered, remind_after=None, language=None)
        page = signed_in(viewport=screen)
        page.goto(f"{site.url}/item/{'csuicide' if covered else 'cdispute'}")
        return page

    return opened


def test_the_first_words_of_the_field_in_focus_are_quoted_under_it_and_lead_to_them(
    open_item: Callable[..., Page],
) -> None:
    page = open_item()
    page.locator("#f-date").focus()
    quoted = page.locator(".field:has(#f-date) .quoted")
    expect(quoted).to_have_text("Policija: …da je 3. marta oko 22 časa u ugostiteljskom objektu…")
    expect(quoted.locator("strong")).to_have_text("3. marta")
    words = page.locator("mark.lit").first
    expect(words).not_to_be_in_viewport()
    quoted.get_by_role("link").press("Enter")
    expect(words).to_be_in_viewport()
    expect(words).to_have_text("3. marta")


def test_a_quotation_is_in_sight_with_its_field_and_stays_when_the_field_is_left(
    open_item: Callable[..., Page],
) -> None:
    page = open_item()
    page.locator("#f-place").focus()
    for field in ("victims.relation", "perpetrators.status"):
        page.locator(f"[name='{field}']").focus()
        assert page.evaluate(COVERED) == ""
        page.locator(f".person:has([name='{field}']) .quoted").evaluate("e => e.querySelector('a').focus()")
        assert page.evaluate(COVERED) == ""
    expect(page.locator(".quoted")).to_have_count(3)
    expect(page.locator("#victims .quoted strong")).to_have_text("познаником повређеног")


def test_a_field_without_words_of_its_own_keeps_no_others(open_item: Callable[..., Page]) -> None:
    page = open_item()
    page.locator("[name='perpetrators.status']").focus()
    line = page.locator("#perpetrators .quoted")
    expect(line).to_contain_text("трага за осумњиченим")
    page.locator("[name='perpetrators.role']").focus()
    expect(line).to_be_empty()


def test_nothing_is_quoted_beside_the_reports(open_item: Callable[..., Page]) -> None:
    page = open_item(DESK)
    page.locator("#f-date").focus()
    expect(page.locator("mark.lit")).not_to_have_count(0)
    expect(page.locator(".quoted")).to_have_count(0)


def test_covered_reports_are_not_quoted_and_one_link_uncovers_them(open_item: Callable[..., Page]) -> None:
    page = open_item(covered=True)
    page.locator("#f-place_type").focus()
    quoted = page.locator(".field:has(#f-place_type) .quoted")
    expect(quoted).to_have_text("Show the words this rests on, in the covered reports")
    quoted.get_by_role("link").press("Enter")
    expect(page.locator("#uncover")).to_be_checked()
    expect(page.locator("mark.lit")).to_be_in_viewport()
    page.locator("#f-place_type").focus()
    expect(quoted.locator("strong")).to_have_text("locuința")
    page.locator("#uncover").uncheck()
    expect(quoted).to_be_empty()

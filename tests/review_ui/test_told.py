"""Who says what where reports disagree, the way from a value to its words, definitions on a key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from codebook.records import Victim
from store.schema import Candidate
from tests.review_ui import samples, seed
from tests.review_ui.conftest import Site

DIED = seed.DISPUTE.model_copy(
    update={"victims": (Victim(sex="male", age=34, outcome="killed"),), "place_type": "unreported"}
)


@pytest.fixture
def page(site: Site, signed_in: Callable[..., Page]) -> Page:
    with site.database.session() as session:
        seed.simple(session, "c1")
        title, words = "Preminuo ranjeni muškarac", "Policija javlja: " + "dugo. " * 400 + "muškarac je preminuo."
        evidence = samples.spans(title, words, victims_0__outcome=["je preminuo"])
        seed.report(
            session, session.get_one(Candidate, "c1"), title, words, facts=DIED, source_id="policija.example",
            kind="official", evidence=evidence,
        )  # fmt: skip
    opened = signed_in()
    opened.goto(f"{site.url}/item/c1")
    return opened


def test_a_disagreement_is_marked_and_opens_with_its_field(page: Page) -> None:
    expect(page.locator(".told summary")).to_have_text(["Reports differ: 2 values"])
    told = page.locator("#victims .told")
    expect(told.locator("ul")).to_be_hidden()
    page.locator("select[name='victims.outcome']").focus()
    lines = told.locator("li")
    expect(lines.first).to_contain_text("man, 34, killed")
    expect(lines.first).to_contain_text("Policija official, 4 March 2025, 19:05 CET")
    expect(lines.last).to_contain_text("man, 34, injured, acquaintance")
    expect(lines.last).to_contain_text("Hronika")


def test_a_value_leads_to_its_words(page: Page) -> None:
    page.locator("select[name='victims.outcome']").focus()
    words = page.locator("mark", has_text="je preminuo")
    page.locator(".reports").evaluate("e => { e.scrollTop = 0 }")
    expect(words).not_to_be_in_viewport()
    page.get_by_role("link", name="man, 34, killed").press("Enter")
    expect(words).to_be_in_viewport()
    expect(page.locator("mark.lit")).to_have_text(["je preminuo"])


def test_the_definitions_of_the_field_in_focus_open_by_a_key_while_one_is_in_it(page: Page) -> None:
    page.locator("#f-place_type").focus()
    page.keyboard.press("F1")
    definition = page.get_by_text("A café", exact=False).or_(page.get_by_text("A bar, café")).first
    expect(definition).to_be_visible()
    expect(page.locator("#f-place_type")).to_be_focused()
    page.keyboard.press("F1")
    expect(definition).to_be_hidden()
    for field, title in (("place", "Precision of the place"), ("date", "Precision of the date")):
        page.locator(f"#f-{field}").focus()
        page.keyboard.press("F1")
        expect(page.locator(".field", has_text=title).locator(".definition[open]")).to_be_visible()
    expect(page.locator(".definition[open]")).to_have_count(2)
    page.locator("select[name='victims.relation']").focus()
    page.keyboard.press("F1")
    expect(page.get_by_text("Who the victim was to the perpetrator.")).to_be_in_viewport()


def test_definitions_open_below_a_field_that_stays_where_it_is(page: Page) -> None:
    for name in ("#f-incident_type", "#f-date_precision", "#f-geo_precision", "[name='victims.relation']"):
        page.locator(name).focus()
        before = page.locator(name).bounding_box()
        page.keyboard.press("F1")
        defined = page.locator(".defined:visible")
        expect(defined).to_be_in_viewport()
        now, group = page.locator(name).bounding_box(), page.locator(".group:focus-within").bounding_box()
        shown = defined.bounding_box()
        assert before and now and shown and group
        assert (now["x"], now["width"]) == (before["x"], before["width"])
        if name == "#f-incident_type":  # further down, the page scrolls by what the definitions need
            assert now["y"] == before["y"]
        assert now["y"] + now["height"] <= shown["y"]
        assert shown["height"] <= 16 * 16
        assert page.evaluate("document.activeElement.getBoundingClientRect().top") > 100
        page.keyboard.press("F1")
        expect(defined).to_have_count(0)

"""What the reader took a field for besides stands under it, and goes into the form by a click or a key."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from store.schema import Candidate, StoredMention
from tests.review_ui import seed
from tests.review_ui.conftest import Site

DOUBT = {
    "incident_type": {"criminal_context": 0.3, "undetermined_shooting": 0.12, "suicide": 0.05},
    "date": {"2025-03-04": 0.25},
    "place": {"RS-raska": 0.2, "RS-is-no-more": 0.5},
}
CONFIDENCE = {"incident_type": 0.5, "date": 0.6, "place": 0.7}


def open_item(site: Site, page: Page, **fields: object) -> Page:
    with site.database.session() as session:
        seed.simple(session, "c1")
        for mention in session.scalars(select(StoredMention)):
            mention.confidence, mention.alternatives = CONFIDENCE, DOUBT
        candidate = session.get_one(Candidate, "c1")
        candidate.proposal = candidate.proposal | fields
    page.goto(f"{site.url}/item/c1")
    return page


@pytest.fixture
def page(site: Site, signed_in: Callable[..., Page]) -> Page:
    return open_item(site, signed_in())


def offered(page: Page, field: str) -> list[str]:
    return page.locator(f".field:has(#f-{field}) ~ .perhaps button").all_inner_texts()


def test_the_likeliest_other_values_are_offered(page: Page) -> None:
    assert offered(page, "incident_type") == ["Criminal context", "Undetermined shooting"]
    assert offered(page, "date") == ["4 March 2025"]
    assert [name.split(" (")[0] for name in offered(page, "place")] == ["Raška"]
    expect(page.locator(".field:has(#f-incident_type) ~ .perhaps")).to_contain_text(
        re.compile(r"Criminal context 30 ?%")
    )


def test_a_value_is_taken_by_a_key_and_counts_as_a_correction(page: Page) -> None:
    expect(page.locator("#approve")).to_contain_text("Approve")
    page.get_by_role("button", name="Criminal context").press("Enter")
    expect(page.locator("#f-incident_type")).to_have_value("criminal_context")
    expect(page.locator("#f-incident_type")).to_be_focused()
    expect(page.locator("#f-subtype")).to_be_visible()
    expect(page.locator("#approve")).to_contain_text("Approve corrected")
    expect(page).to_have_url(re.compile("/item/c1$"))


def test_a_day_is_taken_as_a_day(site: Site, signed_in: Callable[..., Page]) -> None:
    opened = open_item(site, signed_in(), date="2025-03-01", date_precision="month")
    assert sorted(offered(opened, "date")) == ["3 March 2025", "4 March 2025"]
    expect(opened.locator(".in-words")).to_have_text("1 March 2025")
    opened.get_by_role("button", name="4 March 2025").click()
    expect(opened.locator(".in-words")).to_have_text("4 March 2025")
    opened.locator("#f-date").fill("2025-12-11")
    expect(opened.locator(".in-words")).to_have_text("11 December 2025")
    opened.locator("#f-date").fill("")
    expect(opened.locator(".in-words")).to_be_empty()
    opened.locator("#f-date").fill("2025-03-04")
    expect(opened.locator("#f-date")).to_have_value("2025-03-04")
    expect(opened.locator("#f-date_precision")).to_have_value("day")


def test_where_no_day_was_taken_the_likely_ones_are_offered(site: Site, signed_in: Callable[..., Page]) -> None:
    with site.database.session() as session:
        undated = seed.DISPUTE.model_copy(update={"date": None, "date_precision": "unknown"})
        seed.simple(session, "c1", facts=undated)
        for mention in session.scalars(select(StoredMention)):
            mention.alternatives = {"date": {"2025-03-04": 0.3, "2025-03-01": 0.15}}
    page = signed_in()
    page.goto(f"{site.url}/item/c1")
    assert offered(page, "date") == ["4 March 2025", "1 March 2025"]
    expect(page.locator(".field:has(#f-date) ~ .perhaps")).to_contain_text(re.compile(r"4 March 2025 30 ?%"))


def test_a_place_is_taken_with_its_dot_and_approved(site: Site, page: Page) -> None:
    page.locator(".field:has(#f-place) ~ .perhaps button").click()
    expect(page.locator(".map figcaption")).to_contain_text("Raška")
    expect(page.locator(".map .dot")).to_be_visible()
    page.locator("#approve").click()
    page.wait_for_url(re.compile("approved|done"))
    with site.database.session() as session:
        incident = session.get_one(Candidate, "c1")
        assert incident.state == "approved"
    page.goto(f"{site.url}/item/c1")
    expect(page.locator("#f-place")).to_have_value("Raška")
    expect(page.locator(".perhaps")).to_have_count(0)


def test_the_lines_take_the_width_of_their_group_and_leave_the_map_on_top(page: Page) -> None:
    for field, columns in (("incident_type", ".group"), ("date", ".group"), ("place", ".place")):
        line = page.locator(f".field:has(#f-{field}) ~ .perhaps")
        assert line.evaluate(f"e => e.offsetWidth > 0.95 * e.closest('{columns}').clientWidth"), field
    fields, map_ = page.locator(".place").bounding_box(), page.locator(".map").bounding_box()
    assert fields and map_ and map_["y"] == fields["y"]
    page.locator("#f-place").fill("Nowhere of this name")
    page.locator("#approve").click()
    wrong = page.locator("#wrong-place")
    assert wrong.evaluate("e => e.offsetWidth > 0.95 * e.closest('.place').clientWidth")


def test_what_is_doubted_less_than_one_in_ten_is_not_offered(site: Site, signed_in: Callable[..., Page]) -> None:
    with site.database.session() as session:
        seed.simple(session, "c2")
        for mention in session.scalars(select(StoredMention)):
            mention.alternatives = {"incident_type": {"suicide": 0.09}, "date": {dt.date(2025, 3, 1).isoformat(): 0.02}}
    page = signed_in()
    page.goto(f"{site.url}/item/c2")
    expect(page.locator(".perhaps")).to_have_count(0)

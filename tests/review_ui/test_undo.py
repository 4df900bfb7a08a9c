"""Undo by a key: the moment after a decision, and later from the item's own page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from store.decisions import approve
from store.incidents import incident, revisions
from store.review_rules import Rules, set_rules
from store.schema import Candidate
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start, stored, waiting_items

SignIn = Callable[..., Page]


ELSEWHERE = seed.DISPUTE.model_copy(update={"jurisdiction": "AL", "place": None, "place_id": None, "geo_precision": 3})


def shown_item(site: Site, page: Page) -> Candidate:
    """The item that the page stands on: reopened reports may get the id that the linker gives them."""
    return stored(site, urlsplit(page.url).path.rsplit("/", 1)[1])


def approve_corrected(page: Page) -> None:
    """Correct an age, comment on it and approve; the next item comes."""
    page.locator("input[name='victims.age']").fill("35")
    page.get_by_label("Comment", exact=True).fill("from the bulletin")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_url("**/item/c2**")


def expect_correction(page: Page) -> None:
    """What `approve_corrected` entered, there again."""
    expect(page.get_by_text("Undone: the item is open again, with what you had entered.")).to_be_visible()
    expect(page.locator("input[name='victims.age']")).to_have_value("35")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("from the bulletin")


def test_an_approval_is_undone_from_the_next_item_and_what_was_entered_is_there(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1", "c2")
    page = signed_in()
    start(page)
    approve_corrected(page)
    approved = stored(site, "c1").incident_id
    expect(page.get_by_text("Approved: incident")).to_be_visible()
    page.keyboard.press("u")
    expect_correction(page)
    reopened = shown_item(site, page)
    assert (reopened.state, reopened.decided_by, reopened.incident_id, reopened.lease_owner) == (
        "open", None, None, "ana",
    )  # fmt: skip
    with site.database.session() as session:
        withdrawn = incident(session, str(approved))
        assert withdrawn is not None
        newest, first = revisions(session, withdrawn.id)
        assert (newest.after, newest.by, first.before) == (None, "ana", None)
    page.keyboard.press("a")
    expect(page.get_by_text("Approved: incident")).to_be_visible()
    assert stored(site, reopened.id).state == "approved"


def test_a_rejection_is_undone_where_the_queue_is_empty(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    reject_as_other(page, "a toy")
    expect(page.get_by_text("Rejected: Public dispute, Novi Pazar.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again, with what you had entered.")).to_be_visible()
    expect_rejection(page, "a toy")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")
    assert shown_item(site, page).state == "open"


def test_a_decision_of_yesterday_is_undone_from_its_own_page_once(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.keyboard.press("a")
    expect(page.get_by_text("Approved: incident")).to_be_visible()
    first, second = signed_in("boro"), signed_in("ana")
    for window in (first, second):
        window.goto(f"{site.url}/item/c1")
        expect(window.get_by_text("Approved by ana")).to_be_visible()
    first.keyboard.press("u")
    expect(first.get_by_text("Undone: the item is open again")).to_be_visible()
    second.keyboard.press("u")
    expect(second.get_by_role("alert").first).to_contain_text("Not undone.")
    assert shown_item(site, first).lease_owner == "boro"


def test_an_approval_is_undone_whose_event_a_colleague_has_approved_since(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
        mistaken = approve(session, "c1", version=1, by="ana", facts=ELSEWHERE)
        seed.simple(session, "c2")
        approve(session, "c2", version=1, by="boro", facts=seed.DISPUTE)
    page = signed_in()
    page.goto(f"{site.url}/item/c1")
    page.keyboard.press("u")
    page.wait_for_url("**/item/c2**")
    expect(page.get_by_text("Approved by boro")).to_be_visible()
    expect(page.get_by_text("Undone:")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    with site.database.session() as session:
        assert revisions(session, mistaken.id)[0].after is None
    assert stored(site, "c2").state == "approved"
    page.goto(f"{site.url}/item/c2")
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)


@pytest.mark.parametrize("share", [0.0, 1.0], ids=["decided", "waiting"])
def test_a_decision_is_undone_after_the_next_items_are_skipped(site: Site, signed_in: SignIn, share: float) -> None:
    with site.database.session() as session:
        set_rules(session, Rules(audit_share=0.0, second_share=share), by="ada")
    waiting_items(site, "c1", "c2", "c3")
    page = signed_in()
    start(page)
    page.locator("input[name='victims.age']").fill("35")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    for skipped in ("c2", "c3"):
        page.wait_for_url(f"**/item/{skipped}**")
        page.keyboard.press("j")
    page.wait_for_url("**/item/c2**again=1**")
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again, with what you had entered.")).to_be_visible()
    expect(page.locator("input[name='victims.age']")).to_have_value("35")


def test_who_only_reads_undoes_nothing(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.keyboard.press("a")
    expect(page.get_by_text("Approved: incident")).to_be_visible()
    reader = signed_in("iva")
    reader.goto(f"{site.url}/item/c1")
    expect(reader.get_by_text("Approved by ana")).to_be_visible()
    expect(reader.get_by_role("button", name="Undo")).to_have_count(0)
    csrf = reader.locator("input[name=csrf]").first.input_value()
    assert reader.request.post(f"{site.url}/item/c1/undo", form={"csrf": csrf}).status == 403
    assert page.request.post(f"{site.url}/item/c1/undo", form={"csrf": "guessed"}).status == 403
    assert stored(site, "c1").state == "approved"


def test_the_last_decision_is_taken_back_from_the_queue_full_or_empty(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    with site.database.session() as session:
        seed.simple(session, "c2", facts=ELSEWHERE, priority=0.5)
    page = signed_in()
    start(page)
    for key in ("r", "4", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/item/c2**")
    page.keyboard.press("q")
    page.wait_for_url("**/queue")
    last = page.locator("#last-decision")
    expect(last).to_contain_text("Your last decision: Public dispute, Novi Pazar, rejected")
    expect(page.locator("table.queue tbody tr")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again,")).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_url("**/item/c2**")
    page.keyboard.press("a")
    expect(page.get_by_role("status").last).to_contain_text("every item has been decided")
    expect(last).to_have_count(0)  # the line above tells of it already
    page.goto(f"{site.url}/queue")
    expect(last).to_contain_text("approved")
    listed = page.locator("#own-decisions li")
    page.get_by_text("Your latest decisions").click()
    expect(listed).to_have_count(2)
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again")).to_be_visible()
    page.goto(f"{site.url}/queue")
    expect(listed).to_have_count(1)
    page.get_by_text("Your latest decisions").click()
    listed.get_by_role("link").click()
    page.wait_for_url("**/item/**")


def test_the_queue_shows_nobody_the_decisions_of_another(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.keyboard.press("a")
    expect(page.get_by_text("Approved: incident")).to_be_visible()
    other = signed_in("boro")
    expect(other.get_by_text("Your latest decisions")).to_have_count(0)
    expect(other.locator("#last-decision")).to_have_count(0)


def test_a_reading_that_waits_is_taken_back_from_the_queue(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        set_rules(session, Rules(audit_share=0.0, second_share=1.0), by="ada")
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Take it back")).to_have_count(1)
    page.goto(f"{site.url}/queue")
    expect(page.locator("#last-decision")).to_contain_text("waits for a second reader")
    page.keyboard.press("u")
    page.wait_for_url("**/item/c1")
    expect(page.locator("#approve")).to_be_visible()


def test_a_reading_that_is_taken_back_comes_with_what_was_entered(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        set_rules(session, Rules(audit_share=0.0, second_share=1.0), by="ada")
    waiting_items(site, "c1", "c2")
    page = signed_in()
    start(page)
    approve_corrected(page)
    page.keyboard.press("u")
    page.wait_for_url("**/item/c1**")
    expect_correction(page)
    expect(page.get_by_role("link", name="Previous")).to_have_count(0)
    reject_as_other(page, "a toy")
    page.wait_for_url("**/item/c2**")
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again, with what you had entered.")).to_be_visible()
    expect_rejection(page, "a toy")


def test_a_reading_of_what_the_reports_said_before_is_offered_as_an_older_draft(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        set_rules(session, Rules(audit_share=0.0, second_share=1.0), by="ada")
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.locator("input[name='victims.age']").fill("35")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Take it back")).to_have_count(1)
    with site.database.session() as session:  # as the linker changes an item that a new report came to
        session.get_one(Candidate, "c1").version += 1
    page.keyboard.press("u")
    page.wait_for_url("**/item/c1**")
    expect(page.get_by_text("Undone: the item is open again.")).to_be_visible()
    expect(page.locator("input[name='victims.age']")).to_have_value("34")
    page.get_by_role("link", name="Fill in my draft").click()
    expect(page.locator("input[name='victims.age']")).to_have_value("35")


def reject_as_other(page: Page, comment: str) -> None:
    page.keyboard.press("r")
    page.keyboard.press("7")
    page.get_by_label("Comment on the rejection").fill(comment)
    page.keyboard.press("Control+Enter")


def expect_rejection(page: Page, comment: str) -> None:
    page.keyboard.press("r")
    expect(page.locator("dialog[open] input[value=other]")).to_be_checked()
    expect(page.get_by_label("Comment on the rejection")).to_have_value(comment)
    page.keyboard.press("Escape")


def test_an_incident_leads_to_the_item_it_rests_on(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.keyboard.press("a")
    page.get_by_role("link", name="incident i").click()
    page.get_by_role("link", name="Open the item").click()
    page.wait_for_url("**/item/c1")
    withdrawn = stored(site, "c1").incident_id
    page.keyboard.press("u")
    expect(page.get_by_text("Undone: the item is open again")).to_be_visible()
    reopened = shown_item(site, page).id
    page.goto(f"{site.url}/incident/{withdrawn}")
    line = page.get_by_role("status")
    expect(line).to_contain_text("Withdrawn: the approval was undone.")
    expect(page.locator(".past > li")).to_have_count(2)
    expect(page.locator(".changes")).to_have_count(0)
    line.get_by_role("link", name="Open the item").click()
    page.wait_for_url(f"**/item/{reopened}")
    page.keyboard.press("a")
    page.get_by_role("link", name="incident i").click()
    expect(page.get_by_role("heading", name="Revisions")).to_be_visible()
    expect(page.get_by_text("Withdrawn: the approval was undone.")).to_have_count(0)

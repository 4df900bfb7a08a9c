"""The queue page: its filters and counts in the address, why it offers nothing, the progress of the day, rejecting all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import Page, expect

from store.review_queue import lease
from store.review_rules import Rules, set_rules
from store.schema import Candidate
from store.second_reading import reject
from tests.review_ui import seed
from tests.review_ui.conftest import Site

SignIn = Callable[..., Page]


def fill(site: Site) -> None:
    """Two items of Serbia, one of them doubtful, old and of the police; one of Moldova."""
    with site.database.session() as session:
        seed.simple(session, "c1")
        old = seed.candidate(session, "c2")
        seed.report(
            session, old, "Saopštenje policije", "Tekst.", source_id="mup.example", kind="official",
            confidence={"incident_type": 0.4},
        )  # fmt: skip
        old.created_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=30)
        seed.simple(session, "c3", facts=seed.DISPUTE.model_copy(update={"jurisdiction": "MD"}))


def test_filters_stand_in_the_address_and_tell_how_much_there_is(site: Site, signed_in: SignIn) -> None:
    fill(site)
    page = signed_in()
    page.reload()
    expect(page.get_by_label("Reader's certainty").locator("option[value=low]")).to_have_text("Low, under 60 % (1)")
    expect(page.get_by_label("Jurisdiction").locator("option[value=RS]")).to_have_text("Serbia (2)")
    page.get_by_label("Reader's certainty").select_option("low")
    page.locator("select[name=age]").select_option("older")
    page.locator("select[name=kind]").select_option("official")
    page.get_by_role("button", name="Show").press("Enter")
    page.wait_for_url("**/queue?certainty=low&age=older&kind=official")
    expect(page.locator(".queue tbody tr")).to_have_count(1)
    expect(page.locator(".queue tbody tr")).to_contain_text("Saopštenje policije")
    expect(page.get_by_label("Jurisdiction").locator("option[value=MD]")).to_have_text("Moldova (0)")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.wait_for_url("**/item/c2?certainty=low&age=older&kind=official")
    for wrong in ("certainty=sure", "age=1", "kind=rumour", "order=best"):
        assert page.request.get(f"{site.url}/queue?{wrong}").status == 400, wrong


def test_of_each_filter_is_told_what_would_wait_without_it(site: Site, signed_in: SignIn) -> None:
    fill(site)
    page = signed_in()
    page.goto(f"{site.url}/queue?jurisdiction=MD&certainty=low")
    status = page.get_by_role("status")
    expect(status).to_contain_text("Nothing matches these filters; 3 wait without them.")
    expect(status.locator("li")).to_have_text(["any jurisdiction: 1", "any certainty: 1"])
    status.get_by_role("link", name="any jurisdiction").click()
    page.wait_for_url("**/queue?certainty=low")
    expect(page.locator(".queue tbody tr")).to_have_count(1)


def test_the_day_an_item_waits_since_is_that_of_its_jurisdiction(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1").created_at = dt.datetime(2025, 3, 4, 23, 30, tzinfo=dt.UTC)
    page = signed_in()
    expect(page.locator(".queue tbody .since")).to_have_text("5 March 2025")


def test_who_reads_what_and_what_waits_for_a_second_reader_is_told(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        set_rules(session, Rules(second_share=1.0, audit_share=0.0), by="ada")
        seed.simple(session, "c1")
        seed.simple(session, "c2")
        reject(session, "c1", version=1, by="ana", reason="not_incident")
        lease(session, "c2", "boro")
    page = signed_in()
    page.goto(f"{site.url}/queue/next")
    status = page.get_by_role("status")
    expect(status).to_contain_text("All that match are in work: boro (1, the first until ")
    expect(status).to_contain_text("1 that you have read waits for a second reader.")
    expect(page.get_by_role("link", name="Start")).to_have_count(0)
    with site.database.session() as session:
        found = session.get_one(Candidate, "c2")
        found.lease_until = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    page.goto(f"{site.url}/queue")
    page.get_by_role("link", name="Start").click()
    page.wait_for_url("**/item/c2")


def test_the_day_has_one_count_for_all(site: Site, signed_in: SignIn) -> None:
    fill(site)
    with site.database.session() as session:
        reject(session, "c1", version=1, by="boro", reason="not_incident")
    page = signed_in()
    page.reload()
    expect(page.locator(".progress")).to_contain_text("Today 1 decided, by everybody together · the oldest waits since")


def test_all_that_match_are_rejected_once_their_number_is_typed(site: Site, signed_in: SignIn) -> None:
    fill(site)
    page = signed_in()
    expect(page.get_by_role("link", name="Reject all that match")).to_have_count(0)
    page.goto(f"{site.url}/queue?jurisdiction=RS")
    page.keyboard.press("x")
    page.wait_for_url("**/queue/reject?jurisdiction=RS")
    page.keyboard.press("4")
    page.get_by_role("button", name="Reject 2").click()
    expect(page.get_by_role("alert")).to_contain_text("2 match now; type that number to confirm")
    expect(page.get_by_label("Old case only")).to_be_checked()
    page.get_by_label("Type the number").fill("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue?jurisdiction=RS&bulk=2**")
    expect(page.get_by_role("status").first).to_contain_text("Rejected: 2 items")
    with site.database.session() as session:
        states = {c.id: (c.state, c.rejection_reason) for c in session.query(Candidate)}
    assert states == {"c1": ("rejected", "old_case_only"), "c2": ("rejected", "old_case_only"), "c3": ("open", None)}


def test_a_list_that_grew_meanwhile_is_not_rejected(site: Site, signed_in: SignIn) -> None:
    fill(site)
    page = signed_in()
    page.goto(f"{site.url}/queue/reject?jurisdiction=MD")
    with site.database.session() as session:
        session.get_one(Candidate, "c3").version = 2
    page.keyboard.press("6")
    page.get_by_label("Type the number").fill("1")
    page.get_by_role("button", name="Reject 1").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was rejected. The list changed meanwhile")
    with site.database.session() as session:
        assert session.get_one(Candidate, "c3").state == "open"

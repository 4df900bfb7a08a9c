"""Decisions in a real browser, by keys alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from store.incidents import revisions
from store.schema import Candidate
from tests.review_ui import seed
from tests.review_ui.conftest import Site

SignIn = Callable[..., Page]


def waiting_items(site: Site, *ids: str) -> None:
    with site.database.session() as session:
        for number, candidate_id in enumerate(ids):
            seed.simple(session, candidate_id, priority=float(len(ids) - number))


def start(page: Page) -> None:
    """Take the first item of the list the page shows; its scripts run when this returns."""
    page.keyboard.press("j")
    page.wait_for_url("**/item/**")


def stored(site: Site, candidate_id: str) -> Candidate:
    with site.database.session() as session:
        found = session.get(Candidate, candidate_id)
        assert found is not None
        return found


def test_an_item_is_approved_by_keys_alone_and_found_in_table_and_csv(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1", "c2")
    page = signed_in()
    start(page)
    expect(page.locator("h1")).to_have_text("Public dispute, Novi Pazar")
    assert "/item/c1" in page.url
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Approved")
    assert "/item/c2" in page.url
    decided = stored(site, "c1")
    assert (decided.state, decided.decided_by) == ("approved", "ana")

    page.goto(f"{site.url}/incidents?jurisdiction=RS&weapon=handgun")
    expect(page.locator("#total")).to_have_text("1")
    expect(page.locator("tbody tr")).to_contain_text("Novi Pazar")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of these 1").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["id"], row["place"]) for row in rows] == [(decided.incident_id, "Novi Pazar")]
    page.locator("tbody a").click()
    expect(page.locator("h1")).to_contain_text("Public dispute, Novi Pazar")


def test_a_corrected_field_is_saved_and_the_button_says_so(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    approve = page.locator("#approve")
    expect(approve).to_have_text("Approve a")
    page.get_by_label("Time of day", exact=True).select_option("night")
    page.get_by_label("Municipality").fill("Чачак")
    page.get_by_label("Automatic firearm").check()
    page.locator(".persons[data-kind=victims] .add").click()
    page.locator("select[name='victims.sex']").nth(1).select_option("female")
    page.locator("input[name='victims.age']").nth(1).fill("29")
    page.keyboard.press("Escape")
    expect(approve).to_have_text("Approve corrected a")
    page.keyboard.press("a")
    expect(page.get_by_role("status").first).to_contain_text("Approved")
    page.get_by_role("status").first.get_by_role("link").click()
    facts = page.locator(".facts")
    for line in ("Night", "Čačak", "Handgun, Automatic firearm", "woman, 29"):
        expect(facts).to_contain_text(line)
    expect(page.locator(".past li")).to_contain_text("approved with corrections")
    with site.database.session() as session:
        incident = session.get(Candidate, "c1").incident_id  # type: ignore[union-attr]
        [revision] = revisions(session, str(incident))
    assert (revision.number, revision.by, revision.before) == (1, "ana", None)
    assert revision.after is not None
    assert (revision.after["place"], revision.after["time_of_day"]) == ("Čačak", "night")
    assert [v["age"] for v in revision.after["victims"]] == [34, 29]


def test_wrong_input_is_told_per_field_and_everything_typed_is_kept(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.locator("input[name='victims.age']").fill("thirty")
    page.get_by_label("Municipality").fill("Nigdina")
    page.get_by_label("Comment", exact=True).fill("seen on the bulletin")
    page.locator("#approve").click()
    expect(page.get_by_role("alert").first).to_contain_text("Not approved yet")
    expect(page.locator(".wrong")).to_have_text(
        [
            "No place of this name is known there: choose one of the suggestions, or clear it and lower the precision.",
            "Write the age in years in digits, 0 to 120, or leave it empty.",
        ]
    )
    expect(page.locator("input[name='victims.age']")).to_have_value("thirty")
    expect(page.get_by_label("Municipality")).to_have_value("Nigdina")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("seen on the bulletin")
    assert stored(site, "c1").state == "open"
    page.locator("input[name='victims.age']").fill("30")
    page.get_by_label("Municipality").fill("Novi Pazar")
    page.locator("#approve").click()
    expect(page.get_by_role("status").first).to_contain_text("Approved")


def test_a_seizure_is_entered_once_it_is_ticked(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    expect(page.get_by_label("Rounds")).to_be_hidden()
    page.get_by_label("Weapons were seized").check()
    page.get_by_label("Rounds").fill("50")
    page.get_by_label("Weapons were seized").uncheck()
    expect(page.get_by_label("Rounds")).to_be_hidden()
    page.get_by_label("Weapons were seized").check()
    expect(page.get_by_label("Rounds")).to_have_value("50")
    page.locator("#approve").click()
    page.get_by_role("status").first.get_by_role("link").click()
    expect(page.locator(".facts")).to_contain_text("50 rounds, where unreported")


def test_an_item_is_rejected_with_a_reason_by_keys(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    for key in ("r", "4", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("status").first).to_contain_text("Rejected")
    decided = stored(site, "c1")
    assert (decided.state, decided.rejection_reason, decided.decided_by) == ("rejected", "old_case_only", "ana")
    expect(page.get_by_role("status").last).to_contain_text("every item has been decided")


def test_another_reason_must_be_told(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    for key in ("r", "7", "Enter"):
        page.keyboard.press(key)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Tell the other reason in the comment.")
    dialog.get_by_label("Comment on the rejection").fill("A film was being shot.")
    dialog.get_by_role("button", name="Reject Enter").click()
    expect(page.get_by_role("status").first).to_contain_text("Rejected")
    assert stored(site, "c1").comment == "A film was being shot."


def test_skipped_items_come_again_at_the_end_and_previous_goes_back(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1", "c2")
    page = signed_in()
    start(page)
    page.keyboard.press("j")
    page.wait_for_url("**/item/c2?seen=c1")
    page.keyboard.press("k")
    page.wait_for_url("**/item/c1")
    page.keyboard.press("j")
    page.wait_for_url("**/item/c2?seen=c1")
    page.keyboard.press("j")
    page.wait_for_url("**/item/c1?again=1")
    expect(page.get_by_role("status")).to_contain_text("what you skipped comes again")


def test_the_filter_and_the_way_back_are_in_the_address(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    albanian = seed.DISPUTE.model_copy(
        update={"jurisdiction": "AL", "place": None, "place_id": None, "geo_precision": 3}
    )
    with site.database.session() as session:
        seed.simple(session, "c2", facts=albanian, priority=9.0)
    page = signed_in()
    page.goto(f"{site.url}/queue?jurisdiction=RS")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("j")
    page.wait_for_url("**/item/c1?jurisdiction=RS")
    page.keyboard.press("q")
    page.wait_for_url("**/queue?jurisdiction=RS")
    page.goto(f"{site.url}/queue?jurisdiction=MD")
    expect(page.get_by_role("status")).to_contain_text("Nothing matches these filters; 2 wait without them.")


def test_of_two_who_decide_one_item_the_second_is_told_and_keeps_what_was_typed(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    ana, boro = signed_in("ana"), signed_in("boro")
    ana.route(
        "**/item/c1/lease", lambda sign_of_life: sign_of_life.abort()
    )  # the answer would tell before the decision
    ana.goto(f"{site.url}/item/c1")
    boro.goto(f"{site.url}/item/c1")
    expect(boro.get_by_role("alert").first).to_contain_text("Ana works on this item until")
    expect(boro.locator("#approve")).to_have_count(0)
    boro.goto(f"{site.url}/queue")
    expect(boro.get_by_role("status")).to_contain_text("All that match are in work: ana")

    with site.database.session() as session:  # ana's machine slept: the lease has run out
        candidate = session.get(Candidate, "c1")
        assert candidate is not None
        candidate.lease_until = seed.PUBLISHED
    boro.goto(f"{site.url}/item/c1")
    boro.keyboard.press("a")
    expect(boro.get_by_role("status").first).to_contain_text("Approved")

    ana.locator("input[name='victims.age']").fill("35")
    ana.get_by_label("Comment", exact=True).fill("age from the bulletin")
    ana.locator("#approve").click()
    alert = ana.get_by_role("alert").first
    expect(alert).to_contain_text("Nothing was saved. Boro approved this item on")
    expect(ana.locator("input[name='victims.age']")).to_have_value("35")
    expect(ana.get_by_label("Comment", exact=True)).to_have_value("age from the bulletin")
    expect(ana.locator("#approve")).to_have_count(0)
    assert stored(site, "c1").decided_by == "boro"


def test_new_reports_while_one_reads_are_told_before_the_decision_counts(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    page.get_by_label("Comment", exact=True).fill("first look")
    with site.database.session() as session:
        candidate = session.get(Candidate, "c1")
        assert candidate is not None
        seed.report(session, candidate, "Policija o sukobu", "Osumnjičeni je uhapšen.", source_id="policija.example")
        candidate.version += 1
    page.locator("#approve").click()
    expect(page.get_by_role("alert").first).to_contain_text("New reports changed this item")
    expect(page.locator("article")).to_have_count(2)
    expect(page.get_by_label("Comment", exact=True)).to_have_value("first look")
    page.locator("#approve").click()
    expect(page.get_by_role("status").first).to_contain_text("Approved")


def test_an_analyst_reads_and_cannot_decide(site: Site, signed_in: SignIn) -> None:
    waiting_items(site, "c1")
    page = signed_in("iva")
    page.goto(f"{site.url}/item/c1")
    expect(page.get_by_role("status")).to_contain_text("the role analyst does not decide")
    expect(page.locator("#approve")).to_have_count(0)
    csrf = page.locator("input[name=csrf]").first.input_value()
    for action in ("approve", "reject", "skip", "lease"):
        answer = page.request.post(f"{site.url}/item/c1/{action}", form={"csrf": csrf, "version": "1"})
        assert answer.status == 403
    candidate = stored(site, "c1")
    assert (candidate.state, candidate.lease_owner) == ("open", None)


@pytest.mark.parametrize(
    "action", ["approve", "reject", "skip", "lease", "draft", "undo", "note", "ask", "merge", "split"]
)
def test_a_form_without_the_token_of_the_session_is_refused(site: Site, signed_in: SignIn, action: str) -> None:
    waiting_items(site, "c1")
    page = signed_in()
    start(page)
    expect(page.locator("#approve")).to_be_visible()
    address = f"{site.url}/item/c1/{action}"
    forms: tuple[dict[str, str | float | bool], ...] = (
        {"version": "1"}, {"version": "1", "csrf": "guessed"}, {"version": "1", "csrf": "č"},
    )  # fmt: skip
    for form in forms:
        assert page.request.post(address, form=form).status == 403
    candidate = stored(site, "c1")
    assert (candidate.state, candidate.lease_owner) == ("open", "ana")

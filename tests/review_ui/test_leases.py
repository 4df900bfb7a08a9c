"""Who holds an item: from opening its page until leaving it."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from store.decisions import reject
from store.schema import Candidate
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start

SignIn = Callable[..., Page]


def owner(site: Site) -> str | None:
    with site.database.session() as session:
        found = session.get(Candidate, "c1")
        assert found is not None
        return found.lease_owner


def wait_for_owner(site: Site, wanted: str | None) -> None:
    until = time.monotonic() + 10
    while owner(site) != wanted:
        assert time.monotonic() < until, f"the item is {owner(site)}'s, not {wanted}'s"
        time.sleep(0.05)


def test_leaving_the_page_gives_the_item_back(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    ana, boro = signed_in("ana"), signed_in("boro")
    start(ana)
    assert owner(site) == "ana"
    ana.keyboard.press("q")
    wait_for_owner(site, None)
    boro.reload()
    start(boro)
    assert owner(site) == "boro"
    boro.close()
    wait_for_owner(site, None)


def test_a_page_that_is_left_while_it_loads_makes_no_error(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    held: list[Route] = []
    page.route("**/static/draft.js", lambda route: held.append(route))
    page.goto(f"{site.url}/item/c1", wait_until="commit")
    while not page.evaluate("typeof fitFields === 'function'"):  # until the scripts before it have run
        page.wait_for_timeout(20)
    page.goto(f"{site.url}/queue")  # an error of the page that was left fails the test
    assert len(held) == 1


def test_reloading_and_a_refused_form_keep_the_item(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    start(page)
    page.reload()
    with page.expect_response("**/item/c1/lease"):
        pass
    assert owner(site) == "ana"
    page.locator("input[name='victims.age']").fill("thirty")
    page.locator("#approve").click()
    expect(page.get_by_role("alert").first).to_contain_text("Not approved yet")
    assert owner(site) == "ana"
    with page.expect_response("**/item/c1/lease"):
        pass
    assert owner(site) == "ana"


def sleep_until_taken(site: Site, ana: Page, boro: Page) -> None:
    """Ana's machine sleeps longer than her time on the item, boro takes it over, and hers wakes."""
    with site.database.session() as session:
        session.get_one(Candidate, "c1").lease_until = seed.PUBLISHED
    boro.goto(f"{site.url}/item/c1")
    assert owner(site) == "boro"
    with ana.expect_response("**/item/c1/lease"):
        ana.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_who_lost_the_item_to_time_is_told_who_has_it_and_decides_nothing(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    ana, boro = signed_in("ana"), signed_in("boro")
    with ana.expect_response("**/item/c1/lease"):
        start(ana)
    ana.locator("input[name='victims.age']").fill("35")
    expect(ana.locator("#draft-line")).to_contain_text("Draft kept,")
    sleep_until_taken(site, ana, boro)
    line = ana.locator("#lease-line")
    expect(line).to_contain_text("No longer yours: Boro took this item over when your time on it ran out")
    expect(line).to_contain_text("What you typed is kept as your draft.")
    expect(ana.locator("#approve")).to_be_disabled()
    ana.keyboard.press("Escape")
    ana.keyboard.press("a")
    ana.keyboard.press("r")
    expect(ana.locator("[data-opens=rejection]")).to_be_disabled()
    expect(ana.locator("dialog[open]")).to_have_count(0)
    assert owner(site) == "boro"


def test_a_page_that_lost_the_item_does_not_take_it_again(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    ana, boro = signed_in("ana"), signed_in("boro")
    with ana.expect_response("**/item/c1/lease"):
        start(ana)
    sleep_until_taken(site, ana, boro)
    line = ana.locator("#lease-line")
    expect(line).to_contain_text("No longer yours")
    boro.keyboard.press("q")
    wait_for_owner(site, None)
    sent: list[str] = []
    ana.on("request", lambda request: sent.append(request.url))
    ana.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # she comes back from another tab
    ana.evaluate("fetch('/session').then((answer) => answer.text())")  # what was sent before it is known when it ends
    assert sent == [f"{site.url}/session"]
    expect(line).to_contain_text("No longer yours")


def test_a_draft_that_ended_with_the_decision_is_not_said_to_be_kept(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    with page.expect_response("**/item/c1/lease"):
        start(page)
    page.locator("input[name='victims.age']").fill("35")
    expect(page.locator("#draft-line")).to_contain_text("Draft kept,")
    with site.database.session() as session:  # ana's machine slept, and boro decided
        session.get_one(Candidate, "c1").lease_until = seed.PUBLISHED
    with site.database.session() as session:
        reject(session, "c1", version=1, by="boro", reason="duplicate")
    with page.expect_response("**/item/c1/lease"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    line = page.locator("#lease-line")
    expect(line).to_contain_text("No longer yours: Boro rejected this item")
    expect(line).not_to_contain_text("kept as your draft")


def test_a_decision_under_way_is_not_told_as_a_lost_item(site: Site, signed_in: SignIn) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    held: list[Route] = []
    page.route("**/item/c1/lease", lambda route: held.append(route))
    with page.expect_request("**/item/c1/lease"):
        start(page)
    decisions: list[Route] = []
    page.route("**/session", lambda route: decisions.append(route))  # what a decision asks for first
    with page.expect_request("**/session"):
        page.keyboard.press("a")
    with site.database.session() as session:
        reject(session, "c1", version=1, by="ana", reason="duplicate")
    with page.expect_response("**/item/c1/lease") as answered:
        held[0].continue_()
    assert answered.value.status == 409
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("fetch('/places?q=x').then((answer) => answer.text())")  # what was answered before has been read
    expect(page.locator("#lease-line")).to_be_hidden()
    assert len(held) == 1

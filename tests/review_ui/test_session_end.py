"""A session that ends while somebody reads: nothing typed is lost, and the page says what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from store.schema import Candidate, SignIn
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_deciding import start


@pytest.fixture
def page(site: Site, signed_in: Callable[..., Page]) -> Page:
    with site.database.session() as session:
        seed.simple(session, "c1")
    opened = signed_in()
    start(opened)
    opened.get_by_label("Comment", exact=True).fill("from the bulletin")
    with site.database.session() as session:
        session.execute(delete(SignIn))
    return opened


def test_a_decision_waits_until_the_person_has_signed_in_again(site: Site, page: Page) -> None:
    for press in ("#approve", "#reject"):
        if press == "#reject":
            page.keyboard.press("Escape")
            page.keyboard.press("r")
        page.locator(press).click()
        expect(page.get_by_role("alert").first).to_contain_text("You are signed out, nothing was saved: sign in")
        expect(page.get_by_label("Comment", exact=True)).to_have_value("from the bulletin")
    other = page.context.new_page()
    other.goto(site.link("ana"))
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/queue")
    page.locator("#approve").click()
    expect(page.get_by_role("status").first).to_contain_text("Approved")
    with site.database.session() as session:
        found = session.get(Candidate, "c1")
        assert found is not None
        assert (found.state, found.comment) == ("approved", "from the bulletin")


def test_a_page_asked_for_leads_back_to_itself_after_sign_in(site: Site, page: Page) -> None:
    answer = page.request.get(f"{site.url}/item/c1?jurisdiction=RS", max_redirects=0)
    assert answer.status == 303
    assert answer.headers["location"] == "/sign-in?then=%2Fitem%2Fc1%3Fjurisdiction%3DRS"


def test_a_server_that_is_gone_is_told_and_nothing_typed_is_lost(page: Page) -> None:
    page.route("**/session", lambda route: route.abort())
    page.locator("#approve").click()
    expect(page.get_by_role("alert").first).to_contain_text("The server does not answer. What you typed stays here")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("from the bulletin")

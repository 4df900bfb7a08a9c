"""The screened-out log: what the reader kept from the queue can be seen, with the reason and the likeliest first."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from store.database import Database
from tests.review_ui import seed
from tests.review_ui.conftest import Site


def _screen_out(database: Database, title: str, relevance: float, reason: str, **report: str) -> None:
    with database.session() as session:
        article = seed.report(session, seed.candidate(session, title), title, "Tekst.", **report)  # type: ignore[arg-type]
        article.relevant, article.relevance, article.irrelevance_reason = False, relevance, reason


def test_the_log_lists_what_came_closest_first_with_its_reason(site: Site, signed_in: Callable[..., Page]) -> None:
    _screen_out(site.database, "Petarda u dvorištu", 0.08, "no_firearm")
    _screen_out(site.database, "Suđenje za ubistvo iz 2009.", 0.31, "old_case_only", url="javascript:alert(1)")
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in()
    page.get_by_role("link", name="Screened out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Screened out")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Suđenje za ubistvo iz 2009.")
    expect(rows.nth(0)).to_contain_text("31 %")
    expect(rows.nth(1)).to_contain_text("Petarda u dvorištu")
    assert page.locator("[href^=javascript]").count() == 0


def test_filter_and_order_stand_in_the_address(site: Site, signed_in: Callable[..., Page]) -> None:
    _screen_out(site.database, "Vijest", 0.2, "no_firearm")
    page = signed_in()
    page.goto(f"{site.url}/screened-out")
    page.get_by_label("Source's jurisdiction").select_option("MD")
    page.get_by_role("button", name="Show").click()
    assert "jurisdiction=MD" in page.url
    expect(page.get_by_role("status")).to_contain_text("Nothing was screened out")
    page.goto(f"{site.url}/screened-out?jurisdiction=RS&order=newest")
    expect(page.locator("tbody tr")).to_have_count(1)
    for wrong in ("order=best", "jurisdiction=GR", "start=-1"):
        answer = page.request.get(f"{site.url}/screened-out?{wrong}")
        assert answer.status == 400, wrong

"""axe-core finds nothing on any page, in light and dark, on a desk and on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib.resources import files

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from review_ui.app import PAGES
from store import model_offers, notes
from store.schema import Candidate, CandidateLink, CuratedIncident, Source
from tests.review_ui import samples, seed
from tests.review_ui.conftest import Site
from tests.review_ui.reviewed import disputed, model_offered, screened_out

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

FOUND = """async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }))
.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`))"""

NO_PAGES = {"/", "/session", "/places", "/queue/next", "/audit/next", "/incidents.csv", "/incidents.xlsx"}
"""Addresses that answer with no page of their own: scripts ask them, or they lead elsewhere."""


def violations(page: Page) -> list[str]:
    """What axe-core has against the page as it stands."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(FOUND)
    return [f"{page.url}: {line}" for line in found]


def shown_pages() -> set[str]:
    """Every address of the application that shows a page."""
    routes = [route for module in PAGES for route in module.router.routes if isinstance(route, APIRoute)]
    gets = {route.path for route in routes if "GET" in (route.methods or ())}
    return {path for path in gets if path not in NO_PAGES and not path.endswith(("/others", "/{action}"))}


@pytest.fixture
def addresses(site: Site) -> dict[str, list[str]]:
    """Addresses to look at, by route, over a morning's queue."""
    with site.database.session() as session:
        samples.morning(session, "boro")
        other = seed.simple(session, "cother")
        session.add(CandidateLink(a="cdispute", b=other.id, score=1.0, reasons=["same town", "same day"]))
        later = seed.DISPUTE.model_copy(update={"weapons": ("automatic",)})
        dispute = session.get_one(Candidate, "cdispute")
        seed.report(session, dispute, "Nastavak", "Kratka vest.", facts=later, source_id="kurir.example")
        notes.write(session, "cdispute", "boro", "Seen in the bulletin.")
    with site.database.session() as session:
        notes.ask(session, "cdispute", "boro", "The same as last week?")
        done = session.get_one(Candidate, "cexplosion")
        done.state, done.decided_by, done.decided_at = "rejected", "boro", dt.datetime.now(dt.UTC)
        done.rejection_reason = "duplicate"
        disputed(session, "cdisputed")
        model = model_offered(session).id
        model_offers.failed(session, "m2", "below its floor", made_at=seed.PUBLISHED, decisions=30)
        (screened,) = [article.id for article in screened_out(session, "Vatromet")]
        incident = session.scalars(select(CuratedIncident.id)).one()
        source = session.scalars(select(Source.id)).first()
    return {
        "/queue": ["/queue", "/queue?jurisdiction=RS", "/queue?jurisdiction=MD&incident_type=suicide&lang=sq"],
        "/item/{candidate_id}": ["/item/cdispute", "/item/cupdate", "/item/csuicide", "/item/cexplosion"],
        "/incidents": ["/incidents", "/incidents?jurisdiction=MD"],
        "/incident/{incident_id}": [f"/incident/{incident}"],
        "/source/{source_id}": [f"/source/{source}"],
        "/adjudication/{candidate_id}": ["/adjudication/cdisputed"],
        "/audit/{article_id}": [f"/audit/{screened}"],
        "/queue/reject": ["/queue/reject?jurisdiction=RS"],
        "/quality/model": ["/quality/model", "/quality/model?field=outcome&proposed=injured&decided=injured"],
        "/models/{offer_id}": [f"/models/{model}"],
        "/models/{offer_id}/{step}": [f"/models/{model}/use", f"/models/{model}/decline"],
        "/keys": ["/keys", "/keys?done=changed"],
        "/workplace": ["/workplace"],
        "problem": ["/item/nothing-of-this-id"],
    }


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    site: Site, new_context: Callable[..., BrowserContext], addresses: dict[str, list[str]], scheme: str, width: int
) -> None:
    context = new_context(
        bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 860}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    found = violations(page)
    page.goto(site.link("ada"))
    found += violations(page)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/queue")
    plain = {path: [path] for path in shown_pages() if "{" not in path}
    for address in (one for each in (plain | addresses).values() for one in each):
        page.goto(site.url + address)
        found += violations(page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_keys_open(
    site: Site, new_context: Callable[..., BrowserContext], addresses: dict[str, list[str]], scheme: str
) -> None:
    page = new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": 1280, "height": 1400}).new_page()
    page.goto(site.link("ana"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/queue")
    page.goto(site.url + addresses["/item/{candidate_id}"][0])
    found = []
    for key in ("?", "r", "m", "n", "s", "c", "e"):
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        found += violations(page)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")
    for details in page.locator("details").all():
        details.evaluate("e => { e.open = true }")
    page.locator("#f-place").fill("Nov")
    page.locator("#f-place-list li").first.wait_for()
    page.keyboard.press("ArrowDown")
    found += violations(page)
    page.locator("input[name='victims.age']").fill("thirty")
    page.locator("#approve").click()
    page.locator(".wrong").first.wait_for()
    found += violations(page)
    assert found == []


def test_every_page_is_looked_at(addresses: dict[str, list[str]]) -> None:
    told = {"/enter/{token}", "/sign-in"}
    assert {path for path in shown_pages() if "{" in path} - told <= set(addresses)

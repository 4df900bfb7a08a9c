"""Every page over a morning's queue, on a desk and on a phone, light and dark: its measure, its labels, its contrast."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from codebook.records import Seizure
from store.decisions import approve
from store.schema import Candidate, OutboxMessage
from tests.review_ui import samples, seed
from tests.review_ui.conftest import Site

PAGES = (
    "/queue", "/queue?jurisdiction=BA", "/item/cpartner", "/item/cdispute", "/item/cseizure", "/item/csuicide",
    "/item/cexplosion", "/item/cupdate", "/item/crobbery", "/incidents", "/incidents?victim_sex=female",
    "/incident/{}", "/screened-out", "/system", "/nowhere", "/item/none",
)  # fmt: skip

UNNAMED = """() => [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")]
  .filter(e => !e.labels?.length && !e.ariaLabel).map(e => e.outerHTML)"""
DOUBLE_IDS = """() => [...document.querySelectorAll("[id]")].map(e => e.id)
  .filter((id, at, all) => all.indexOf(id) !== at)"""
FAINT = """() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return [...document.body.querySelectorAll("*")].filter((e) => own(e) && e.getClientRects().length
      && !e.closest("[aria-hidden], .unseen, noscript, option")).flatMap((e) => {
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    return ratio < 4.5 ? [`${e.outerHTML.slice(0, 80)} ${ratio.toFixed(2)}`] : [];
  });
}"""


@pytest.fixture
def incident_id(site: Site) -> str:
    with site.database.session() as session:
        samples.morning(session, "boro")
        screened = seed.report(session, seed.candidate(session, "c0"), "Vatromet u gradu", "Tekst.")
        screened.relevant, screened.relevance, screened.irrelevance_reason = False, 0.2, "no_firearm"
        found = session.get(Candidate, "crobbery")
        assert found is not None
        return str(found.incident_id)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (320, "dark")])
def test_every_page_fits_is_labelled_and_can_be_read(
    site: Site, signed_in: Callable[..., Page], incident_id: str, width: int, scheme: str
) -> None:
    page = signed_in(viewport={"width": width, "height": 844}, color_scheme=scheme)
    for path in PAGES:
        page.goto(site.url + path.format(incident_id))
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.evaluate(DOUBLE_IDS) == [], path
        assert page.evaluate(FAINT) == [], path
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", path


def test_an_update_shows_what_it_changes_and_becomes_a_revision(
    site: Site, signed_in: Callable[..., Page], incident_id: str
) -> None:
    page = signed_in()
    page.goto(f"{site.url}/item/cupdate")
    change = page.locator(".changes li")
    expect(change).to_have_text(
        "Perpetrators perpetrator, sex unreported, fled →becomes perpetrator, man, 23, arrested"
    )
    page.keyboard.press("a")
    expect(page.get_by_role("status").first).to_contain_text(incident_id)
    page.goto(f"{site.url}/incident/{incident_id}")
    past = page.locator(".past > li")
    expect(past).to_have_count(2)
    expect(past.first).to_contain_text("Revision 2")
    expect(past.first).to_contain_text("update approved as proposed")
    expect(past.first.locator(".changes")).to_contain_text("perpetrator, man, 23, arrested")


def test_the_heading_of_an_incident_tells_a_date_where_there_is_one_and_one_piece_is_one(
    site: Site, signed_in: Callable[..., Page]
) -> None:
    undated = seed.DISPUTE.model_copy(
        update={"date": None, "date_precision": "unknown", "seizure": Seizure(firearms=1, rounds=9)}
    )
    with site.database.session() as session:
        made = approve(session, seed.simple(session, "undated").id, version=1, by="ana", facts=undated)
    page = signed_in()
    page.goto(f"{site.url}/incident/{made.id}")
    expect(page.locator("h1")).to_have_text("Public dispute, Novi Pazar")
    expect(page.locator(".facts")).to_contain_text("1 firearm, 9 rounds")


def test_the_order_is_in_the_address_of_list_item_and_csv(
    site: Site, signed_in: Callable[..., Page], incident_id: str
) -> None:
    page = signed_in()
    page.get_by_label("Order").select_option("newest")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/queue?order=newest")
    first = page.locator(".queue .title a").first
    address = first.get_attribute("href")
    page.keyboard.press("j")
    page.wait_for_url("**/item/**order=newest**")
    assert address is not None
    assert page.url.endswith(address)
    page.goto(f"{site.url}/incidents?order=place&jurisdiction=ME")
    csv = page.get_by_role("link", name="CSV of these 1")
    assert csv.get_attribute("href") == "/incidents.csv?jurisdiction=ME&order=place"
    excel = page.get_by_role("link", name="Excel of these 1")
    assert excel.get_attribute("href") == "/incidents.xlsx?jurisdiction=ME&order=place"
    assert page.get_by_label("Order").input_value() == "place"
    page.locator(".list tbody a").click()
    page.wait_for_url(f"**/incident/{incident_id}")
    page.go_back()
    assert page.get_by_label("Jurisdiction").input_value() == "ME"


def test_the_system_page_tells_of_messages_the_bus_refused_where_there_are_any(
    site: Site, signed_in: Callable[..., Page]
) -> None:
    page = signed_in()
    page.goto(site.url + "/system")
    tiles = page.locator(".tiles div")  # the equation below them names both, too
    expect(tiles.filter(has_text="Waiting to be sent")).to_be_visible()
    expect(tiles.filter(has_text="Refused by the bus")).to_have_count(0)
    with site.database.session() as session:
        session.add(OutboxMessage(event_id="e", topic="t", key="k", value=b"v", refused="too large"))
    page.reload()
    expect(tiles.filter(has_text="Refused by the bus").locator("dd")).to_have_text("1")
    expect(tiles.filter(has_text="Waiting to be sent").locator("dd")).to_have_text("0")

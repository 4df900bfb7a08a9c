"""The page of an item as it lies on a screen: nothing is cut off, nothing leads into empty space."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from codebook.records import Perpetrator, Seizure
from review_ui.translation.locales import LANGUAGES
from store.schema import CandidateLink
from tests.review_ui import samples, seed
from tests.review_ui.conftest import Site
from tests.review_ui.reviewed import disputed

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

CUT_OFF = """() => [...document.querySelectorAll("#decision select")].filter((e) => e.offsetParent).flatMap((e) => {
  const style = getComputedStyle(e);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const arrow = 16;
  const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
  return [...e.options].filter((option) => !option.hidden)
    .map((option) => option.text).filter((text) => pen.measureText(text).width > room);
})"""
"""The values that do not fit into their fields."""

TOUCHING = """() => [...document.querySelectorAll(".person .caption")].filter((e) => e.offsetParent).flatMap((caption, n, all) => {
  const words = document.createRange();
  words.selectNodeContents(caption);
  const here = words.getBoundingClientRect();
  const next = all[n + 1]?.getBoundingClientRect();
  const beside = next && next.left > here.left && Math.abs(next.top - here.top) < 5;
  return beside && next.left - here.right < 8 ? [caption.textContent.trim()] : [];
})"""
"""The names of fields of persons that run into the next one's."""

COVERED = """() => {
  const focused = document.activeElement;
  const bar = document.querySelector(".decision > .actions");
  if (!focused.closest(".decision") || bar.contains(focused)) return null;
  const box = focused.getBoundingClientRect();
  const points = [box.top + 1, (box.top + box.bottom) / 2, box.bottom - 1];
  const seen = points.map((y) => document.elementFromPoint((box.left + box.right) / 2, y));
  return seen.every((found) => found && !bar.contains(found)) ? "" : focused.outerHTML.slice(0, 120);
}"""
"""The control in focus where the bar of the decision lies over it; empty where it does not, null for none of the form."""

EVERYTHING = samples.PARTNER_KILLED.model_copy(
    update={
        "geo_precision": 1, "place": "Shkodër", "seizure": Seizure(firearms=1),
        "perpetrators": (Perpetrator(sex="male", age=45, status="arrested"),),
    }
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_values_of_every_list_are_read_whole(site: Site, signed_in: Callable[..., Page], language: str) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1", facts=EVERYTHING)
    page = signed_in(viewport=DESK)
    page.context.set_extra_http_headers({"Accept-Language": LANGUAGES[language].tag})
    page.goto(f"{site.url}/item/c1")
    expect(page.locator("html")).to_have_attribute("lang", LANGUAGES[language].tag)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(TOUCHING) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(TOUCHING) == []


def test_the_row_that_a_key_chooses_in_is_marked_whole_on_a_phone(site: Site, signed_in: Callable[..., Page]) -> None:
    with site.database.session() as session:
        disputed(session, "c1")
    page = signed_in("boro", viewport=PHONE)
    page.goto(f"{site.url}/adjudication/c1")
    light = "(e) => getComputedStyle(e).backgroundColor"
    row = page.locator(".sides .marked")
    assert row.evaluate(light) == row.locator("td").first.evaluate(light)


def test_the_page_ends_with_its_panes(site: Site, signed_in: Callable[..., Page]) -> None:
    other = EVERYTHING.model_copy(
        update={"incident_type": "other", "subtype": None, "victims": (), "weapons": ("other",)}
    )
    with site.database.session() as session:
        seed.simple(session, "c1", facts=EVERYTHING)
        seed.simple(session, "c2", facts=other)
        session.add(CandidateLink(a="c1", b="c2", score=1.0, reasons=["same town"]))
    page = signed_in(viewport=DESK)
    page.goto(f"{site.url}/item/c1")
    expect(page.locator(".compare")).to_contain_text("(differs)")
    assert page.evaluate("document.documentElement.scrollHeight") == DESK["height"]


@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_the_control_in_focus_does_not_lie_behind_the_bar(
    site: Site, signed_in: Callable[..., Page], screen: dict[str, int]
) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1", facts=EVERYTHING)
    page = signed_in(viewport=screen)
    page.goto(f"{site.url}/item/c1")
    page.locator("#f-incident_type").focus()
    walked = []
    while (covered := page.evaluate(COVERED)) is not None:
        walked.append(covered)
        page.keyboard.press("Tab")
    assert len(walked) > 40
    assert [covered for covered in walked if covered] == []


def test_no_filter_of_the_queue_stands_alone_in_a_row(site: Site, signed_in: Callable[..., Page]) -> None:
    with site.database.session() as session:
        seed.simple(session, "c1")
    page = signed_in(viewport=DESK)
    tops = page.locator(".filters > label").evaluate_all("all => all.map((each) => each.offsetTop)")
    assert all(tops.count(top) > 1 for top in tops)

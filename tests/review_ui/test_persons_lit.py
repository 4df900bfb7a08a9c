"""Every report counts its own persons; what lights up beside a person of the form is told of that person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from codebook.records import Facts, Perpetrator, Victim
from tests.review_ui import samples, seed
from tests.review_ui.conftest import Site

MAN = Victim(sex="male", age=35, outcome="killed")
WOMAN = Victim(sex="female", age=30, outcome="injured")
BOY = Victim(sex="male", age=12, outcome="injured")
BOTH = seed.DISPUTE.model_copy(update={"victims": (MAN, WOMAN), "perpetrators": (Perpetrator(sex="male", age=50),)})
OF_THE_MAN = "muškarac od 35 godina"
OF_THE_WOMAN = "tridesetogodišnja žena"
OF_THE_BOY = "dečak"


def told(*victims: Victim, **more: object) -> Facts:
    return BOTH.model_copy(update={"victims": victims, "perpetrators": (), **more})


@pytest.fixture
def page(site: Site, signed_in: Callable[..., Page]) -> Page:
    """A man and a woman in the form; of the reports one tells of the woman first, one of a boy besides."""
    with site.database.session() as session:
        made = seed.candidate(session, "c1", facts=BOTH)
        text = f"Ubijen je {OF_THE_MAN}, ranjena je jedna žena."
        evidence = samples.spans("A", text, victims_0__age=[OF_THE_MAN], victims_1__sex=["jedna žena"])
        seed.report(session, made, "A", text, facts=BOTH, evidence=evidence)
        text = f"Ranjena je {OF_THE_WOMAN}. Osumnjičena je žena."
        evidence = samples.spans("B", text, victims_0__age=[OF_THE_WOMAN], perpetrators_0__sex=["je žena"])
        facts = told(WOMAN, perpetrators=(Perpetrator(sex="female"),))
        seed.report(session, made, "B", text, facts=facts, source_id="b.example", evidence=evidence)
        text = f"Ranjeni su {OF_THE_BOY} i jedan čovek (35)."
        evidence = samples.spans("C", text, victims_0__age=[OF_THE_BOY], victims_1__age=["čovek (35)"])
        seed.report(session, made, "C", text, facts=told(BOY, MAN), source_id="c.example", evidence=evidence)
    opened = signed_in()
    opened.goto(f"{site.url}/item/c1")
    return opened


def test_the_words_of_a_person_light_up_in_every_report(page: Page) -> None:
    ages = page.locator("input[name='victims.age']")
    lit = page.locator("mark.lit")
    ages.first.focus()
    expect(lit).to_have_text([OF_THE_MAN, "čovek (35)"])
    ages.last.focus()
    expect(lit).to_have_text([OF_THE_WOMAN])
    page.locator("select[name='victims.sex']").last.focus()
    expect(lit).to_have_text(["jedna žena"])


def test_words_lead_to_the_person_they_tell_of(page: Page) -> None:
    page.get_by_text(OF_THE_WOMAN).click()
    expect(page.locator("input[name='victims.age']").last).to_be_focused()
    assert page.get_by_text(OF_THE_WOMAN).get_attribute("title") == "Victim 2: age"


def test_words_of_somebody_who_is_not_in_the_form_light_up_for_nobody(page: Page) -> None:
    words = page.locator("mark", has_text=OF_THE_BOY)
    assert words.get_attribute("title") == "Victims: age"
    for row in range(2):
        page.locator("input[name='victims.age']").nth(row).focus()
        expect(page.locator("mark.lit")).not_to_have_count(0)
        expect(page.locator("mark.lit", has_text=OF_THE_BOY)).to_have_count(0)
    page.locator("select[name='perpetrators.sex']").focus()
    expect(page.locator("mark.lit")).to_have_count(0)


def test_a_row_that_was_taken_out_takes_its_words_along(page: Page) -> None:
    page.get_by_role("button", name="Remove this victim").first.click()
    expect(page.locator("#draft-line")).to_contain_text("Draft kept")
    page.reload()
    ages = page.locator("input[name='victims.age']")
    expect(ages).to_have_count(1)
    ages.focus()
    expect(page.locator("mark.lit")).to_have_text([OF_THE_WOMAN])


def test_a_value_still_leads_to_the_words_of_everybody_a_report_tells_of(page: Page) -> None:
    page.locator("select[name='victims.sex']").first.focus()
    page.locator("#victims .told a", has_text="12").click()
    expect(page.locator("mark.lit")).to_have_text([OF_THE_BOY, "čovek (35)"])
